/* What only the mysql driver does; the common promises are in contract. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/db/mysql.h"
#include "drivers/db/pool.h"
#include "tests/contract/db_rows.h"

/* Deadlines are met to a tenth of a second; a busy machine gets longer. */
#define LATE_MS 10000

static int
set_up(void **state)
{
	struct fixture *f = malloc(sizeof(*f));

	assert_non_null(f);
	fixture_open(f, &db_mysql);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	mariadb_resume(); /* a test may have failed while it was paused */
	fixture_close(*state);
	free(*state);
	return 0;
}

static void
nap(long ms)
{
	(void)nanosleep(
	    &(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

static enum status
run_until(struct db_conn *conn, const char *sql, int64_t deadline_ms)
{
	struct db_stmt stmt = { .sql = str_of(sql) };

	return db_mysql.run(conn, &stmt, deadline_ms, NULL, NULL, NULL, NULL);
}

/* Until the number that sql gives is the one wanted. InnoDB's views are read
 * anew only after a tenth of a second in which nobody looks at them. */
static void
wait_for_number(struct fixture *f, const char *sql, int64_t want)
{
	int64_t give_up = fixture_deadline();

	while (rows_number(f, sql) != want) {
		assert_true(clock_boot_ms() < give_up);
		nap(200);
	}
}

#define SLEEPERS                                                               \
	"SELECT count(*) FROM information_schema.processlist "                 \
	"WHERE info LIKE 'SELECT SLEEP%'"

static void
a_statement_past_its_deadline_ends_on_the_server(void **state)
{
	struct fixture *f = *state;
	struct db_conn *other = fixture_connect(f);
	int64_t until = clock_boot_ms() + 200;

	assert_int_equal(
	    run_until(other, "SELECT SLEEP(500)", until), ST_TIMEOUT);
	assert_true(clock_boot_ms() - until < LATE_MS);
	wait_for_number(f, SLEEPERS, 0);
	db_mysql.disconnect(other);
}

static void *
sleep_long(void *arg)
{
	enum status *st = malloc(sizeof(*st));

	assert_non_null(st);
	*st = run_until(arg, "SELECT SLEEP(500)", fixture_deadline());
	return st;
}

static void
an_interrupted_statement_ends_on_the_server(void **state)
{
	struct fixture *f = *state;
	struct db_conn *other = fixture_connect(f);
	pthread_t thread;
	void *st;

	assert_int_equal(pthread_create(&thread, NULL, sleep_long, other), 0);
	wait_for_number(f, SLEEPERS, 1);
	db_mysql.interrupt(other);
	assert_int_equal(pthread_join(thread, &st), 0);
	assert_int_equal(*(enum status *)st, ST_TIMEOUT);
	wait_for_number(f, SLEEPERS, 0);
	db_mysql.disconnect(other);
	free(st);
}

static enum status
interrupt_at_once(void *ctx, const struct db_value *v, size_t n)
{
	(void)v;
	(void)n;
	db_mysql.interrupt(ctx);
	return ST_OK;
}

static void
an_interrupt_between_two_rows_is_a_time_out(void **state)
{
	struct fixture *f = *state;
	struct db_stmt stmt = { .sql =
				    STR("SELECT seq FROM seq_1_to_1000000") };

	assert_int_equal(db_mysql.run(f->conn, &stmt, fixture_deadline(),
			     interrupt_at_once, f->conn, NULL, NULL),
	    ST_TIMEOUT);
}

static void
a_server_that_hangs_costs_no_more_than_the_deadline(void **state)
{
	struct fixture *f = *state;
	struct db_conn *other = fixture_connect(f);
	struct db_config config = mariadb_tcp_config(f->name);
	struct db_conn *none = NULL;
	int64_t until;

	mariadb_pause();
	until = clock_boot_ms() + 200;
	assert_int_equal(run_until(f->conn, "SELECT 1", until), ST_TIMEOUT);
	assert_true(clock_boot_ms() - until < LATE_MS);
	until = clock_boot_ms() + 200;
	assert_int_equal(db_mysql.begin(other, until, NULL), ST_TIMEOUT);
	assert_true(clock_boot_ms() - until < LATE_MS);
	until = clock_boot_ms() + 200;
	assert_int_equal(
	    db_mysql.connect(&f->config, until, &none, NULL), ST_UNAVAILABLE);
	assert_int_equal(
	    db_mysql.connect(&config, until, &none, NULL), ST_UNAVAILABLE);
	db_mysql.disconnect(other);
	assert_true(clock_boot_ms() - until < LATE_MS);
	mariadb_resume();
	fixture_refresh(f);
	assert_int_equal(rows_number(f, "SELECT 1"), 1);
}

static void
a_read_survives_a_restart_and_a_write_does_not(void **state)
{
	struct fixture *f = *state;
	struct db_conn *reader = fixture_connect(f);
	struct db_conn *writer = fixture_connect(f);

	fixture_script(f, "CREATE TABLE v (i INTEGER)");
	assert_int_equal(
	    rows_run_on(f, reader, "SELECT i FROM v", NULL, 0, NULL), ST_OK);
	mariadb_restart();
	assert_int_equal(
	    rows_run_on(f, reader, "SELECT i FROM v", NULL, 0, NULL), ST_OK);
	assert_int_equal(
	    rows_run_on(f, writer, "INSERT INTO v VALUES (1)", NULL, 0, NULL),
	    ST_UNAVAILABLE);
	assert_false(db_mysql.usable(writer, false));
	/* A transaction that begins has sent nothing yet. */
	assert_int_equal(
	    db_mysql.begin(f->conn, fixture_deadline(), NULL), ST_OK);
	assert_int_equal(rows_run(f, "INSERT INTO v VALUES (2)", NULL), ST_OK);
	assert_int_equal(db_mysql.commit(f->conn, NULL), ST_OK);
	assert_int_equal(rows_number(f, "SELECT i FROM v"), 2);
	db_mysql.disconnect(reader);
	db_mysql.disconnect(writer);
}

static void
a_transaction_does_not_survive_a_restart(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE v (i INTEGER)");
	assert_int_equal(
	    db_mysql.begin(f->conn, fixture_deadline(), NULL), ST_OK);
	assert_int_equal(rows_run(f, "INSERT INTO v VALUES (1)", NULL), ST_OK);
	mariadb_restart();
	assert_int_equal(rows_run(f, "SELECT 1", NULL), ST_UNAVAILABLE);
	assert_false(db_mysql.in_transaction(f->conn));
	assert_int_equal(rows_run(f, "SELECT 1", NULL), ST_ERROR);
	assert_int_equal(db_mysql.commit(f->conn, NULL), ST_ERROR);
	fixture_refresh(f);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 0);
}

/* Waits for the record that the test has, in a transaction of its own. */
static void *
update_the_first(void *arg)
{
	enum status *st = malloc(sizeof(*st));

	assert_non_null(st);
	*st = run_until(
	    arg, "UPDATE v SET i = 2 WHERE k = 1", fixture_deadline());
	return st;
}

#define LOCK_WAITERS                                                           \
	"SELECT count(*) FROM information_schema.innodb_trx "                  \
	"WHERE trx_state = 'LOCK WAIT'"

/* InnoDB ends the one that wrote less. */
static void
a_deadlock_ends_the_transaction(void **state)
{
	struct fixture *f = *state;
	struct db_conn *other = fixture_connect(f);
	struct db_conn *watcher = fixture_connect(f);
	struct db_conn *first = f->conn;
	int64_t until = fixture_deadline();
	pthread_t thread;
	void *st;

	fixture_script(f, "CREATE TABLE v (k INTEGER PRIMARY KEY, i INTEGER);"
			  "INSERT INTO v VALUES (1, 0), (2, 0), (3, 0)");
	assert_int_equal(db_mysql.begin(first, until, NULL), ST_OK);
	assert_int_equal(db_mysql.begin(other, until, NULL), ST_OK);
	assert_int_equal(
	    run_until(first, "UPDATE v SET i = 1 WHERE k = 1", until), ST_OK);
	assert_int_equal(
	    run_until(other, "UPDATE v SET i = 2 WHERE k > 1", until), ST_OK);
	assert_int_equal(
	    pthread_create(&thread, NULL, update_the_first, other), 0);
	f->conn = watcher;
	wait_for_number(f, LOCK_WAITERS, 1);
	f->conn = first;
	assert_int_equal(
	    run_until(first, "UPDATE v SET i = 1 WHERE k = 2", until),
	    ST_UNAVAILABLE);
	assert_int_equal(pthread_join(thread, &st), 0);
	assert_int_equal(*(enum status *)st, ST_OK);
	assert_false(db_mysql.in_transaction(first));
	assert_true(db_mysql.usable(first, false));
	assert_int_equal(rows_run(f, "SELECT 1", NULL), ST_ERROR);
	db_mysql.rollback(first);
	assert_int_equal(db_mysql.commit(other, NULL), ST_OK);
	assert_int_equal(
	    rows_number(f, "SELECT count(*) FROM v WHERE i = 2"), 3);
	free(st);
	db_mysql.disconnect(other);
	db_mysql.disconnect(watcher);
}

static void
a_server_with_few_statements_left_serves_all(void **state)
{
	struct fixture *f = *state;
	char sql[64];

	mariadb_sql("", "SET GLOBAL max_prepared_stmt_count = 10");
	for (int i = 0; i < 40; i++) {
		(void)snprintf(sql, sizeof(sql), "SELECT %d", i);
		assert_int_equal(rows_number(f, sql), i);
	}
	mariadb_sql("", "SET GLOBAL max_prepared_stmt_count = DEFAULT");
}

static void
a_connection_keeps_few_statements_on_the_server(void **state)
{
	struct fixture *f = *state;
	struct rows rows = { .n = 0 };
	char sql[64];

	for (int i = 0; i < 200; i++) {
		(void)snprintf(sql, sizeof(sql), "SELECT %d", i);
		assert_int_equal(rows_number(f, sql), i);
	}
	assert_int_equal(
	    rows_run(f, "SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'", &rows),
	    ST_OK);
	assert_true(atoi(rows.v[0][1].s.p) <= 64);
}

static void
files_of_this_host_are_not_sent(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE v (t TEXT)");
	mariadb_sql("", "SET GLOBAL local_infile = 1");
	assert_int_not_equal(
	    db_mysql.script(f->conn,
		"LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE v", NULL),
	    ST_OK);
	fixture_refresh(f);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM v"), 0);
}

static void
localhost_with_a_port_is_reached_by_tcp(void **state)
{
	struct fixture *f = *state;
	struct db_config config = mariadb_tcp_config(f->name);
	struct db_conn *conn = NULL;

	config.host = "localhost";
	assert_int_equal(
	    db_mysql.connect(&config, fixture_deadline(), &conn, NULL), ST_OK);
	db_mysql.disconnect(conn);
}

static void
assert_no_connect(
    const struct db_config *config, enum status want, const char *word)
{
	struct error err = { .text = "" };
	struct db_conn *conn = NULL;

	assert_int_equal(
	    db_mysql.connect(config, fixture_deadline(), &conn, &err), want);
	assert_null(conn);
	assert_non_null(strstr(err.text, word));
	assert_null(strstr(err.text, "wr0ng"));
}

static void
a_config_that_is_wrong_is_explained(void **state)
{
	struct fixture *f = *state;
	struct db_config config = f->config;

	config.password = "wr0ng";
	assert_no_connect(&config, ST_INVALID, "password");
	config = f->config;
	config.database = "not_there";
	assert_no_connect(&config, ST_INVALID, "database");
	config.database = NULL;
	assert_no_connect(&config, ST_INVALID, "database");
	config = mariadb_tcp_config(f->name);
	config.port = 1;
	assert_no_connect(&config, ST_UNAVAILABLE, "connect");
	config.host = "no-such-host.invalid";
	assert_no_connect(&config, ST_UNAVAILABLE, "no-such-host");
}

static void
a_server_without_tls_is_refused_when_it_is_required(void **state)
{
	struct fixture *f = *state;
	struct db_config config = mariadb_tcp_config(f->name);

	config.tls = DB_TLS_REQUIRE;
	assert_no_connect(&config, ST_INVALID, "TLS");
	config.tls = DB_TLS_VERIFY;
	assert_no_connect(&config, ST_INVALID, "TLS");
	config = f->config;
	config.tls = DB_TLS_VERIFY;
	assert_no_connect(&config, ST_INVALID, "socket");
}

static void
a_long_rest_of_rows_costs_the_connection(void **state)
{
	struct fixture *f = *state;
	struct rows rows = { .stop_after = 1 };

	assert_int_equal(
	    rows_run(f, "SELECT seq FROM seq_1_to_5000000", &rows), ST_REFUSED);
	assert_false(db_mysql.usable(f->conn, false));
	fixture_refresh(f);
	assert_int_equal(rows_number(f, "SELECT 1"), 1);
}

static void
a_pool_recovers_from_a_restart_and_leaks_nothing(void **state)
{
	struct fixture *f = *state;
	struct pool *pool = pool_open(&db_mysql, &f->config, 4);
	struct db_conn *conns[4];

	for (int i = 0; i < 4; i++)
		assert_int_equal(
		    pool_take(pool, fixture_deadline(), &conns[i], NULL),
		    ST_OK);
	for (int i = 0; i < 4; i++)
		pool_give(pool, conns[i], false);
	mariadb_restart();
	for (int i = 0; i < 4; i++)
		assert_int_equal(
		    pool_take(pool, fixture_deadline(), &conns[i], NULL),
		    ST_OK);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(
		    run_until(conns[i], "DO 1", fixture_deadline()), ST_OK);
		pool_give(pool, conns[i], false);
	}
	fixture_refresh(f);
	wait_for_number(f,
	    "SELECT count(*) FROM information_schema.processlist "
	    "WHERE user = '" MARIADB_USER "'",
	    5);
	pool_close(pool);
	wait_for_number(f,
	    "SELECT count(*) FROM information_schema.processlist "
	    "WHERE user = '" MARIADB_USER "'",
	    1);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_statement_past_its_deadline_ends_on_the_server),
		TEST(an_interrupted_statement_ends_on_the_server),
		TEST(an_interrupt_between_two_rows_is_a_time_out),
		TEST(a_server_that_hangs_costs_no_more_than_the_deadline),
		TEST(a_read_survives_a_restart_and_a_write_does_not),
		TEST(a_transaction_does_not_survive_a_restart),
		TEST(a_deadlock_ends_the_transaction),
		TEST(a_server_with_few_statements_left_serves_all),
		TEST(a_connection_keeps_few_statements_on_the_server),
		TEST(files_of_this_host_are_not_sent),
		TEST(localhost_with_a_port_is_reached_by_tcp),
		TEST(a_config_that_is_wrong_is_explained),
		TEST(a_server_without_tls_is_refused_when_it_is_required),
		TEST(a_long_rest_of_rows_costs_the_connection),
		TEST(a_pool_recovers_from_a_restart_and_leaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
