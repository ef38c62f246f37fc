/*
 * The store of a process and a thread's connection to it. Each connection
 * moves on by itself when a life of the store has ended (local_state.h).
 */
#ifndef WEIR_CACHE_LOCAL_CONN_H
#define WEIR_CACHE_LOCAL_CONN_H

#include <lmdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "drivers/cache/cache_folder.h"
#include "drivers/cache/local_state.h"

struct cache_conn;
struct local_store;
struct cache_config;

struct cache {
	struct cache_folder folder;
	struct local_wish wish;
	pthread_mutex_t lock; /* guards what follows, and refs of stores */
	struct local_store *store;
	int64_t retry_ms; /* no attempt to open before */
	bool failing;     /* the last attempt failed */
};

struct cache_conn {
	struct cache *cache;
	struct local_store *store; /* one reference; NULL: none */
	MDB_txn *reader;           /* reset between batches; NULL: none */
};

/* These four are the driver's, see cache.h. */
enum status local_cache_open(
    const struct cache_config *config, struct cache **out, struct error *err);
void local_cache_close(struct cache *cache);
enum status local_conn_open(
    struct cache *cache, struct cache_conn **out, struct error *err);
void local_conn_close(struct cache_conn *conn);

/*
 * Makes sure that conn->store is the present life of the store. When that must
 * be opened first, another thread or process may be waited for until
 * deadline_ms. ST_TIMEOUT, ST_UNAVAILABLE.
 */
enum status local_conn_attach(struct cache_conn *conn, int64_t deadline_ms);

/* Begins reading: 0, or LMDB's error. conn->reader is reset after use. */
int local_conn_read(struct cache_conn *conn);

#endif
