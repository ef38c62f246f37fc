/*
 * Commands of the driver itself, and their answers, for a caller who may wait:
 *
 *	redis_ask_begin(&ask, conn, arena, deadline_ms, err)
 *	one or more times: append a command to redis_ask_out(&ask),
 *	    redis_ask_sent(&ask)
 *	redis_ask_finish(&ask, err)
 */
#ifndef WEIR_CACHE_REDIS_ASK_H
#define WEIR_CACHE_REDIS_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/redis_reply.h"

struct arena;
struct buf;
struct redis_node;
struct redis_run;

#define REDIS_ANSWERS_MAX 512

struct redis_ask {
	struct cache_conn *conn;
	struct redis_node *node;
	struct arena *arena; /* of the answers */
	struct cache_batch batch;
	struct redis_run *run;
	bool ended;
	size_t n; /* answers */
	struct redis_reply answers[REDIS_ANSWERS_MAX];
};

/* ST_OK, and redis_ask_finish() must follow; ST_TIMEOUT or ST_UNAVAILABLE with
 * err. */
enum status redis_ask_begin(struct redis_ask *ask, struct cache_conn *conn,
    struct arena *arena, int64_t deadline_ms, struct error *err);

struct buf *redis_ask_out(struct redis_ask *ask);

/* A whole command was appended; at most REDIS_ANSWERS_MAX. */
void redis_ask_sent(struct redis_ask *ask);

/* Waits. ST_OK: ask->answers has one of each command, errors among them. */
enum status redis_ask_finish(struct redis_ask *ask, struct error *err);

/* Of answer i: ST_OK when it is of the type wanted, else err says what the
 * server said instead. */
enum status redis_ask_expect(const struct redis_ask *ask, size_t i,
    enum redis_type type, const char *command, struct error *err);

#endif
