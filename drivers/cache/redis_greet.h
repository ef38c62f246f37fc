/*
 * What a connection begins with: who we are, which database, and what kind of
 * server it is. All of it leaves in one write, before any command.
 */
#ifndef WEIR_CACHE_REDIS_GREET_H
#define WEIR_CACHE_REDIS_GREET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/status.h"

struct cache;
struct redis_greeting;
struct redis_node;
struct redis_reply;

#define REDIS_GREETINGS 8
#define REDIS_ID_BYTES  40

struct redis_greet {
	struct buf out; /* what is still to be written */
	size_t out_at;
	const struct redis_greeting *kind;
	bool cluster; /* it must be a node of one, be it a replica */
	uint8_t steps[REDIS_GREETINGS]; /* of its kind, those that were sent */
	size_t n;
	size_t at; /* answered so far */
	char run_id[REDIS_ID_BYTES];
	char data_id[REDIS_ID_BYTES]; /* master_replid */
};

/* Writes the greeting of a new link to a server of values, or to a sentinel,
 * into greet->out. */
void redis_greet_begin(
    struct redis_greet *greet, const struct cache *cache, bool sentinel);

/* Takes the next answer. ST_OK: that was the last; ST_MISSING: more are to
 * come; ST_UNAVAILABLE: err says what is wrong with the server. */
enum status redis_greet_take(struct redis_greet *greet,
    const struct redis_reply *reply, struct error *err);

/* Identifies this life of the server. */
void redis_greet_incarnation(
    const struct redis_greet *greet, uint8_t *incarnation);

/* Asks a node once more which data it serves, and whether as a master. */
void redis_greet_check(struct redis_node *node);

void redis_greet_free(struct redis_greet *greet);

#endif
