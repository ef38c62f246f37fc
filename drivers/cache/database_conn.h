/*
 * The database store of a process and a thread's connection to it. A
 * connection that is lost is made anew by the next batch that may try: at once
 * the first time, then after a pause that grows to a second. Batches that come
 * in between are told so without a wait.
 */
#ifndef WEIR_CACHE_DATABASE_CONN_H
#define WEIR_CACHE_DATABASE_CONN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/cache_health.h"
#include "drivers/cache/database_sql.h"
#include "drivers/db/db.h"

struct database_dial;

struct cache {
	atomic_uint refs; /* of the owner, and of connections on their way */
	const struct db_driver *driver;
	struct db_config db; /* with copies of its texts */
	char *prefix;
	char *table;
	size_t max_value;
	int64_t timeout_ms; /* of connecting */
	struct database_sql sql;
	struct cache_health health;
};

struct cache_conn {
	struct cache *cache;
	struct db_conn *db;         /* NULL: none */
	struct database_dial *dial; /* one on its way; NULL: none */
	bool ready;                 /* the table is there, and is ours */
	int64_t proved_ms; /* when the file was found in its place last */
	int64_t began_ms;  /* the last attempt */
	int64_t pause_ms;
	int64_t retry_ms;                       /* no attempt before */
	uint8_t home[INCARNATION_BYTES];        /* digest of where it is */
	uint8_t incarnation[INCARNATION_BYTES]; /* as last read */
	struct arena arena;                     /* of one call */
	struct error why;                       /* of the last failure */
};

/* connect and disconnect of cache_driver. */
enum status database_conn_open(
    struct cache *cache, struct cache_conn **out, struct error *err);
void database_conn_close(struct cache_conn *conn);

/* Makes sure that there is a connection and a table. Otherwise the reason is in
 * conn->why. */
enum status database_attach(struct cache_conn *conn, int64_t deadline_ms);

/* Connects and looks at the table, here and now. Whatever is not ST_OK may
 * leave a connection whose table is another's. */
enum status database_conn_dial(struct cache_conn *conn, int64_t deadline_ms);

/* A statement, and what came of it. */
struct database_ask {
	struct str sql;
	const struct db_value *args;
	size_t n_args;
	db_row_f *row;
	void *ctx;
	int64_t changed; /* out */
};

/*
 * As run() of struct db_driver. What fails is noted in conn->why, and a
 * connection that is lost is let go.
 */
enum status database_run(
    struct cache_conn *conn, struct database_ask *ask, int64_t deadline_ms);

/* One of the texts with arguments, whose rows nobody wants. */
enum status database_do(struct cache_conn *conn, enum database_query query,
    const struct db_value *args, size_t n_args, int64_t deadline_ms);

/* A transaction, as those of struct db_driver. rollback: there may be none. */
enum status database_begin(struct cache_conn *conn, int64_t deadline_ms);
enum status database_commit(struct cache_conn *conn);
void database_rollback(struct cache_conn *conn);

/*
 * Whether to run again what failed so, outside of a transaction: the table was
 * missing and has been made, or others held what was needed. *runs is 0 before
 * the first time.
 */
bool database_again(struct cache_conn *conn, enum status st,
    int64_t deadline_ms, unsigned *runs);

/* What the caller of the driver is told of a failure: ST_TIMEOUT when the
 * deadline has passed, else ST_UNAVAILABLE. Tells the log, too. */
enum status database_verdict(
    struct cache_conn *conn, enum status st, int64_t deadline_ms);

#endif
