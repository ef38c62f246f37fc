/*
 * The connections of one service, at most `max`, made when they are needed and
 * kept. The one given back last is taken first, so that few stay warm; one
 * that died meanwhile is replaced, and after a loss, or a long rest, the
 * server is asked first. While the database cannot be reached, callers are
 * told at once, and one of them tries again after a pause that grows to a
 * second. Any thread may take and give.
 */
#ifndef WEIR_DB_POOL_H
#define WEIR_DB_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct db_config;
struct db_conn;
struct db_driver;
struct pool;

/* Connects to nothing yet; copies the config. max is at least 1. */
struct pool *pool_open(
    const struct db_driver *driver, const struct db_config *config, size_t max);

/* All connections must have been given back. NULL is harmless. */
void pool_close(struct pool *pool);

/*
 * A connection for the caller alone, until pool_give(). Waits to deadline_ms
 * (clock_boot_ms() time) while all are taken. ST_TIMEOUT when none came free;
 * otherwise what the driver's connect says.
 */
enum status pool_take(struct pool *pool, int64_t deadline_ms,
    struct db_conn **out, struct error *err);

/* Gives it back without an open transaction; a broken or lost one is ended. */
void pool_give(struct pool *pool, struct db_conn *conn, bool broken);

/* How many there are now. */
struct pool_state {
	size_t taken;
	size_t idle;
	size_t max;
};

void pool_look(struct pool *pool, struct pool_state *out);

/* Ends what runs on the connections that are taken, as the driver's interrupt:
 * the server has ceased to answer. */
void pool_interrupt(struct pool *pool);

#endif
