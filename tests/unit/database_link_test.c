/* The link under a database store: which server it leads to, and how long what
 * is asked over it may take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/cache/database_conn.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/support/database_rows.h"
#include "tests/support/mariadb.h"

#define KEY    STR("a key")
#define HURRY  250 /* milliseconds */
#define MOMENT 20000

static enum status
take_number(void *ctx, const struct db_value *v, size_t n)
{
	assert_int_equal(n, 1);
	*(int64_t *)ctx = v[0].i;
	return ST_OK;
}

static enum status
ask_number(struct cache_conn *conn, int64_t *out)
{
	struct database_ask ask = { .sql = STR("SELECT CONNECTION_ID()"),
		.row = take_number,
		.ctx = out };

	return database_run(conn, &ask, fixture_deadline());
}

/* Returns when the server's farewell has arrived. */
static void
link_kill(struct fixture *f)
{
	int64_t deadline_ms = fixture_deadline();
	int64_t number = 0;
	char sql[64];

	assert_int_equal(ask_number(f->conn, &number), ST_OK);
	(void)snprintf(
	    sql, sizeof(sql), "KILL CONNECTION %lld", (long long)number);
	mariadb_sql("", sql);
	while (f->cache->driver->usable(f->conn->db, DB_LOOK) &&
	       clock_boot_ms() < deadline_ms)
		(void)usleep(MOMENT);
	assert_false(f->cache->driver->usable(f->conn->db, DB_LOOK));
}

/* The store has noticed, and asks the next link which server it reaches. */
static void
assert_home_read_again(struct fixture *f, const uint8_t *before)
{
	uint8_t after[INCARNATION_BYTES];

	assert_null(f->conn->db);
	memset(f->conn->home, 0, sizeof(f->conn->home));
	memset(f->conn->incarnation, 0, sizeof(f->conn->incarnation));
	fixture_recover(f);
	incarnation_of(f, f->conn, after);
	assert_memory_equal(before, after, sizeof(after));
}

/* Behind one address may be another server by then. */
static void
a_link_that_is_lost_is_not_replaced_in_secret(void **state)
{
	struct fixture *f = *state;
	uint8_t before[INCARNATION_BYTES];
	int64_t number;

	if (rows_in_file(f))
		return;
	incarnation_of(f, f->conn, before);
	link_kill(f);
	assert_int_equal(ask_number(f->conn, &number), ST_UNAVAILABLE);
	assert_home_read_again(f, before);
	link_kill(f);
	assert_int_equal(
	    database_begin(f->conn, fixture_deadline()), ST_UNAVAILABLE);
	assert_home_read_again(f, before);
}

static enum status
no_identity(struct db_conn *conn, struct buf *out, struct error *err)
{
	(void)conn;
	(void)out;
	return error_set(err, ST_UNAVAILABLE, "it cannot be told");
}

static void
a_home_that_could_not_be_read_is_read_later(void **state)
{
	struct fixture *f = *state;
	const struct db_driver *driver = f->cache->driver;
	struct db_driver mute = *driver;
	struct cache_conn *conn = fixture_connect(f);
	struct cache_op op = { .kind = CACHE_GET, .key = KEY };
	uint8_t expected[INCARNATION_BYTES];
	uint8_t got[INCARNATION_BYTES];
	int64_t deadline_ms = fixture_deadline();

	if (rows_in_file(f)) {
		incarnation_of(f, f->conn, expected);
		mute.identity = no_identity;
		f->cache->driver = &mute;
		(void)fixture_try(f, conn, &op, 1, 1000);
		assert_int_equal(op.status, ST_UNAVAILABLE);
		f->cache->driver = driver;
		while (op.status == ST_UNAVAILABLE &&
		       clock_boot_ms() < deadline_ms) {
			(void)usleep(MOMENT);
			(void)fixture_try(f, conn, &op, 1, 1000);
		}
		incarnation_of(f, conn, got);
		assert_memory_equal(expected, got, sizeof(got));
	}
	f->driver->disconnect(conn);
}

/* The transaction of a count that is refused is rolled back. */
static void
a_rollback_keeps_to_the_deadline(void **state)
{
	struct fixture *f = *state;
	int64_t began_ms;

	if (rows_in_file(f))
		return;
	assert_int_equal(count(f, KEY, 1, 60), ST_OK);
	began_ms = stopwatch_ms();
	assert_int_equal(
	    database_begin(f->conn, clock_boot_ms() + HURRY), ST_OK);
	mariadb_pause();
	database_rollback(f->conn);
	mariadb_resume();
	assert_soon(began_ms, HURRY);
	assert_null(f->conn->db);
	fixture_recover(f);
	assert_int_equal(count(f, KEY, 1, 60), ST_REFUSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROWS_TEST(a_link_that_is_lost_is_not_replaced_in_secret),
		ROWS_TEST(a_home_that_could_not_be_read_is_read_later),
		ROWS_TEST(a_rollback_keeps_to_the_deadline),
	};

	return ROWS_RUN("database_link", tests);
}
