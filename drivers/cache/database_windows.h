/*
 * The counters that a batch names, and their rows: each counter once, in the
 * order of the ids, so that batches of several hosts wait for each other in one
 * direction.
 */
#ifndef WEIR_CACHE_DATABASE_WINDOWS_H
#define WEIR_CACHE_DATABASE_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "drivers/cache/cache_record.h"
#include "drivers/cache/cache_window.h"
#include "drivers/cache/database_key.h"

struct cache_conn;
struct cache_op;

struct database_window {
	struct database_item item; /* of one of the operations on it */
	struct cache_window window;
	bool changed; /* and to be saved */
	uint8_t record[CACHE_RECORD_BYTES];
};

struct database_windows {
	struct cache_conn *conn;
	int64_t deadline_ms;
	struct database_window *list; /* in the arena of the call */
	size_t n;
	int64_t now_ms; /* of the database's clock, when they were read */
};

/* Gathers the counters that valid operations name. */
void database_windows_gather(
    struct database_windows *windows, struct cache_op *const *ops, size_t n);

/* That of an operation which was gathered. */
struct database_window *database_window_of(
    const struct database_windows *windows, struct cache_op *op);

/* Reads them as they stand. Like the others, as run() of db.h. */
enum status database_windows_look(struct database_windows *windows);

/* Reads them within a transaction, to whose end nobody else does. */
enum status database_windows_hold(struct database_windows *windows);

/* Writes those that have changed. */
enum status database_windows_save(struct database_windows *windows);

#endif
