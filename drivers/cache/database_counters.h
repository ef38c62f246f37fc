/*
 * The counters of a batch: all of them are read, counted upon in memory and
 * written back in one transaction that holds their rows. Where they are only
 * looked at there is none, and nothing is written.
 */
#ifndef WEIR_CACHE_DATABASE_COUNTERS_H
#define WEIR_CACHE_DATABASE_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_conn;
struct cache_op;

/* The COUNT and LOOK operations of a batch and the DEL of counters. Each has
 * its status when ST_OK is returned; as run() of db.h otherwise. */
enum status database_count(struct cache_conn *conn, struct cache_op *const *ops,
    size_t n, int64_t deadline_ms);

#endif
