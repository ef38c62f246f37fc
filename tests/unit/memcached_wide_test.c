/* Counters that slide, pace or lock out in memcached, and the take-backs of
 * groups. What stands there is changed behind the driver's back. */
#include "drivers/cache/memcached_wide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <libmemcached/memcached.h>

#include "app/base/clock.h"
#include "drivers/cache/memcached.h"
#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_counters.h"
#include "drivers/cache/memcached_item.h"
#include "drivers/cache/memcached_window.h"
#include "tests/support/memcached.h"
#include "tests/support/memcached_liar.h"

#define PATIENT_MS 20000
#define TTL        60
#define TTL_MS     60000
#define MOST_MS    (TTL_MS / 15 * 16)
#define DAY_MS     INT64_C(86400000)

static const struct cache_space closed = { { "closed", 6 }, false };

static const struct cache_op kinds[] = {
	{ .algorithm = CACHE_FIXED },
	{ .algorithm = CACHE_FIXED, .lockout = true },
	{ .algorithm = CACHE_SLIDING },
	{ .algorithm = CACHE_GCRA },
};

#define KINDS   (sizeof(kinds) / sizeof(kinds[0]))
#define FIXED   (&kinds[0])
#define SLIDING (&kinds[2])

static struct memcached_world world;
static struct memcached_liar liar;

static void
start(const char *const *more)
{
	memcached_world_start(&world, 1, more);
	memcached_world_open(&world);
}

static int
tear_down(void **state)
{
	(void)state;
	memcached_world_stop(&world);
	return 0;
}

static struct cache_op
op_of(const struct cache_op *kind, enum cache_kind what, uint32_t limit)
{
	struct cache_op op = *kind;

	op.kind = what;
	op.space = &closed;
	op.key = STR("key");
	op.ttl = TTL;
	op.limit = op.burst = limit;
	op.counter = what == CACHE_DEL;
	return op;
}

static enum status
run(struct cache_op *op)
{
	return memcached_world_run(&world, op, PATIENT_MS);
}

static enum status
count(const struct cache_op *kind, uint32_t limit)
{
	struct cache_op op = op_of(kind, CACHE_COUNT, limit);

	return run(&op);
}

/* What the counter of that kind stands at. */
static uint32_t
look(const struct cache_op *kind)
{
	struct cache_op op = op_of(kind, CACHE_LOOK, 9);

	assert_int_equal(run(&op), ST_OK);
	return op.count;
}

static const char *
name_of(const struct cache_op *kind)
{
	return kind == FIXED ? "weir:closed:c:key" : "weir:closed:w:key";
}

static void
write_item(const struct cache_op *kind, struct str item, uint32_t form)
{
	const char *name = name_of(kind);
	memcached_st *other = memcached_create(NULL);

	(void)memcached_server_add(
	    other, "127.0.0.1", (in_port_t)world.servers[0].port);
	assert_int_equal(
	    memcached_set(other, name, strlen(name), item.p, item.n, 0, form),
	    MEMCACHED_SUCCESS);
	memcached_free(other);
}

static void
write_state(const struct cache_op *kind, const struct memcached_state *s)
{
	uint8_t bytes[MEMCACHED_STATE_BYTES];

	memcached_state_write(bytes, s);
	write_item(kind, str_make((const char *)bytes, sizeof(bytes)),
	    MEMCACHED_FORM_WINDOW);
}

/* The item; its cas changes with each write. */
static struct memcached_lookup
read_item(const struct cache_op *kind)
{
	struct cache_op op = op_of(kind, CACHE_LOOK, 9);
	struct memcached_count c;

	memcached_conn_begin(world.conn, clock_boot_ms() + PATIENT_MS);
	memcached_count_begin(world.conn, &op, &c);
	c.lookup.arena = &world.arena;
	memcached_count_read(world.conn, &c);
	assert_int_equal(c.lookup.status, ST_OK);
	return c.lookup;
}

static struct memcached_state
read_state(const struct cache_op *kind)
{
	struct memcached_state s;

	assert_true(memcached_state_read(read_item(kind).raw, &s));
	return s;
}

static void
what_is_damaged_begins_anew(void **state)
{
	static char nonsense[2 * MEMCACHED_STATE_BYTES];
	static const size_t sizes[] = { 0, 1, MEMCACHED_STATE_BYTES - 1,
		MEMCACHED_STATE_BYTES, sizeof(nonsense) };

	(void)state;
	start(NULL);
	memset(nonsense, 0xa5, sizeof(nonsense));
	for (size_t k = 1; k < KINDS; k++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			struct cache_op end = op_of(&kinds[k], CACHE_DEL, 2);

			write_item(&kinds[k], str_make(nonsense, sizes[i]),
			    i == 3 ? 0 : MEMCACHED_FORM_WINDOW);
			assert_int_equal(run(&end), ST_MISSING);
			assert_int_equal(count(&kinds[k], 2), ST_OK);
			assert_int_equal(count(&kinds[k], 2), ST_OK);
			assert_int_equal(count(&kinds[k], 2), ST_REFUSED);
		}
}

/* A full counter, as if it had been counted upon so much later. */
static void
count_ahead(const struct cache_op *kind, int64_t ahead_ms)
{
	struct cache_op op = op_of(kind, CACHE_COUNT, 2);
	struct memcached_state s = { .life = 1,
		.written_ms = clock_now().wall_ms + ahead_ms };
	char digits[MEMCACHED_WINDOW_TEXT];

	if (kind == FIXED) {
		write_item(kind,
		    memcached_window_text(
			memcached_window_word(s.written_ms + TTL_MS, 2),
			digits),
		    MEMCACHED_FORM_NUMBER);
		return;
	}
	while (cache_window_count(&s.window, &op, s.written_ms))
		;
	write_state(kind, &s);
}

/* A look keeps nothing, a refusal does. */
static void
no_window_outlasts_a_clock_set_back(void **state)
{
	(void)state;
	start(NULL);
	for (size_t k = 0; k < KINDS; k++) {
		struct cache_op peek = op_of(&kinds[k], CACHE_LOOK, 2);
		struct cache_op op = op_of(&kinds[k], CACHE_COUNT, 2);
		uint64_t cas;

		count_ahead(&kinds[k], DAY_MS);
		cas = read_item(&kinds[k]).cas;
		assert_int_equal(run(&peek), ST_OK);
		assert_int_equal(peek.count, 2);
		assert_in_range(peek.reset_ms, 1, MOST_MS);
		assert_int_equal(read_item(&kinds[k]).cas, cas);
		assert_int_equal(run(&op), ST_REFUSED);
		assert_in_range(op.reset_ms, 1, MOST_MS);
		assert_int_not_equal(read_item(&kinds[k]).cas, cas);
		cas = read_item(&kinds[k]).cas;
		assert_int_equal(run(&op), ST_REFUSED);
		assert_int_equal(read_item(&kinds[k]).cas, cas);
	}
}

static void
a_refused_group_keeps_it_too(void **state)
{
	(void)state;
	start(NULL);
	for (size_t k = 0; k < KINDS; k++) {
		struct cache_op a = op_of(&kinds[k], CACHE_COUNT, 2);
		struct cache_op b = op_of(FIXED, CACHE_COUNT, 2);
		struct cache_op *const ops[] = { &a, &b };
		uint64_t cas;

		b.key = STR("other");
		a.group = b.group = 1;
		count_ahead(&kinds[k], DAY_MS);
		cas = read_item(&kinds[k]).cas;
		assert_int_equal(memcached_driver.exec(world.conn, ops, 2,
				     clock_boot_ms() + PATIENT_MS),
		    ST_OK);
		assert_int_equal(a.status, ST_REFUSED);
		assert_int_equal(a.count, 2);
		assert_int_equal(b.status, ST_REFUSED);
		assert_int_equal(b.count, 0);
		assert_int_not_equal(read_item(&kinds[k]).cas, cas);
	}
}

/* Two hosts whose clocks differ by a second take turns: nothing is forgotten,
 * and no window is changed for it. */
static void
clocks_that_differ_a_little_forget_nothing(void **state)
{
	struct memcached_state before, after;
	struct cache_op op = op_of(SLIDING, CACHE_COUNT, 9);
	int64_t ahead_ms;

	(void)state;
	op.ttl = 1; /* parts of 67 ms */
	start(NULL);
	count_ahead(FIXED, MEMCACHED_SKEW_MS / 2);
	before.life = read_item(FIXED).cas;
	assert_int_equal(count(FIXED, 2), ST_REFUSED);
	assert_int_equal(read_item(FIXED).cas, before.life);

	ahead_ms = clock_now().wall_ms + MEMCACHED_SKEW_MS * 3 / 4;
	before = (struct memcached_state){ .life = 1, .written_ms = ahead_ms };
	assert_true(cache_window_count(&before.window, &op, ahead_ms));
	write_state(SLIDING, &before);
	assert_int_equal(run(&op), ST_OK);
	after = read_state(SLIDING);
	assert_true(after.written_ms >= ahead_ms);
	assert_true(after.window.mark >= before.window.mark);
	assert_int_equal(after.window.count, 2);
	assert_int_equal(
	    after.window.parts[after.window.mark - before.window.mark],
	    after.window.mark == before.window.mark ? 2 : 1);
}

/* An operation that has counted, and may be taken back. */
static struct memcached_count
counted(struct cache_op *op)
{
	struct memcached_count c;

	memcached_conn_begin(world.conn, clock_boot_ms() + PATIENT_MS);
	memcached_count_begin(world.conn, op, &c);
	c.lookup.arena = &world.arena;
	memcached_count_read(world.conn, &c);
	memcached_count_run(world.conn, &c);
	assert_int_equal(op->status, ST_OK);
	return c;
}

static void
a_take_back_leaves_the_counts_of_others(void **state)
{
	(void)state;
	start(NULL);
	for (size_t k = 0; k < KINDS; k++) {
		struct cache_op op = op_of(&kinds[k], CACHE_COUNT, 9);
		struct memcached_count c = counted(&op);

		assert_int_equal(count(&kinds[k], 9), ST_OK);
		assert_int_equal(count(&kinds[k], 9), ST_OK);
		memcached_count_undo(world.conn, &c);
		assert_int_equal(op.count, 2);
		assert_int_equal(look(&kinds[k]), 2);
		if (k > 0)
			op = op_of(&kinds[k], CACHE_DEL, 9);
		if (k > 0)
			(void)run(&op);
	}
}

static void
nothing_is_taken_back_from_another_life(void **state)
{
	(void)state;
	start(NULL);
	for (size_t k = 1; k < KINDS; k++) {
		struct cache_op op = op_of(&kinds[k], CACHE_COUNT, 9);
		struct cache_op end = op_of(&kinds[k], CACHE_DEL, 9);
		struct memcached_count c = counted(&op);
		uint64_t cas;

		assert_int_equal(run(&end), ST_OK);
		assert_int_equal(count(&kinds[k], 9), ST_OK);
		cas = read_item(&kinds[k]).cas;
		memcached_count_undo(world.conn, &c);
		assert_int_equal(read_item(&kinds[k]).cas, cas);
		assert_int_equal(run(&end), ST_OK);
	}
}

/* A group has looked, and found room, before another takes it. */
static void
overtake(const struct cache_op *first, const struct cache_op *second)
{
	struct cache_op a = op_of(first, CACHE_COUNT, 9);
	struct cache_op b = op_of(second, CACHE_COUNT, 1);
	struct cache_op rival = b;
	struct cache_op *const ops[] = { &a, &b };
	struct memcached_counters counters;
	struct memcached_lookups lookups;
	struct cache_conn *mine = world.conn;
	struct cache_conn *other;

	a.key = STR("a");
	rival.key = b.key = STR("b");
	a.group = b.group = 1;
	assert_int_equal(
	    memcached_driver.connect(world.cache, &other, NULL), ST_OK);
	memcached_conn_begin(mine, clock_boot_ms() + PATIENT_MS);
	memcached_lookups_init(&lookups);
	memcached_counters_ask(mine, ops, 2, &counters, &lookups);
	memcached_lookups_run(mine, &lookups);
	world.conn = other;
	assert_int_equal(run(&rival), ST_OK);
	world.conn = mine;
	memcached_counters_take(mine, ops, 2, &counters);
	assert_int_equal(a.status, ST_REFUSED);
	assert_int_equal(a.count, 0);
	assert_int_equal(b.status, ST_REFUSED);
	assert_int_equal(b.count, 1);
	memcached_driver.disconnect(other);
	a.kind = CACHE_LOOK;
	assert_int_equal(run(&a), ST_OK);
	assert_int_equal(a.count, 0);
}

static void
a_group_that_is_overtaken_leaves_nothing(void **state)
{
	(void)state;
	for (size_t first = 0; first < KINDS; first++)
		for (size_t second = 0; second < KINDS; second++) {
			start(NULL);
			overtake(&kinds[first], &kinds[second]);
			memcached_world_stop(&world);
		}
	start(NULL); /* for the tear-down */
}

/* Whoever writes comes too late, time after time. */
static void
attempts_that_are_used_up_are_no_pass(void **state)
{
	static const char *const items[] = { "30466 2 7\r\n1 \r\nEND\r\n",
		"0 1 7\r\nx\r\nEND\r\n" };

	(void)state;
	for (size_t k = 0; k < KINDS; k++) {
		struct cache_op op = op_of(&kinds[k], CACHE_COUNT, 9);

		memcached_liar_start(&liar, items[k == 0 ? 0 : 1]);
		memcached_world_start(&world, 0, NULL);
		world.config.hosts = "127.0.0.1";
		world.config.port = liar.port;
		memcached_world_open(&world);
		assert_int_equal(run(&op), ST_UNAVAILABLE);
		assert_in_range(atomic_load(&liar.too_late), 32, 1000);
		memcached_world_stop(&world);
		memcached_liar_stop(&liar);
	}
	start(NULL); /* for the tear-down */
}

/* Where all writes seem to come in time, none counts. */
static void
without_cas_nothing_passes_twice(void **state)
{
	static const char *const more[] = { "-C", NULL };

	(void)state;
	start(more);
	for (size_t k = 1; k < KINDS; k++) {
		struct cache_op end = op_of(&kinds[k], CACHE_DEL, 9);

		assert_int_equal(count(&kinds[k], 9), ST_OK);
		assert_int_equal(count(&kinds[k], 9), ST_UNAVAILABLE);
		assert_int_equal(run(&end), ST_OK);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, NULL, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_damaged_begins_anew),
		TEST(no_window_outlasts_a_clock_set_back),
		TEST(a_refused_group_keeps_it_too),
		TEST(clocks_that_differ_a_little_forget_nothing),
		TEST(a_take_back_leaves_the_counts_of_others),
		TEST(nothing_is_taken_back_from_another_life),
		TEST(a_group_that_is_overtaken_leaves_nothing),
		TEST(attempts_that_are_used_up_are_no_pass),
		TEST(without_cas_nothing_passes_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
