/* A Redis server whose second script (redis_pace.h) is asked at a time of the
 * test's own. */
#ifndef WEIR_TESTS_PACE_BENCH_H
#define WEIR_TESTS_PACE_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "drivers/cache/cache_window.h"
#include "tests/contract/cache_fixture.h"
#include "tests/support/redis_client.h"

#define NOW      INT64_C(1700000000123)
#define TTL      200003 /* s: no key ends in the server's own time */
#define TTL_MS   (INT64_C(1000) * TTL)
#define OPS      12 /* of a batch */
#define COUNTERS 7

/* Counters of all kinds; the odd numbers are to be rounded. */
extern const struct cache_op counters[COUNTERS];

struct bench {
	struct fixture f;
	struct redis_client client;
	struct cache_window windows[COUNTERS]; /* what is expected */
	uint64_t seed;
	int64_t now_ms;
	struct cache_op ops[OPS];
	struct cache_op *list[OPS];
	size_t of[OPS]; /* which counter */
	size_t n;
};

/* For cmocka: *state is the bench. */
int bench_open(void **state);
int bench_close(void **state);

/* The next random number below n. */
uint64_t below(struct bench *b, uint64_t n);

struct cache_op op_of(size_t counter, enum cache_kind kind);

/* Appends what was put as words of a command, with blanks before. */
void append(struct bench *b, struct str *text, struct buf *put);

/* Asks the script with these words behind the n keys, at b->now_ms; what it
 * says. The same for the operations of the bench. */
const char *ask(struct bench *b, struct str keys, size_t n, struct str words);
const char *ask_batch(struct bench *b);

/* The next number that it said. */
int64_t number(const char **said);

#endif
