/* The rows of counters: what is written, what is not, and what is damaged. */
#include "drivers/cache/database_windows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/cache.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/support/database_rows.h"

#define KEY     STR("a key")
#define ROWS    "SELECT COUNT(*) FROM weir_cache WHERE space <> x''"
#define LASTING ROWS " AND expires = 0"
#define END     "SELECT MAX(expires) FROM weir_cache WHERE space <> x''"
#define TTL     60
#define MOST_MS (TTL * 1000 / 15 * 16)
#define DAY_MS  INT64_C(86400000)
#define SOON_MS 2000

static const struct cache_op kinds[] = {
	{ .algorithm = CACHE_FIXED },
	{ .algorithm = CACHE_FIXED, .lockout = true },
	{ .algorithm = CACHE_SLIDING },
	{ .algorithm = CACHE_GCRA },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))
#define FIXED (&kinds[0])
#define LOCKS (&kinds[1])

static struct cache_op
op_of(const struct cache_op *kind, enum cache_kind what)
{
	struct cache_op op = *kind;

	op.kind = what;
	op.key = KEY;
	op.ttl = TTL;
	op.limit = op.burst = 2;
	return op;
}

static enum status
count_once(struct fixture *f, const struct cache_op *kind)
{
	struct cache_op op = op_of(kind, CACHE_COUNT);

	run(f, &op, 1);
	return op.status;
}

static void
a_refused_count_leaves_no_row(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < KINDS; i++) {
		struct cache_op ops[] = { op_of(FIXED, CACHE_COUNT),
			op_of(&kinds[i], CACHE_COUNT) };

		ops[1].key = STR("new");
		ops[0].group = ops[1].group = 1;
		ops[0].limit = 1;
		assert_int_equal(
		    count(f, KEY, 1, TTL), i == 0 ? ST_OK : ST_REFUSED);
		run(f, ops, 2);
		assert_int_equal(ops[1].status, ST_REFUSED);
		assert_int_equal(rows_number(f, ROWS), 1);
	}
}

/* What it leaves of the others of its group is swept some day. */
static void
a_lockout_is_kept_though_it_refuses(void **state)
{
	struct fixture *f = *state;
	struct cache_op ops[] = { op_of(LOCKS, CACHE_COUNT),
		op_of(FIXED, CACHE_COUNT), op_of(&kinds[2], CACHE_COUNT) };
	int64_t end_ms;

	ops[2].key = STR("another");
	assert_int_equal(count_once(f, LOCKS), ST_OK);
	assert_int_equal(count_once(f, LOCKS), ST_OK);
	end_ms = rows_number(f, END);
	rows_sql(f, "UPDATE weir_cache SET expires = expires - 5 "
		    "WHERE space <> x''");
	for (int i = 0; i < 3; i++)
		ops[i].group = 1;
	run(f, ops, 3);
	assert_int_equal(ops[0].status, ST_REFUSED);
	assert_in_range(rows_number(f, END), end_ms, end_ms + TTL * 1000);
	assert_int_equal(rows_number(f, LASTING), 0);
	end_ms = rows_number(f, END);
	run(f, ops, 3);
	assert_int_equal(rows_number(f, END), end_ms);
}

static void
a_look_writes_nothing_and_waits_for_nobody(void **state)
{
	struct fixture *f = *state;
	const struct db_driver *db =
	    db_driver_find(str_of(f->config.db->driver));
	const struct db_stmt hold = { .sql = STR(
					  "UPDATE weir_cache SET n = n + 0") };
	struct db_conn *other = rows_connect(f);

	for (size_t i = 0; i < KINDS; i++) {
		struct cache_op op = op_of(&kinds[i], CACHE_LOOK);

		run(f, &op, 1);
		assert_int_equal(op.status, ST_OK);
		assert_int_equal(op.count, 0);
	}
	assert_int_equal(rows_number(f, ROWS), 0);
	for (size_t i = 0; i < KINDS; i++)
		assert_int_equal(count_once(f, &kinds[i]), ST_OK);
	assert_int_equal(db->begin(other, fixture_deadline(), NULL), ST_OK);
	assert_int_equal(
	    db->run(other, &hold, fixture_deadline(), NULL, NULL, NULL, NULL),
	    ST_OK);
	for (size_t i = 0; i < KINDS; i++) {
		struct cache_op op = op_of(&kinds[i], CACHE_LOOK);

		assert_int_equal(
		    fixture_try(f, f->conn, &op, 1, SOON_MS), ST_OK);
		assert_int_equal(op.count, 1);
	}
	db->rollback(other);
	db->disconnect(other);
}

/* Puts a record in the place of each that is there. */
static void
spoil(struct fixture *f, const uint8_t *bytes, size_t n)
{
	char hex[4 * CACHE_RECORD_BYTES + 1] = "";

	assert_true(2 * n < sizeof(hex));
	hex_encode(hex, bytes, n);
	rows_sql(f, arena_printf(&f->arena,
			"UPDATE weir_cache SET value = x'%.*s' "
			"WHERE space <> x'' AND value <> x''",
			(int)(2 * n), hex)
			.p);
}

static void
what_is_damaged_counts_nothing(void **state)
{
	static const size_t sizes[] = { 0, 1, CACHE_RECORD_BYTES - 1,
		CACHE_RECORD_BYTES, CACHE_RECORD_BYTES + 1,
		2 * CACHE_RECORD_BYTES };
	uint8_t nonsense[2 * CACHE_RECORD_BYTES];
	struct fixture *f = *state;

	memset(nonsense, 0xa5, sizeof(nonsense));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t k = 1; k < KINDS; k++) {
			struct cache_op end = op_of(&kinds[k], CACHE_DEL);

			assert_int_equal(count_once(f, &kinds[k]), ST_OK);
			spoil(f, nonsense, sizes[i]);
			assert_int_equal(count_once(f, &kinds[k]), ST_OK);
			assert_int_equal(count_once(f, &kinds[k]), ST_OK);
			assert_int_equal(count_once(f, &kinds[k]), ST_REFUSED);
			end.counter = true;
			run(f, &end, 1);
			assert_int_equal(end.status, ST_OK);
		}
	rows_sql(f, "UPDATE weir_cache SET n = -1 WHERE space <> x''");
	assert_int_equal(count_once(f, FIXED), ST_OK);
}

static int64_t
reset_of(struct fixture *f, const struct cache_op *kind, enum status expected)
{
	struct cache_op op = op_of(kind, CACHE_COUNT);

	run(f, &op, 1);
	assert_int_equal(op.status, expected);
	return op.reset_ms;
}

/* As if the clock had been set back by a day; a refusal keeps it, too. */
static void
no_fixed_window_outlasts_a_clock_set_back(void **state)
{
	struct fixture *f = *state;
	int64_t end_ms;

	for (int i = 0; i < 3; i++) {
		enum status expected = i < 2 ? ST_OK : ST_REFUSED;

		assert_in_range(reset_of(f, FIXED, expected), 1, TTL * 1000);
		if (i == 0)
			end_ms = rows_number(f, END);
		assert_in_range(
		    rows_number(f, END), end_ms, end_ms + TTL * 1000);
		rows_sql(f, "UPDATE weir_cache SET expires = expires + 86400000"
			    " WHERE expires > 0");
	}
}

/* A full window of that kind, as it would stand had it been counted upon
 * tomorrow. */
static void
count_tomorrow(struct fixture *f, const struct cache_op *kind)
{
	int64_t tomorrow_ms = clock_now().wall_ms + DAY_MS;
	struct cache_op op = op_of(kind, CACHE_COUNT);
	uint8_t record[CACHE_RECORD_BYTES];
	struct cache_window w = { 0 };

	while (cache_window_count(&w, &op, tomorrow_ms))
		;
	cache_record_write(record, &w);
	assert_int_equal(count_once(f, kind), ST_OK);
	spoil(f, record, sizeof(record));
	rows_sql(f, arena_printf(&f->arena,
			"UPDATE weir_cache SET expires = %lld "
			"WHERE space <> x''",
			(long long)w.end_ms)
			.p);
}

static void
no_other_window_outlasts_a_clock_set_back(void **state)
{
	struct fixture *f = *state;
	int64_t now_ms;

	for (size_t k = 1; k < KINDS; k++) {
		struct cache_op look = op_of(&kinds[k], CACHE_LOOK);

		count_tomorrow(f, &kinds[k]);
		run(f, &look, 1);
		assert_in_range(look.reset_ms, 1, MOST_MS);
		assert_int_equal(look.count, 2);
		now_ms = clock_now().wall_ms;
		assert_true(rows_number(f, END) > now_ms + DAY_MS / 2);
		assert_in_range(reset_of(f, &kinds[k], ST_REFUSED), 1, MOST_MS);
		assert_in_range(
		    rows_number(f, END), now_ms, clock_now().wall_ms + MOST_MS);
		rows_sql(f, "DELETE FROM weir_cache WHERE space <> x''");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROWS_TEST(a_refused_count_leaves_no_row),
		ROWS_TEST(a_lockout_is_kept_though_it_refuses),
		ROWS_TEST(a_look_writes_nothing_and_waits_for_nobody),
		ROWS_TEST(what_is_damaged_counts_nothing),
		ROWS_TEST(no_fixed_window_outlasts_a_clock_set_back),
		ROWS_TEST(no_other_window_outlasts_a_clock_set_back),
	};

	return ROWS_RUN("database_windows", tests);
}
