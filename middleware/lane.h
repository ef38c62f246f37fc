/*
 * A front's way to one store: it hands batches over and takes back those that
 * are done, and never waits. What that takes depends on the driver's room: an
 * inline store has done a batch when it is handed over, one of the loop has a
 * descriptor, every other has a thread (store_thread.h).
 */
#ifndef WEIR_LANE_H
#define WEIR_LANE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_batch;
struct lane;
struct store;

/* Holds the store until it is closed. */
enum status lane_open(
    struct store *store, struct lane **out, struct error *err);

/* Batches that are under way are lost. */
void lane_close(struct lane *lane);

/* Readable while lane_reap() has something to do; -1: reap after submitting. */
int lane_fd(const struct lane *lane);

/* As cache_driver.submit(). No two batches number their groups alike. */
void lane_submit(struct lane *lane, struct cache_batch *batch);

/* As cache_driver.reap(). */
struct cache_batch *lane_reap(struct lane *lane, int64_t now_ms);

/* When to reap next although the descriptor is silent, or INT64_MAX. */
int64_t lane_deadline(const struct lane *lane);

/* Nothing is under way. */
bool lane_is_idle(const struct lane *lane);

#endif
