/* Calls of routines through the mysql driver, on a server whose own character
 * set is another than the connection's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/buf.h"
#include "app/base/clock.h"
#include "app/base/jsonout.h"
#include "drivers/db/mysql.h"
#include "tests/contract/db_rows.h"

/* The client of the server cuts a script where this stands. */
#define SCRIPT(sql) "DELIMITER //\n" sql "//\n"

/* What came of a call, in words: "[a,b](1,'x')out(5)". */
struct heard {
	struct buf text;
	size_t refuse_after; /* rows; 0: never */
	size_t rows;
};

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
	fixture_close(*state);
	free(*state);
	return 0;
}

static enum status
on_set(void *ctx, const struct str *names, size_t n)
{
	struct heard *h = ctx;

	for (size_t i = 0; i < n; i++) {
		buf_put_char(&h->text, i == 0 ? '[' : ',');
		buf_put(&h->text, names[i]);
	}
	buf_put_char(&h->text, ']');
	return ST_OK;
}

static void
value_put(struct buf *out, const struct db_value *v)
{
	switch (v->type) {
	case DB_NULL:
		buf_put_lit(out, "null");
		break;
	case DB_INT:
		buf_put_i64(out, v->i);
		break;
	case DB_UINT:
		buf_put_u64(out, v->u);
		break;
	case DB_REAL:
		json_put_double(out, v->d);
		break;
	case DB_BOOL:
		json_put_bool(out, v->i != 0);
		break;
	case DB_NUMBER:
		buf_put(out, v->s);
		break;
	case DB_TEXT:
		buf_printf(out, "'%.*s'", STR_ARG(v->s));
		break;
	case DB_BLOB:
		json_put_base64(out, v->s.p, v->s.n);
		break;
	}
}

static void
values_put(struct buf *out, const struct db_value *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_put_char(out, i == 0 ? '(' : ',');
		value_put(out, &v[i]);
	}
	buf_put_char(out, ')');
}

static enum status
on_row(void *ctx, const struct db_value *v, size_t n)
{
	struct heard *h = ctx;

	if (++h->rows == h->refuse_after)
		return ST_TOO_BIG;
	values_put(&h->text, v, n);
	return ST_OK;
}

static enum status
on_out(void *ctx, const struct db_value *v, size_t n)
{
	struct heard *h = ctx;

	buf_put_lit(&h->text, "out");
	values_put(&h->text, v, n);
	return ST_OK;
}

struct asked {
	const char *sql;
	const struct db_value *args;
	size_t n;
	int64_t deadline_ms; /* 0: far away */
};

static enum status
call(struct fixture *f, const struct asked *asked, struct heard *h,
    struct db_call *call, struct error *err)
{
	size_t refuse_after = h->refuse_after;

	*h = (struct heard){ .text = buf_in(&f->arena),
		.refuse_after = refuse_after };
	*call = (struct db_call){
		.stmt = { str_of(asked->sql), asked->args, asked->n },
		.deadline_ms = asked->deadline_ms == 0 ? fixture_deadline()
						       : asked->deadline_ms,
		.set = on_set,
		.row = on_row,
		.out = on_out,
		.ctx = h,
	};
	err->text[0] = '\0';
	return db_mysql.call(f->conn, call, err);
}

/* One without arguments that succeeds. */
static struct str
called(struct fixture *f, const char *sql)
{
	struct asked asked = { .sql = sql };
	struct heard h = { .refuse_after = 0 };
	struct db_call what;
	struct error err;
	enum status st = call(f, &asked, &h, &what, &err);

	if (st != ST_OK)
		fail_msg("%s: %s", sql, err.text);
	assert_true(what.sent && !what.refused);
	return buf_str(&h.text);
}

#define assert_heard(text, literal)                                            \
	do {                                                                   \
		struct str heard_ = (text);                                    \
		if (!str_eq(heard_, STR(literal)))                             \
			fail_msg("%.*s", STR_ARG(heard_));                     \
	} while (0)

static void
sets_come_before_what_goes_out(void **state)
{
	struct fixture *f = *state;
	const struct db_value args[] = { { .type = DB_INT, .i = 5 },
		{ .type = DB_NULL }, { .type = DB_TEXT, .s = STR("h\u00e9") } };
	struct asked asked = { "CALL p(?, ?, ?)", args, 3, 0 };
	struct heard h = { .refuse_after = 0 };
	struct db_call what;
	struct error err;

	mariadb_sql(f->name,
	    SCRIPT("CREATE PROCEDURE p(IN a INT, OUT b DECIMAL(10,2), "
		   "INOUT c VARCHAR(20)) BEGIN SELECT a AS x, 'y' AS y; "
		   "SELECT 1 AS z WHERE 0; SET b = a * 1.5; "
		   "SET c = CONCAT(c, '!'); END"));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(call(f, &asked, &h, &what, &err), ST_OK);
		assert_heard(
		    buf_str(&h.text), "[x,y](5,'y')[z]out(7.50,'h\u00e9!')");
	}
}

static void
a_call_may_answer_nothing(void **state)
{
	struct fixture *f = *state;

	mariadb_sql(f->name,
	    SCRIPT("CREATE TABLE t (a INT)")
		SCRIPT("CREATE PROCEDURE quiet() BEGIN END")
		    SCRIPT("CREATE PROCEDURE writes() INSERT INTO t VALUES (1)")
			SCRIPT("CREATE FUNCTION f() RETURNS VARCHAR(9) "
			       "CHARSET utf8mb4 RETURN 'one'"));
	assert_heard(called(f, "CALL quiet()"), "");
	assert_heard(called(f, "CALL writes()"), "");
	assert_heard(called(f, "SELECT f() AS output"), "[output]('one')");
	assert_int_equal(rows_number(f, "SELECT count(*) FROM t"), 1);
}

static void
an_author_speaks_and_the_database_does_not(void **state)
{
	struct fixture *f = *state;
	struct heard h = { .refuse_after = 0 };
	struct db_call what;
	struct error err;

	mariadb_sql(f->name,
	    SCRIPT("CREATE TABLE t (a INT PRIMARY KEY)")
		SCRIPT("CREATE PROCEDURE no() BEGIN SELECT 1 AS a; SIGNAL "
		       "SQLSTATE '45000' SET MESSAGE_TEXT = 'no way'; END")
		    SCRIPT("CREATE PROCEDURE twice() BEGIN "
			   "INSERT INTO t VALUES (77), (77); END")
			SCRIPT("CREATE FUNCTION f() RETURNS INT BEGIN SIGNAL "
			       "SQLSTATE '45000' SET MESSAGE_TEXT = 'not so', "
			       "MYSQL_ERRNO = 1062; RETURN 1; END"));
	assert_int_equal(
	    call(f, &(struct asked){ .sql = "CALL no()" }, &h, &what, &err),
	    ST_INVALID);
	assert_true(what.sent && what.refused);
	assert_string_equal(err.text, "no way");
	assert_int_equal(
	    call(f, &(struct asked){ .sql = "SELECT f()" }, &h, &what, &err),
	    ST_INVALID);
	assert_true(what.refused);
	assert_string_equal(err.text, "not so");
	assert_int_equal(
	    call(f, &(struct asked){ .sql = "CALL twice()" }, &h, &what, &err),
	    ST_EXISTS);
	assert_true(what.sent && !what.refused);
	assert_null(strstr(err.text, "77"));
	assert_true(db_mysql.usable(f->conn, DB_ASK));
}

static void
what_does_not_parse_was_not_sent(void **state)
{
	struct fixture *f = *state;
	struct heard h = { .refuse_after = 0 };
	struct db_call what;
	struct error err;

	assert_int_not_equal(
	    call(f, &(struct asked){ .sql = "CALL (" }, &h, &what, &err),
	    ST_OK);
	assert_false(what.sent);
}

/* The procedure runs to its end all the same. */
static void
a_taker_that_has_enough_ends_no_call(void **state)
{
	struct fixture *f = *state;
	struct heard h = { .refuse_after = 3 };
	struct db_call what;
	struct error err;

	mariadb_sql(f->name,
	    SCRIPT("CREATE TABLE t (a INT)")
		SCRIPT("CREATE PROCEDURE many(OUT o INT) BEGIN "
		       "SELECT seq AS s, REPEAT('x', 1000) FROM seq_1_to_5000; "
		       "SELECT 1 AS one, 2 AS two; SET o = 1; "
		       "INSERT INTO t VALUES (1); END"));
	assert_int_equal(call(f,
			     &(struct asked){ "CALL many(?)",
				 &(struct db_value){ .type = DB_NULL }, 1, 0 },
			     &h, &what, &err),
	    ST_TOO_BIG);
	assert_int_equal(h.rows, 3);
	assert_int_equal(rows_number(f, "SELECT count(*) FROM t"), 1);
}

/* All that a session can be told, as far as a routine can tell it. */
#define MESS                                                                   \
	"SET @x = 1; SET sql_mode = ''; SET autocommit = 0; "                  \
	"SET NAMES latin1; DO GET_LOCK('l', 1); "                              \
	"SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; "           \
	"SET innodb_lock_wait_timeout = 1000; SET max_statement_time = 1; "    \
	"SET time_zone = '+05:00'; SET sql_select_limit = 1; "                 \
	"CREATE TEMPORARY TABLE t (z INT); "                                   \
	"START TRANSACTION; INSERT INTO kept VALUES (1); "

#define STATE                                                                  \
	"SELECT MD5(CONCAT_WS('|', @x, @@sql_mode, @@autocommit, "             \
	"@@character_set_client, @@character_set_connection, "                 \
	"@@character_set_results, @@collation_connection, "                    \
	"IS_USED_LOCK('l'), @@tx_isolation, @@tx_read_only, "                  \
	"@@innodb_lock_wait_timeout, @@lock_wait_timeout, @@time_zone, "       \
	"@@sql_select_limit, @@in_transaction, CURRENT_ROLE(), DATABASE(), "   \
	"CONNECTION_ID()))"

static struct str
state_of(struct fixture *f)
{
	struct rows rows = { .arena = &f->arena };

	assert_int_equal(rows_run(f, STATE, &rows), ST_OK);
	return rows.v[0][0].s;
}

static void
a_session_is_clean_after_a_call(void **state)
{
	struct fixture *f = *state;
	struct rows rows = { .arena = &f->arena };
	struct str before = state_of(f);

	mariadb_sql(f->name,
	    SCRIPT("CREATE TABLE kept (a INT) ENGINE = InnoDB")
		SCRIPT("CREATE TABLE t (a INT)")
		    SCRIPT("CREATE PROCEDURE mess() BEGIN " MESS "END"));
	assert_heard(called(f, "CALL mess()"), "");
	assert_true(str_eq(state_of(f), before));
	assert_int_equal(rows_number(f, "SELECT count(*) FROM kept"), 0);
	assert_int_equal(rows_run(f, "SELECT a FROM t", NULL), ST_OK);
	assert_int_equal(rows_run(f, "SELECT 'h\u00e9'", &rows), ST_OK);
	assert_true(str_eq(rows.v[0][0].s, STR("h\u00e9")));
}

static void
a_session_is_clean_after_a_call_that_fails(void **state)
{
	struct fixture *f = *state;
	struct str before = state_of(f);
	struct heard h = { .refuse_after = 0 };
	struct db_call what;
	struct error err;

	mariadb_sql(f->name, SCRIPT("CREATE TABLE kept (a INT) ENGINE = InnoDB")
				 SCRIPT("CREATE PROCEDURE fails() BEGIN " MESS
					"SIGNAL SQLSTATE '45000'; END"));
	assert_int_equal(
	    call(f, &(struct asked){ .sql = "CALL fails()" }, &h, &what, &err),
	    ST_INVALID);
	assert_true(str_eq(state_of(f), before));
	assert_int_equal(rows_number(f, "SELECT count(*) FROM kept"), 0);
}

/* What a reset does not give back costs the connection. */
static void
a_session_that_took_a_role_is_not_used_again(void **state)
{
	struct fixture *f = *state;

	mariadb_sql(f->name,
	    SCRIPT("CREATE OR REPLACE ROLE boss")
		SCRIPT("GRANT boss TO " MARIADB_USER "@'%'")
		    SCRIPT("CREATE PROCEDURE climbs() SQL SECURITY INVOKER "
			   "SET ROLE boss"));
	assert_heard(called(f, "CALL climbs()"), "");
	assert_false(db_mysql.usable(f->conn, DB_LOOK));
	fixture_refresh(f);
	mariadb_sql(f->name, "DROP ROLE boss");
}

static void
a_call_past_its_deadline_ends_on_the_server(void **state)
{
	struct fixture *f = *state;
	struct db_conn *other = fixture_connect(f);
	struct db_conn *mine = f->conn;
	struct heard h = { .refuse_after = 0 };
	struct db_call what;
	struct error err;
	int64_t give_up = fixture_deadline();

	mariadb_sql(f->name,
	    SCRIPT("CREATE PROCEDURE waits() BEGIN DO SLEEP(500); END"));
	f->conn = other;
	assert_int_equal(call(f,
			     &(struct asked){ "CALL waits()", NULL, 0,
				 clock_boot_ms() + 300 },
			     &h, &what, &err),
	    ST_TIMEOUT);
	assert_true(what.sent);
	assert_false(db_mysql.usable(other, DB_LOOK));
	f->conn = mine;
	while (rows_number(f,
		   "SELECT count(*) FROM information_schema.processlist "
		   "WHERE info LIKE '%SLEEP(500)%' "
		   "AND id <> CONNECTION_ID()") > 0)
		assert_true(clock_boot_ms() < give_up);
	db_mysql.disconnect(other);
}

/* A connection that died idle: nothing has been sent over it. */
static void
a_dead_connection_is_replaced_before_the_call(void **state)
{
	struct fixture *f = *state;

	mariadb_sql(f->name, SCRIPT("CREATE PROCEDURE one() SELECT 1 AS a"));
	mariadb_restart();
	assert_heard(called(f, "CALL one()"), "[a](1)");
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(sets_come_before_what_goes_out),
		TEST(a_call_may_answer_nothing),
		TEST(an_author_speaks_and_the_database_does_not),
		TEST(what_does_not_parse_was_not_sent),
		TEST(a_taker_that_has_enough_ends_no_call),
		TEST(a_session_is_clean_after_a_call),
		TEST(a_session_is_clean_after_a_call_that_fails),
		TEST(a_session_that_took_a_role_is_not_used_again),
		TEST(a_call_past_its_deadline_ends_on_the_server),
		TEST(a_dead_connection_is_replaced_before_the_call),
	};

	mariadb_options("character-set-server=latin1\n");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
