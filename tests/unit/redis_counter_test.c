/* What the second script of a Redis server does to the keys of counters. */
#include "drivers/cache/redis_pace.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/cache/redis_name.h"
#include "drivers/cache/redis_script.h"
#include "tests/support/pace_bench.h"

/* Counts one, and returns its mark. */
static int64_t
count_marked(struct bench *b, const struct cache_op *op)
{
	struct str keys = STR("");
	struct str words = STR("");
	struct buf put = { 0 };
	const char *said;

	redis_name_put(&put, STR("weir"), op);
	append(b, &keys, &put);
	redis_pace_put_marked(&put, op);
	append(b, &words, &put);
	buf_free(&put);
	said = ask(b, keys, 1, words);
	assert_int_equal(number(&said), 1);
	(void)number(&said);
	(void)number(&said);
	return number(&said);
}

static void
take_back(struct bench *b, const struct cache_op *op, int64_t mark)
{
	struct str keys = STR("");
	struct str words = STR("");
	struct buf put = { 0 };

	redis_name_put(&put, STR("weir"), op);
	append(b, &keys, &put);
	redis_pace_put_back(&put, op, mark);
	append(b, &words, &put);
	buf_free(&put);
	assert_int_equal(strncmp(ask(b, keys, 1, words), "1", 1), 0);
}

/* Its count, and when that has room, by a LOOK. */
static int64_t
looked(struct bench *b, size_t counter, int64_t *left_ms)
{
	const char *said;
	int64_t count;

	b->ops[0] = op_of(counter, CACHE_LOOK);
	b->n = 1;
	said = ask_batch(b);
	(void)number(&said);
	count = number(&said);
	*left_ms = number(&said);
	return count;
}

static void
what_is_taken_back_was_never_counted(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < COUNTERS; i++) {
		struct cache_op op = op_of(i, CACHE_COUNT);
		int64_t left_ms;
		int64_t again_ms;

		take_back(b, &op, count_marked(b, &op));
		assert_int_equal(looked(b, i, &left_ms), 0);
		(void)count_marked(b, &op);
		assert_int_equal(looked(b, i, &left_ms), 1);
		take_back(b, &op, count_marked(b, &op));
		assert_int_equal(looked(b, i, &again_ms), 1);
		assert_int_equal(left_ms, again_ms);
	}
}

/* Others have counted meanwhile: they stay counted, and no less long. */
static void
what_others_have_counted_stays(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < COUNTERS; i++) {
		struct cache_op op = op_of(i, CACHE_COUNT);
		bool exact = op.algorithm != CACHE_GCRA;
		int64_t left_ms;
		int64_t mark = count_marked(b, &op);

		b->now_ms += exact ? TTL_MS / 15 : 1; /* another part */
		(void)count_marked(b, &op);
		take_back(b, &op, mark);
		assert_int_equal(looked(b, i, &left_ms), exact ? 1 : 2);
		if (op.algorithm == CACHE_SLIDING)
			assert_in_range(left_ms, TTL_MS, TTL_MS * 16 / 15 + 1);
	}
}

static const char *const damages[] = { "x", "0", "-1", "1e9", "nan",
	"9999999999999 0 9999999999999999", "9999999999999 2 1 1 0 1",
	"9999999999999 0 1 1 0 -1", "9999999999999 0 1 1 0 1,1",
	" 9999999999999 0 1 1 0 1", "1 0 1 1 0 1", "1 1 1 1 0 1",
	"9999999999999 0 9999999999999999 0 0 0" };

/* Leaves a text where the counter is. */
static void
damage(struct bench *b, const struct cache_op *op, const char *text)
{
	struct buf name = { 0 };

	redis_name_append(&name, STR("weir"), op);
	assert_string_equal(redis_client_ask(&b->client, "SET %.*s \"%s\"",
				(int)name.n, name.p, text),
	    "OK");
	buf_free(&name);
}

static void
what_is_damaged_counts_as_nothing(void **state)
{
	struct bench *b = *state;
	int64_t left_ms;

	for (size_t i = 0; i < COUNTERS; i++) {
		struct cache_op op = op_of(i, CACHE_COUNT);

		for (size_t k = 0; k < sizeof(damages) / sizeof(damages[0]);
		     k++) {
			damage(b, &op, damages[k]);
			assert_int_equal(looked(b, i, &left_ms), 0);
			(void)count_marked(b, &op);
			assert_int_equal(looked(b, i, &left_ms), 1);
		}
	}
}

/* However far a number is from what it can be. */
static void
no_damage_lasts(void **state)
{
	enum { FIELDS = 7 };
	struct bench *b = *state;
	char nines[201];
	size_t counted = 0;

	memset(nines, '9', sizeof(nines) - 1);
	nines[sizeof(nines) - 1] = '\0';
	for (size_t i = 0; i < COUNTERS * FIELDS; i++) {
		struct cache_op op = op_of(i / FIELDS, CACHE_COUNT);
		const char *mark = arena_printf(&b->f.arena, "%" PRId64,
		    op.algorithm == CACHE_SLIDING ? NOW / (TTL_MS / 15 + 1)
						  : NOW * 1000 + 1)
				       .p;
		const char *w[FIELDS] = { "1700000009999", "0", mark, "1", "1",
			"0", "1" };
		int64_t left_ms;

		w[i % FIELDS] = nines;
		damage(b, &op,
		    arena_printf(&b->f.arena, "%s %s %s %s %s %s %s", w[0],
			w[1], w[2], w[3], w[4], w[5], w[6])
			.p);
		counted += looked(b, i / FIELDS, &left_ms) > 0;
		assert_in_range(looked(b, i / FIELDS, &left_ms), 0, op.limit);
		assert_in_range(left_ms, 0, TTL_MS * 16 / 15 + 1);
	}
	/* All but what is no text of the script. */
	assert_int_equal(counted, COUNTERS * (FIELDS - 1));
}

#define LEAST_LEFT                                                             \
	"local n = 1e15 for _, k in ipairs(redis.call('KEYS', '*')) do "       \
	"n = math.min(n, redis.call('PTTL', k)) end return n"

static void
each_key_has_an_end(void **state)
{
	struct bench *b = *state;

	for (int round = 0; round < 20; round++)
		for (size_t i = 0; i < COUNTERS; i++) {
			struct cache_op op = op_of(i, CACHE_COUNT);
			struct cache_op plain = op;

			plain.algorithm = CACHE_FIXED;
			plain.lockout = false;
			plain.soft = true;
			run(&b->f, &op, 1);
			run(&b->f, &plain, 1);
		}
	assert_int_equal(
	    strtol(redis_client_ask(&b->client, "DBSIZE"), NULL, 10),
	    2 * COUNTERS);
	assert_in_range(
	    strtol(redis_client_ask(&b->client, "EVAL \"" LEAST_LEFT "\" 0"),
		NULL, 10),
	    1, TTL_MS * 16 / 15);
}

/* One counter is counted by both scripts, in turns. */
static void
a_plain_counter_is_the_same_in_both(void **state)
{
	struct bench *b = *state;
	struct cache_op op = {
		.kind = CACHE_COUNT, .key = STR("plain"), .limit = 5, .ttl = TTL
	};
	uint32_t count = 0;

	for (int i = 0; i < 300; i++) {
		op.kind = below(b, 9) == 0   ? CACHE_DEL
			  : below(b, 4) == 0 ? CACHE_LOOK
					     : CACHE_COUNT;
		op.counter = op.kind == CACHE_DEL;
		op.soft = below(b, 2) == 0;
		run(&b->f, &op, 1);
		if (op.kind == CACHE_DEL) {
			assert_int_equal(
			    op.status, count > 0 ? ST_OK : ST_MISSING);
			count = 0;
			continue;
		}
		if (op.kind == CACHE_COUNT) {
			assert_int_equal(
			    op.status, count < op.limit ? ST_OK : ST_REFUSED);
			count += count < op.limit;
		}
		assert_int_equal(op.count, count);
		assert_in_range(op.reset_ms, count > 0 ? TTL_MS / 2 : 0,
		    count > 0 ? TTL_MS : 0);
	}
}

/* Others may have made it. */
static void
a_plain_counter_without_an_end_gets_one(void **state)
{
	struct bench *b = *state;
	struct cache_op op = { .kind = CACHE_COUNT,
		.space = &fixture_space,
		.shard = STR("s"),
		.key = STR("plain"),
		.limit = 5,
		.ttl = TTL,
		.soft = true };

	damage(b, &op, "4");
	run(&b->f, &op, 1);
	assert_int_equal(op.count, 5);
	run(&b->f, &op, 1);
	assert_int_equal(op.status, ST_REFUSED);
	assert_in_range(op.reset_ms, TTL_MS / 2, TTL_MS);
	op.soft = false;
	run(&b->f, &op, 1);
	assert_int_equal(op.status, ST_REFUSED);
	assert_in_range(op.reset_ms, TTL_MS / 2, TTL_MS);
}

/* The server's clock was set back. */
static void
no_plain_counter_waits_longer_than_a_new_one(void **state)
{
	struct bench *b = *state;
	struct cache_op op = { .kind = CACHE_COUNT,
		.space = &fixture_space,
		.shard = STR("s"),
		.key = STR("plain"),
		.limit = 1,
		.ttl = TTL };

	for (int soft = 0; soft < 2; soft++) {
		struct buf name = { 0 };

		op.soft = soft == 1;
		run(&b->f, &op, 1);
		redis_name_append(&name, STR("weir"), &op);
		assert_string_equal(
		    redis_client_ask(&b->client, "PEXPIRE %.*s %" PRId64,
			(int)name.n, name.p, 2 * TTL_MS),
		    "1");
		run(&b->f, &op, 1);
		assert_int_equal(op.status, ST_REFUSED);
		assert_in_range(op.reset_ms, TTL_MS / 2, TTL_MS);
		assert_in_range(strtoll(redis_client_ask(&b->client,
					    "PTTL %.*s", (int)name.n, name.p),
				    NULL, 10),
		    TTL_MS / 2, TTL_MS);
		buf_free(&name);
	}
}

/* The server may forget both scripts at any time. */
static void
a_forgotten_script_is_sent_along(void **state)
{
	struct bench *b = *state;
	struct cache_op op = op_of(1, CACHE_COUNT);

	assert_string_equal(redis_client_ask(&b->client, "SCRIPT FLUSH"), "OK");
	run(&b->f, &op, 1);
	assert_int_equal(op.status, ST_OK);
	assert_int_equal(op.count, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_taken_back_was_never_counted),
		TEST(what_others_have_counted_stays),
		TEST(what_is_damaged_counts_as_nothing),
		TEST(no_damage_lasts),
		TEST(each_key_has_an_end),
		TEST(a_plain_counter_is_the_same_in_both),
		TEST(a_plain_counter_without_an_end_gets_one),
		TEST(no_plain_counter_waits_longer_than_a_new_one),
		TEST(a_forgotten_script_is_sent_along),
	};

	return cmocka_run_group_tests_name("counter", tests, NULL, NULL);
}
