/*
 * A server that says what a test wants: it is spoken for step by step, in the
 * test's own thread, while the driver's connection is driven. And short ways to
 * ask the driver.
 */
#ifndef WEIR_TEST_REDIS_LIAR_H
#define WEIR_TEST_REDIS_LIAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/cache_config.h"

#define LIAR_HANG_MS   20000 /* a deadline that only a hang would meet */
#define LIAR_MAX_VALUE (8 << 20)

/* What a greeting is answered with, where nothing is wrong. */
#define LIAR_PONG      "+PONG\r\n"
#define LIAR_SERVER    "$28\r\nredis_mode:x\r\nrun_id:first\r\n\r\n"
#define LIAR_MASTER    "$36\r\nrole:master\r\nmaster_replid:first12\r\n\r\n"
#define LIAR_GREETED   LIAR_PONG LIAR_SERVER LIAR_MASTER "+OK\r\n+sha\r\n+sha\r\n"
#define LIAR_GREETINGS 6 /* so many commands */

struct liar {
	struct cache_config config;
	struct cache *cache;
	struct cache_conn *conn;
	struct arena arena;
	int listener;
	int fd; /* the link to the driver; -1: none */
	char *heard;
	size_t n_heard;
	size_t n_done; /* batches that were reaped */
};

/* One operation on its way. */
struct flight {
	struct cache_op op;
	struct cache_op *list[1];
	struct cache_batch batch;
	bool landed;
};

/* Listens, and opens the driver's connection; change l->config by edit. */
void liar_open(struct liar *l, void (*edit)(struct cache_config *config));
void liar_close(struct liar *l);

/* Submits an operation; its space, arena and times are filled in. */
void liar_submit(
    struct liar *l, struct flight *f, struct cache_op op, int64_t timeout_ms);

/* Drives until it has landed; returns the status of its operation. */
enum status liar_await(struct liar *l, struct flight *f);

/* Drives the connection once, and waits a moment for what comes. */
void liar_turn(struct liar *l);

/* Waits until the driver connects, instead of the link before. */
void liar_accept(struct liar *l);

/* Whether the driver ends the link within a moment. */
bool liar_left(struct liar *l);

/* Waits for the next command: its words with blanks between, NUL-terminated,
 * in the arena. */
const char *liar_hear(struct liar *l);

void liar_say(struct liar *l, const char *words);
void liar_say_bytes(struct liar *l, const char *p, size_t n);

/* Ends the link. */
void liar_hang_up(struct liar *l);

/* Accepts, hears the whole greeting, and answers it well. */
void liar_greet(struct liar *l);

#endif
