/* The second script of a Redis server counts as cache_window.c does. */
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

#include "app/base/buf.h"
#include "drivers/cache/cache_group.h"
#include "drivers/cache/redis_name.h"
#include "drivers/cache/redis_script.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/support/redis_client.h"

#define NOW     INT64_C(1700000000123)
#define TTL     200003 /* s: no key ends in the server's own time */
#define TTL_MS  (INT64_C(1000) * TTL)
#define BATCHES 3000
#define OPS     12 /* of a batch */
#define MEMBERS 4  /* of a group */

/* Counters of all kinds; the odd numbers are to be rounded. */
static const struct cache_op counters[] = {
	{ .key = { "a", 1 }, .limit = 3, .lockout = true },
	{ .key = { "b", 1 }, .limit = 7, .algorithm = CACHE_SLIDING },
	{ .key = { "c", 1 }, .limit = 49, .algorithm = CACHE_SLIDING },
	{ .key = { "d", 1 }, .limit = 7, .burst = 7, .algorithm = CACHE_GCRA },
	{ .key = { "e", 1 }, .limit = 49, .burst = 2, .algorithm = CACHE_GCRA },
	{ .key = { "f", 1 },
	    .limit = 13,
	    .algorithm = CACHE_SLIDING,
	    .lockout = true },
	{ .key = { "g", 1 },
	    .limit = 13,
	    .burst = 5,
	    .algorithm = CACHE_GCRA,
	    .lockout = true },
};

#define COUNTERS (sizeof(counters) / sizeof(counters[0]))

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

static int
set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct cache_op touch = { .kind = CACHE_GET, .key = STR("any") };

	assert_non_null(b);
	fixture_open(&b->f, place_kinds[0]);
	run(&b->f, &touch, 1); /* the greeting loads the script */
	redis_client_open(&b->client, b->f.place->servers[0].port);
	b->now_ms = NOW;
	*state = b;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	redis_client_close(&b->client);
	fixture_close(&b->f);
	free(b);
	return 0;
}

static uint64_t
below(struct bench *b, uint64_t n)
{
	b->seed = b->seed * UINT64_C(6364136223846793005) +
		  UINT64_C(1442695040888963407);
	return (b->seed >> 33) % n;
}

static struct cache_op
op_of(size_t counter, enum cache_kind kind)
{
	struct cache_op op = counters[counter];

	op.kind = kind;
	op.counter = kind == CACHE_DEL;
	op.space = &fixture_space;
	op.ttl = TTL;
	return op;
}

/* -- what the script says ---------------------------------------------------
 */

/* Appends what was put as words of a command, with blanks before. */
static void
append(struct bench *b, struct str *text, struct buf *put)
{
	struct str rest = buf_str(put);

	while (rest.p != NULL && rest.n > 0) {
		(void)str_cut(&rest, '\n'); /* its length */
		*text = arena_printf(&b->f.arena, "%s %.*s", text->p,
		    (int)str_find(rest, '\r'), rest.p);
		(void)str_cut(&rest, '\n');
	}
	put->n = 0;
}

/* Asks the script with these words behind the keys, at b->now_ms. */
static const char *
ask(struct bench *b, struct str keys, size_t n, struct str words)
{
	const char *said = redis_client_ask(&b->client,
	    "EVALSHA %.*s %zu%s%s %" PRId64, (int)redis_pace_script()->digest.n,
	    redis_pace_script()->digest.p, n, keys.p, words.p, b->now_ms);

	assert_non_null(said);
	if (said[0] == '-')
		fail_msg("%s", said);
	return said;
}

static const char *
ask_batch(struct bench *b)
{
	struct str keys = STR("");
	struct str words = STR("");
	struct buf put = { 0 };

	for (size_t i = 0; i < b->n; i++) {
		size_t members = 1;

		while (i + members < b->n && b->ops[i].group != 0 &&
		       b->ops[i + members].group == b->ops[i].group)
			members++;
		redis_name_put(&put, STR("weir"), &b->ops[i]);
		append(b, &keys, &put);
		redis_pace_put(&put, &b->ops[i], members);
		append(b, &words, &put);
	}
	buf_free(&put);
	return ask(b, keys, b->n, words);
}

static int64_t
number(const char **said)
{
	char *end;
	int64_t n = strtoll(*said, &end, 10);

	assert_ptr_not_equal(*said, end);
	*said = end;
	return n;
}

/* -- random batches ---------------------------------------------------------
 */

static void
time_pass(struct bench *b)
{
	switch (below(b, 20)) {
	case 0:
		b->now_ms += (int64_t)below(b, 2 * TTL_MS);
		break;
	case 1:
		b->now_ms -= (int64_t)below(b, 2 * TTL_MS);
		break;
	case 2:
		break; /* at the same moment */
	default:
		b->now_ms += (int64_t)below(b, TTL_MS / 20);
	}
}

static void
group_add(struct bench *b, uint32_t group)
{
	enum cache_kind kind = below(b, 5) == 0    ? CACHE_LOOK
			       : below(b, 20) == 0 ? CACHE_DEL
						   : CACHE_COUNT;
	size_t n = kind == CACHE_COUNT ? 1 + below(b, MEMBERS) : 1;

	for (; n > 0 && b->n < OPS; n--) {
		size_t i = b->n++;

		b->of[i] = below(b, COUNTERS);
		b->ops[i] = op_of(b->of[i], kind);
		b->ops[i].group = group;
		b->ops[i].soft = kind == CACHE_COUNT && below(b, 4) == 0;
		b->list[i] = &b->ops[i];
	}
}

/* What has not changed is not written, be it that it has moved on since. */
static void
keep(struct bench *b, const struct cache_group *group,
    const struct cache_window *before)
{
	bool passed[COUNTERS] = { false };

	for (size_t i = 0; i < group->n; i++)
		if (group->ops[i]->status == ST_OK)
			passed[b->of[group->ops[i] - b->ops]] = true;
	for (size_t i = 0; i < COUNTERS; i++)
		if (!passed[i] && b->windows[i].end_ms == before[i].end_ms &&
		    b->windows[i].locked == before[i].locked)
			b->windows[i] = before[i];
}

static void
expect(struct bench *b)
{
	struct cache_window before[COUNTERS];
	struct cache_groups groups = cache_groups_of(b->list, b->n);
	struct cache_window *windows[CACHE_GROUP_MAX];
	struct cache_group group;

	while (cache_groups_next(&groups, &group)) {
		memcpy(before, b->windows, sizeof(before));
		for (size_t i = 0; i < group.n; i++)
			windows[i] = &b->windows[b->of[group.ops[i] - b->ops]];
		if (group.ops[0]->kind == CACHE_DEL)
			b->windows[b->of[group.ops[0] - b->ops]] =
			    (struct cache_window){ 0 };
		else
			(void)cache_group_count(&group, windows, b->now_ms);
		if (group.ops[0]->kind == CACHE_COUNT)
			keep(b, &group, before);
	}
}

static void
assert_said(struct bench *b, const char *said)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct cache_op *op = &b->ops[i];
		int64_t done = number(&said);
		int64_t count = number(&said);
		int64_t left_ms = number(&said);

		if (op->kind == CACHE_DEL)
			continue;
		assert_int_equal(done, op->status == ST_OK ? 1 : 0);
		assert_int_equal(count, op->count);
		assert_int_equal(left_ms, op->reset_ms);
	}
}

static void
random_batches_are_counted_alike(void **state)
{
	struct bench *b = *state;
	size_t refused = 0;

	for (uint32_t i = 0; i < BATCHES; i++) {
		time_pass(b);
		b->n = 0;
		for (uint32_t group = 1; b->n < OPS; group++)
			group_add(b, below(b, 3) == 0 ? 0 : group);
		expect(b);
		assert_said(b, ask_batch(b));
		for (size_t k = 0; k < b->n; k++)
			refused += b->ops[k].status == ST_REFUSED;
		arena_reset(&b->f.arena);
	}
	/* Either occurs often. */
	assert_in_range(refused, BATCHES, (OPS - 1) * BATCHES);
}

/* -- counts that are taken back ---------------------------------------------
 */

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

/* -- what is in the server --------------------------------------------------
 */

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

/* -- plain counters ---------------------------------------------------------
 */

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

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(random_batches_are_counted_alike),
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

	return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
