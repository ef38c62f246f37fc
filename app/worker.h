/*
 * The back room: threads that may wait for databases and stores, but for a
 * client only where its answer is too large to be held, and then no more than a
 * quarter of them. A worker takes a call off the queue, does its job, and posts
 * it home to its front.
 */
#ifndef WEIR_WORKER_H
#define WEIR_WORKER_H

#include <stddef.h>

#include "app/base/status.h"

struct pipeline;
struct queue;
struct stores_shared;
struct workers;

/* Starts n threads. What they are given must outlive workers_join(). */
enum status workers_start(size_t n, struct queue *queue,
    struct pipeline *pipeline, struct stores_shared *stores,
    struct workers **out, struct error *err);

/* After queue_stop(): waits until every worker has ended. */
void workers_join(struct workers *w);

#endif
