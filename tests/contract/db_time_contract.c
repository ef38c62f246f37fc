/*
 * What every database driver promises in drivers/db/db.h about time and
 * change: deadlines, interrupts, transactions, versions, connections.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/clock.h"
#include "tests/contract/db_rows.h"

static void
a_statement_ends_at_its_deadline(void **state)
{
	struct fixture *f = *state;
	struct db_stmt endless = { .sql = str_of(fixture_endless(f)) };
	int64_t began = clock_boot_ms();

	assert_int_equal(f->driver->run(f->conn, &endless, began + 50, NULL,
			     NULL, NULL, NULL),
	    ST_TIMEOUT);
	assert_true(clock_boot_ms() - began < 20000);
	fixture_refresh(f);
	assert_int_equal(rows_number(f, "SELECT 1"), 1);
}

struct prolonging {
	struct fixture *f;
	int64_t until_ms; /* the deadline that it had */
	size_t rows;
};

/* The first row stays longer than the statement was given. */
static enum status
take_time(void *ctx, const struct db_value *v, size_t n)
{
	struct prolonging *p = ctx;
	struct timespec nap = { .tv_nsec = 10 * 1000 * 1000 };

	(void)v;
	(void)n;
	if (p->rows++ > 0)
		return ST_OK;
	p->f->driver->prolong(p->f->conn, fixture_deadline());
	while (clock_boot_ms() <= p->until_ms + 100)
		(void)nanosleep(&nap, NULL);
	return ST_OK;
}

static void
a_statement_and_its_transaction_can_be_prolonged(void **state)
{
	struct fixture *f = *state;
	struct db_stmt stmt = {
		.sql = STR("SELECT a.i FROM v AS a, v AS b, v AS c, v AS d"),
	};
	struct prolonging p = { .f = f };

	fixture_script(f, "CREATE TABLE v (i INTEGER);"
			  "INSERT INTO v VALUES (0), (1), (2), (3), (4), (5), "
			  "(6), (7), (8), (9)");
	p.until_ms = clock_boot_ms() + 500;
	assert_int_equal(
	    f->driver->begin_read(f->conn, p.until_ms, NULL), ST_OK);
	f->driver->may_last(f->conn, fixture_deadline());
	assert_int_equal(f->driver->run(f->conn, &stmt, p.until_ms, take_time,
			     &p, NULL, NULL),
	    ST_OK);
	assert_int_equal(p.rows, 10000);
	assert_int_equal(rows_number(f, "SELECT 1"), 1);
	f->driver->rollback(f->conn);
	assert_true(f->driver->usable(f->conn, DB_ASK));
}

/* Once, after a moment: the statement may have begun or not. */
static void *
interrupt_soon(void *arg)
{
	struct fixture *f = arg;
	struct timespec nap = { .tv_nsec = 20 * 1000 * 1000 };

	(void)nanosleep(&nap, NULL);
	f->driver->interrupt(f->conn);
	return NULL;
}

static void
another_thread_can_interrupt(void **state)
{
	struct fixture *f = *state;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, f), 0);
	assert_int_equal(rows_run(f, fixture_endless(f), NULL), ST_TIMEOUT);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static void
an_interrupted_connection_runs_nothing_more(void **state)
{
	struct fixture *f = *state;

	f->driver->interrupt(f->conn);
	assert_int_equal(rows_run(f, "SELECT 1", NULL), ST_TIMEOUT);
	assert_int_equal(rows_run(f, "SELECT 1", NULL), ST_TIMEOUT);
	assert_int_equal(
	    f->driver->begin_read(f->conn, fixture_deadline(), NULL),
	    ST_TIMEOUT);
}

static void
a_committed_transaction_stays(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE v (i INTEGER)");
	assert_false(f->driver->in_transaction(f->conn));
	assert_int_equal(
	    f->driver->begin(f->conn, fixture_deadline(), NULL), ST_OK);
	assert_true(f->driver->in_transaction(f->conn));
	assert_int_equal(rows_run(f, "INSERT INTO v VALUES (1)", NULL), ST_OK);
	assert_int_equal(f->driver->commit(f->conn, NULL), ST_OK);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 1);
}

static void
a_transaction_that_reads_sees_one_moment(void **state)
{
	struct fixture *f = *state;
	struct db_conn *first = f->conn;
	struct db_conn *other = fixture_connect(f);

	fixture_script(f, "CREATE TABLE v (i INTEGER)");
	assert_int_equal(
	    f->driver->begin_read(first, fixture_deadline(), NULL), ST_OK);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 0);
	f->conn = other;
	assert_int_equal(rows_run(f, "INSERT INTO v VALUES (1)", NULL), ST_OK);
	f->conn = first;
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 0);
	f->driver->rollback(first);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 1);
	f->driver->disconnect(other);
}

static void
a_rolled_back_transaction_never_was(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE v (i INTEGER)");
	assert_int_equal(
	    f->driver->begin(f->conn, fixture_deadline(), NULL), ST_OK);
	assert_int_equal(rows_run(f, "INSERT INTO v VALUES (1)", NULL), ST_OK);
	f->driver->rollback(f->conn);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 0);
	f->driver->rollback(f->conn); /* nothing to do is no harm */
}

static void
nothing_of_a_timed_out_transaction_is_kept(void **state)
{
	struct fixture *f = *state;
	char sql[160];
	struct db_stmt slow = { .sql = { sql, (size_t)snprintf(sql, sizeof(sql),
						  "INSERT INTO v %s",
						  fixture_endless(f)) } };

	fixture_script(f, "CREATE TABLE v (i INTEGER)");
	assert_int_equal(
	    f->driver->begin(f->conn, fixture_deadline(), NULL), ST_OK);
	assert_int_equal(rows_run(f, "INSERT INTO v VALUES (1)", NULL), ST_OK);
	assert_int_equal(f->driver->run(f->conn, &slow, clock_boot_ms() + 50,
			     NULL, NULL, NULL, NULL),
	    ST_TIMEOUT);
	(void)rows_run(f, "INSERT INTO v VALUES (2)", NULL);
	f->driver->rollback(f->conn);
	fixture_refresh(f);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 0);
}

/* Fails for a lock that another connection has. */
static enum status
wait_for_lock(struct fixture *f, int64_t deadline_ms)
{
	struct db_stmt write = { .sql = STR("UPDATE v SET i = 3") };
	enum status st;

	if (fixture_begin_locks(f))
		return f->driver->begin(f->conn, deadline_ms, NULL);
	st = f->driver->begin(f->conn, deadline_ms, NULL);
	assert_int_equal(st, ST_OK);
	st = f->driver->run(
	    f->conn, &write, deadline_ms, NULL, NULL, NULL, NULL);
	f->driver->rollback(f->conn);
	fixture_refresh(f);
	return st;
}

static void
a_locked_database_is_left_in_time(void **state)
{
	struct fixture *f = *state;
	struct db_conn *other = fixture_connect(f);
	int64_t began = clock_boot_ms();
	enum status st;

	fixture_script(f, "CREATE TABLE v (i INTEGER);"
			  "INSERT INTO v VALUES (1)");
	assert_int_equal(
	    f->driver->begin(other, fixture_deadline(), NULL), ST_OK);
	assert_int_equal(
	    rows_run_on(f, other, "UPDATE v SET i = 2", NULL, 0, NULL), ST_OK);
	st = wait_for_lock(f, began + 200);
	assert_true(st == ST_UNAVAILABLE || st == ST_TIMEOUT);
	assert_true(clock_boot_ms() - began < 20000);
	f->driver->rollback(other);
	assert_int_equal(
	    f->driver->begin(f->conn, fixture_deadline(), NULL), ST_OK);
	assert_int_equal(rows_run(f, "UPDATE v SET i = 3", NULL), ST_OK);
	f->driver->rollback(f->conn);
	f->driver->disconnect(other);
}

static void
a_kept_statement_follows_the_schema(void **state)
{
	struct fixture *f = *state;
	struct rows before = { .n = 0 };
	struct rows after = { .n = 0 };

	fixture_script(f, "CREATE TABLE v (i INTEGER);"
			  "INSERT INTO v VALUES (1)");
	assert_int_equal(rows_run(f, "SELECT * FROM v", &before), ST_OK);
	assert_int_equal(before.columns, 1);
	fixture_script(f, "ALTER TABLE v ADD COLUMN b BOOLEAN DEFAULT 1");
	assert_int_equal(rows_run(f, "SELECT * FROM v", &after), ST_OK);
	assert_int_equal(after.columns, 2);
	assert_int_equal(after.v[0][1].type, DB_BOOL);
}

static void
a_kept_statement_follows_the_type_of_a_column(void **state)
{
	struct fixture *f = *state;
	struct rows before = { .n = 0 };
	struct rows after = { .n = 0 };

	fixture_script(f, "CREATE TABLE v (i INTEGER);"
			  "INSERT INTO v VALUES (1)");
	assert_int_equal(rows_run(f, "SELECT * FROM v", &before), ST_OK);
	assert_int_equal(before.v[0][0].type, DB_INT);
	fixture_script(f, "DROP TABLE v; CREATE TABLE v (i VARCHAR(20));"
			  "INSERT INTO v VALUES ('seven')");
	assert_int_equal(rows_run(f, "SELECT * FROM v", &after), ST_OK);
	assert_int_equal(after.v[0][0].type, DB_TEXT);
	assert_true(str_eq(after.v[0][0].s, STR("seven")));
}

static void
more_statements_than_are_kept_all_work(void **state)
{
	struct fixture *f = *state;
	char sql[64];

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 200; i++) {
			(void)snprintf(sql, sizeof(sql), "SELECT %d", i);
			assert_int_equal(rows_number(f, sql), i);
		}
	}
}

static void
two_statements_in_one_text_are_refused(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE v (i INTEGER)");
	assert_int_equal(rows_run(f, "SELECT 1; DROP TABLE v", NULL), ST_ERROR);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 0);
}

static void
versions_tell_schema_and_data_changes(void **state)
{
	struct fixture *f = *state;
	struct db_conn *other = fixture_connect(f);
	int64_t schema[3] = { 0 };
	int64_t data[3] = { 0 };

	fixture_script(f, "CREATE TABLE v (i INTEGER)");
	assert_int_equal(
	    f->driver->versions(other, &schema[0], &data[0], NULL), ST_OK);
	assert_int_equal(rows_run(f, "INSERT INTO v VALUES (1)", NULL), ST_OK);
	assert_int_equal(
	    f->driver->versions(other, &schema[1], &data[1], NULL), ST_OK);
	assert_true(schema[1] == schema[0] && data[1] != data[0]);
	fixture_script(f, "CREATE TABLE w (i INTEGER)");
	assert_int_equal(
	    f->driver->versions(other, &schema[2], &data[2], NULL), ST_OK);
	assert_true(schema[2] != schema[1]);
	f->driver->disconnect(other);
}

static void
two_ways_to_one_database_have_one_identity(void **state)
{
	struct fixture *f = *state;
	struct buf one = buf_in(&f->arena);
	struct buf two = buf_in(&f->arena);
	struct db_conn *other = NULL;

	assert_int_equal(
	    f->driver->connect(&f->other_way, fixture_deadline(), &other, NULL),
	    ST_OK);
	assert_int_equal(f->driver->identity(f->conn, &one, NULL), ST_OK);
	assert_int_equal(f->driver->identity(other, &two, NULL), ST_OK);
	assert_true(one.n > 0);
	assert_true(str_eq(buf_str(&one), buf_str(&two)));
	f->driver->disconnect(other);
}

static void
a_read_only_connection_writes_nothing(void **state)
{
	struct fixture *f = *state;
	struct db_config config = f->config;
	struct db_conn *reader = NULL;

	fixture_script(f, "CREATE TABLE v (i INTEGER)");
	config.read_only = true;
	assert_int_equal(
	    f->driver->connect(&config, fixture_deadline(), &reader, NULL),
	    ST_OK);
	assert_int_equal(
	    rows_run_on(f, reader, "INSERT INTO v VALUES (1)", NULL, 0, NULL),
	    ST_DENIED);
	f->driver->disconnect(reader);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 0);
}

int
main(void)
{
	const struct promise promises[] = {
		PROMISE(a_statement_ends_at_its_deadline),
		PROMISE(a_statement_and_its_transaction_can_be_prolonged),
		PROMISE(another_thread_can_interrupt),
		PROMISE(an_interrupted_connection_runs_nothing_more),
		PROMISE(a_committed_transaction_stays),
		PROMISE(a_transaction_that_reads_sees_one_moment),
		PROMISE(a_rolled_back_transaction_never_was),
		PROMISE(nothing_of_a_timed_out_transaction_is_kept),
		PROMISE(a_locked_database_is_left_in_time),
		PROMISE(a_kept_statement_follows_the_schema),
		PROMISE(a_kept_statement_follows_the_type_of_a_column),
		PROMISE(more_statements_than_are_kept_all_work),
		PROMISE(two_statements_in_one_text_are_refused),
		PROMISE(versions_tell_schema_and_data_changes),
		PROMISE(two_ways_to_one_database_have_one_identity),
		PROMISE(a_read_only_connection_writes_nothing),
	};

	return fixture_run(promises, sizeof(promises) / sizeof(promises[0]));
}
