/* The file store of a process and a thread's connection to it. */
#ifndef WEIR_CACHE_FILE_CONN_H
#define WEIR_CACHE_FILE_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "drivers/cache/cache.h"
#include "drivers/cache/cache_health.h"
#include "drivers/cache/file_store.h"

struct cache {
	char *path;
	int64_t limit;
	int64_t max_value;
	struct cache_health health;
};

struct cache_conn {
	struct cache *cache;
	bool open;
	struct file_store store; /* when open */
	int64_t retry_ms;        /* no attempt to open before */
};

/* These four are the driver's, see cache.h. */
enum status file_cache_open(
    const struct cache_config *config, struct cache **out, struct error *err);
void file_cache_close(struct cache *cache);
enum status file_conn_open(
    struct cache *cache, struct cache_conn **out, struct error *err);
void file_conn_close(struct cache_conn *conn);

/*
 * Makes sure that the store is open, and that its files were not removed
 * behind its back: then it begins anew. ST_TIMEOUT, ST_UNAVAILABLE, ST_FULL.
 */
enum status file_conn_attach(
    struct cache_conn *conn, int64_t deadline_ms, struct error *err);

/* Tells the log when the store begins to fail, and when it has ceased to. */
void file_conn_report(struct cache_conn *conn, enum status st);

#endif
