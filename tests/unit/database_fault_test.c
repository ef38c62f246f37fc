/* A database store whose database is full, locked, gone, small or stingy. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/cache/database_conn.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"
#include "tests/support/database_rows.h"
#include "tests/support/mariadb.h"

#define KEY    STR("a key")
#define VALUE  20000
#define MANY   200
#define PACKET 600000 /* more than SERVER_LINES let pass */

#define SERVER_LINES "max-allowed-packet=500000\n"

/* Asks until a GET has that status. */
static void
wait_for(struct fixture *f, enum status wanted)
{
	int64_t deadline_ms = fixture_deadline();
	struct cache_op op = { .kind = CACHE_GET, .key = KEY };

	(void)fixture_try(f, f->conn, &op, 1, 1000);
	while (op.status != wanted && clock_boot_ms() < deadline_ms) {
		(void)usleep(20000);
		(void)fixture_try(f, f->conn, &op, 1, 1000);
	}
	assert_int_equal(op.status, wanted);
}

/* What is open still is not what others see. */
static void
a_file_that_was_removed_is_let_go(void **state)
{
	struct fixture *f = *state;
	uint8_t before[INCARNATION_BYTES];
	uint8_t after[INCARNATION_BYTES];

	if (!rows_in_file(f))
		return;
	assert_int_equal(set(f, KEY, STR("value"), 600), ST_OK);
	incarnation_of(f, f->conn, before);
	f->place->kind->wipe(f->place);
	wait_for(f, ST_MISSING);
	incarnation_of(f, f->conn, after);
	assert_memory_not_equal(before, after, sizeof(before));
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(rows_number(f, "SELECT COUNT(*) FROM weir_cache"), 2);
}

static void
a_file_that_is_missing_is_waited_for(void **state)
{
	struct fixture *f = *state;
	struct cache_config config = f->config;
	struct db_config db = *f->config.db;
	struct error err = { .text = "" };

	if (!rows_in_file(f))
		return;
	fixture_part(f);
	f->place->kind->wipe(f->place);
	db.create = false;
	config.db = &db;
	assert_int_equal(f->driver->open(&config, &f->cache, &err), ST_OK);
	f->conn = fixture_connect(f);
	wait_for(f, ST_UNAVAILABLE);
	assert_int_equal(
	    f->driver->ping(f->conn, fixture_deadline(), &err), ST_UNAVAILABLE);
	assert_non_null(strstr(err.text, db.database));
	rows_sql(f, "CREATE TABLE x (y)");
	wait_for(f, ST_MISSING);
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
}

/* Reads go on while another writes; writes end in time. */
static void
a_writer_that_hangs_ends_writes_in_time(void **state)
{
	struct fixture *f = *state;
	const struct db_driver *driver =
	    db_driver_find(str_of(f->config.db->driver));
	struct cache_op write = {
		.kind = CACHE_SET, .key = KEY, .value = STR("new")
	};
	struct cache_op read = { .kind = CACHE_GET, .key = KEY };
	const struct db_stmt lock = { .sql = STR("UPDATE weir_cache SET n = n "
						 "WHERE n >= 0") };
	struct db_conn *other = rows_connect(f);

	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(driver->begin(other, fixture_deadline(), NULL), ST_OK);
	assert_int_equal(driver->run(other, &lock, fixture_deadline(), NULL,
			     NULL, NULL, NULL),
	    ST_OK);
	assert_int_equal(fixture_try(f, f->conn, &write, 1, 200), ST_TIMEOUT);
	wait_for(f, ST_OK);
	run(f, &read, 1);
	assert_true(str_eq(read.value, STR("value")));
	driver->rollback(other);
	driver->disconnect(other);
	wait_for(f, ST_OK);
	assert_int_equal(set(f, KEY, STR("new"), 60), ST_OK);
	assert_value(f, KEY, STR("new"));
}

/* Pulls where the database returns no deleted rows, as MySQL does. */
static bool
returns_nothing(const struct db_conn *conn)
{
	(void)conn;
	return false;
}

static void
a_pull_needs_no_returned_rows(void **state)
{
	struct fixture *f = *state;
	struct db_driver plain = *f->cache->driver;
	const struct db_driver *driver = f->cache->driver;
	struct cache_op ops[] = {
		{ .kind = CACHE_SET, .key = KEY, .value = STR("a") },
		{ .kind = CACHE_PULL, .key = KEY },
		{ .kind = CACHE_PULL, .key = KEY },
	};
	struct str value = STR_NULL;

	plain.returning = returns_nothing;
	f->cache->driver = &plain;
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(pull(f, KEY, &value), ST_OK);
	assert_true(str_eq(value, STR("value")));
	assert_int_equal(pull(f, KEY, NULL), ST_MISSING);
	run(f, ops, 3);
	assert_int_equal(ops[1].status, ST_OK);
	assert_int_equal(ops[2].status, ST_MISSING);
	f->cache->driver = driver;
}

/* The server would hang up on what is larger than it takes. */
static void
a_value_too_big_for_the_server_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct str big = bytes(f, PACKET, 1);

	if (rows_in_file(f))
		return;
	assert_int_equal(set(f, KEY, STR("old"), 60), ST_OK);
	assert_int_equal(add(f, KEY, big, 60), ST_EXISTS);
	assert_value(f, KEY, STR("old"));
	assert_int_equal(set(f, KEY, big, 60), ST_TOO_BIG);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	assert_int_equal(add(f, KEY, big, 60), ST_TOO_BIG);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
}

static void
grants_that_are_missing_are_named(void **state)
{
	struct fixture *f = *state;
	struct cache_config config = f->config;
	struct db_config db = *f->config.db;
	struct error err = { .text = "" };
	char sql[256];

	if (rows_in_file(f))
		return;
	(void)snprintf(sql, sizeof(sql),
	    "CREATE OR REPLACE USER reader IDENTIFIED BY 'x'; "
	    "GRANT SELECT ON `%s`.* TO reader",
	    db.database);
	mariadb_sql("", sql);
	fixture_part(f);
	db.username = "reader";
	db.password = "x";
	config.db = &db;
	assert_int_equal(f->driver->open(&config, &f->cache, &err), ST_OK);
	f->conn = fixture_connect(f);
	assert_int_equal(
	    f->driver->ping(f->conn, fixture_deadline(), &err), ST_UNAVAILABLE);
	assert_non_null(strstr(err.text, "GRANT"));
	fixture_part(f);
	/* Without a table there is one to be made. */
	rows_sql(f, "DROP TABLE weir_cache");
	assert_int_equal(f->driver->open(&config, &f->cache, &err), ST_OK);
	f->conn = fixture_connect(f);
	err.text[0] = '\0';
	assert_int_equal(
	    f->driver->ping(f->conn, fixture_deadline(), &err), ST_UNAVAILABLE);
	assert_non_null(strstr(err.text, "GRANT CREATE"));
}

/* Mounts are seen by this process only, and end with it. */
static bool
may_mount(void)
{
	if (unshare(CLONE_NEWNS) != 0 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
		return false;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

/* Until the store takes no more. What it says is full has left nothing; where
 * not even that can be done, it says that it is away. */
static enum status
fill(struct fixture *f)
{
	enum status st = ST_OK;

	for (unsigned i = 0; i < MANY && st == ST_OK; i++) {
		struct cache_op op = { .kind = CACHE_SET,
			.key = arena_printf(&f->arena, "key %u", i),
			.value = bytes(f, VALUE, i) };

		(void)fixture_try(f, f->conn, &op, 1, 1000);
		st = op.status;
		if (st == ST_OK)
			assert_value(f, op.key, op.value);
		if (st == ST_FULL)
			assert_int_equal(get(f, op.key, NULL), ST_MISSING);
	}
	return st;
}

/* A file needs room to be deleted from, too. */
static void
a_disk_that_is_full_is_survived(void **state)
{
	struct fixture *f = *state;
	enum status st;

	if (!rows_in_file(f) || !may_mount())
		return; /* what a server does then, it does not say */
	fixture_part(f);
	if (mount("none", f->place->folder, "tmpfs", 0, "size=2m") != 0)
		return;
	fixture_meet(f);
	assert_int_equal(set(f, KEY, STR("value"), 0), ST_OK);
	st = fill(f);
	assert_true(st == ST_FULL || st == ST_UNAVAILABLE);
	assert_value(f, KEY, STR("value"));
	assert_int_equal(
	    mount("none", f->place->folder, NULL, MS_REMOUNT, "size=50m"), 0);
	assert_int_equal(set(f, KEY, bytes(f, VALUE, 1), 0), ST_OK);
	assert_value(f, KEY, bytes(f, VALUE, 1));
	assert_int_equal(fill(f), ST_OK);
	fixture_part(f);
	assert_int_equal(umount(f->place->folder), 0);
	fixture_meet(f);
}

/* A disk on which nothing new finds room. */
static enum status
run_on_full_disk(struct db_conn *conn, const struct db_stmt *stmt,
    int64_t deadline_ms, db_row_f *row, void *ctx, struct db_result *result,
    struct error *err)
{
	if (str_starts(stmt->sql, STR("INSERT")))
		return error_set(err, ST_FULL, "the disk is full");
	return db_driver_find(STR("sqlite"))
	    ->run(conn, stmt, deadline_ms, row, ctx, result, err);
}

static void
an_add_on_a_full_disk_leaves_what_is_there(void **state)
{
	struct fixture *f = *state;
	const struct db_driver *driver = f->cache->driver;
	struct db_driver full = *driver;
	struct cache_op ops[] = {
		{ .kind = CACHE_ADD, .key = STR("new"), .value = STR("x") },
		{ .kind = CACHE_ADD, .key = KEY, .value = STR("x") },
	};

	if (!rows_in_file(f))
		return;
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	full.run = run_on_full_disk;
	f->cache->driver = &full;
	assert_int_equal(add(f, KEY, STR("new"), 60), ST_EXISTS);
	assert_int_equal(add(f, STR("new"), STR("new"), 60), ST_FULL);
	run(f, ops, 2);
	assert_int_equal(ops[0].status, ST_FULL);
	assert_int_equal(ops[1].status, ST_EXISTS);
	assert_value(f, KEY, STR("value"));
	assert_int_equal(set(f, KEY, STR("new"), 60), ST_FULL);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	f->cache->driver = driver;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ROWS_TEST(a_file_that_was_removed_is_let_go),
		ROWS_TEST(a_file_that_is_missing_is_waited_for),
		ROWS_TEST(a_writer_that_hangs_ends_writes_in_time),
		ROWS_TEST(a_pull_needs_no_returned_rows),
		ROWS_TEST(a_value_too_big_for_the_server_leaves_nothing),
		ROWS_TEST(grants_that_are_missing_are_named),
		ROWS_TEST(a_disk_that_is_full_is_survived),
		ROWS_TEST(an_add_on_a_full_disk_leaves_what_is_there),
	};

	mariadb_options(SERVER_LINES);
	return ROWS_RUN("database_fault", tests);
}
