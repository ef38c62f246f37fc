/*
 * The counters of a shard: a file of records for the fixed ones, another for
 * the wide ones (file_record.h), found by looking through them. A record whose
 * window has passed is free for another counter. The lock of the shard is held
 * from finding a counter to saving it. Windows are in Unix time: they go on
 * after a restart of the system.
 */
#ifndef WEIR_CACHE_FILE_WINDOW_H
#define WEIR_CACHE_FILE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "app/base/status.h"
#include "drivers/cache/cache_window.h"

struct cache_op;
struct file_store;

#define FILE_WINDOWS_MOST 16384 /* counters of one file */

/* A counter by the digest of its name, and its record. */
struct file_window {
	uint8_t id[DIGEST_BYTES];
	unsigned shard;
	bool wide;
	int fd;       /* of the shard's file; -1: not open */
	int64_t at;   /* place of the record in the file; -1: none */
	uint32_t ttl; /* seconds, of the window */
	struct cache_window window;
	struct cache_window found; /* as it was */
};

/* The counter that an operation names; no file is touched. */
void file_window_name(const struct cache_op *op, struct file_window *out);

/* Below 0, 0 or above, as the counter a comes before b or is the same. The
 * order is that of their shards first. */
int file_window_order(const struct file_window *a, const struct file_window *b);

/* Finds the window; none is open where there is none. ST_UNAVAILABLE. */
enum status file_window_find(
    struct file_store *store, struct file_window *w, int64_t now_ms);

/* Writes the window where it was found, or to a free record if anything is
 * counted. ST_FULL, ST_UNAVAILABLE. */
enum status file_window_save(
    struct file_store *store, struct file_window *w, int64_t now_ms);

/* Writes it as it was found, if that can be done. */
void file_window_undo(struct file_store *store, struct file_window *w);

void file_window_close(struct file_window *w);

/* Cuts off the records at the end of a shard's files that are free. */
void file_window_sweep(
    struct file_store *store, unsigned shard, int64_t now_ms);

#endif
