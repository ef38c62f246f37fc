/* What only the sqlite driver does; the common promises are in contract. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/clock.h"
#include "drivers/db/catalog.h"
#include "drivers/db/sqlite.h"
#include "tests/contract/db_fixture.h"

static int
set_up(void **state)
{
	struct fixture *f = malloc(sizeof(*f));

	assert_non_null(f);
	fixture_open(f, &db_sqlite);
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
copy_first(void *ctx, const struct db_value *v, size_t n)
{
	struct db_value *out = ctx;

	assert_true(n > 0);
	*out = v[0];
	if (v[0].type >= DB_NUMBER) {
		char *p = strndup(v[0].s.p, v[0].s.n);

		out->s = str_make(p, v[0].s.n);
	}
	return ST_OK;
}

static enum status
run(struct db_conn *conn, const char *sql, struct db_value *first)
{
	struct db_stmt stmt = { .sql = str_of(sql) };

	return db_sqlite.run(conn, &stmt, fixture_deadline(),
	    first == NULL ? NULL : copy_first, first, NULL, NULL);
}

static void
assert_first_text(struct db_conn *conn, const char *sql, const char *want)
{
	struct db_value v = { .type = DB_NULL };

	assert_int_equal(run(conn, sql, &v), ST_OK);
	assert_string_equal(v.s.p, want);
	free((char *)(uintptr_t)v.s.p);
}

static void
assert_first_type(struct db_conn *conn, const char *sql, enum db_type want)
{
	struct db_value v = { .type = DB_NULL };

	assert_int_equal(run(conn, sql, &v), ST_OK);
	assert_int_equal(v.type, want);
	if (v.type >= DB_NUMBER)
		free((char *)(uintptr_t)v.s.p);
}

static void
a_database_weir_makes_uses_wal(void **state)
{
	struct fixture *f = *state;

	assert_first_text(f->conn, "PRAGMA journal_mode", "wal");
}

static void *
connect_at_once(void *arg)
{
	struct db_config config = { .database = arg, .create = true };
	struct db_conn *conn = NULL;
	enum status st =
	    db_sqlite.connect(&config, fixture_deadline(), &conn, NULL);

	db_sqlite.disconnect(conn);
	return st == ST_OK ? arg : NULL;
}

static void
several_may_make_one_database_at_once(void **state)
{
	struct fixture *f = *state;
	char path[128];
	pthread_t threads[8];
	void *done;

	(void)snprintf(path, sizeof(path), "%s/shared.db", f->folder);
	for (int i = 0; i < 8; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, connect_at_once, path),
		    0);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(pthread_join(threads[i], &done), 0);
		assert_non_null(done);
	}
	assert_int_equal(unlink(path), 0);
}

static void
the_journal_of_an_existing_database_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct db_conn *again;

	assert_int_equal(
	    run(f->conn, "PRAGMA journal_mode=DELETE", NULL), ST_OK);
	fixture_script(f, "CREATE TABLE t (i INTEGER)");
	again = fixture_connect(f);
	assert_first_text(again, "PRAGMA journal_mode", "delete");
	db_sqlite.disconnect(again);
}

static enum status
connect_to(const char *path, bool create, struct error *err)
{
	struct db_config config = { .database = path, .create = create };
	struct db_conn *conn;
	enum status st =
	    db_sqlite.connect(&config, fixture_deadline(), &conn, err);

	db_sqlite.disconnect(conn);
	return st;
}

static void
a_missing_file_is_unavailable_and_not_made(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct error err = { .text = "" };

	(void)snprintf(path, sizeof(path), "%s/none.db", f->folder);
	assert_int_equal(connect_to(path, false, &err), ST_UNAVAILABLE);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(access(path, F_OK), -1);
}

static void
no_path_is_a_wrong_config(void **state)
{
	(void)state;
	assert_int_equal(connect_to(NULL, true, NULL), ST_INVALID);
	assert_int_equal(connect_to("", true, NULL), ST_INVALID);
}

static void
a_file_of_something_else_is_a_wrong_config(void **state)
{
	struct fixture *f = *state;
	char path[128];
	FILE *other;
	struct error err = { .text = "" };

	(void)snprintf(path, sizeof(path), "%s/other", f->folder);
	other = fopen(path, "w");
	assert_non_null(other);
	for (int i = 0; i < 200; i++)
		(void)fputs("not a database\n", other);
	assert_int_equal(fclose(other), 0);
	assert_int_equal(connect_to(path, true, &err), ST_INVALID);
	assert_int_equal(unlink(path), 0);
}

static void
no_other_file_can_be_attached(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    run(f->conn, "ATTACH ':memory:' AS other", NULL), ST_ERROR);
}

static void
extensions_cannot_be_loaded(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    run(f->conn, "SELECT load_extension('x')", NULL), ST_ERROR);
}

static void
the_schema_table_cannot_be_written(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE t (i INTEGER)");
	(void)run(f->conn, "PRAGMA writable_schema=ON", NULL);
	assert_int_not_equal(
	    run(f->conn, "DELETE FROM sqlite_schema", NULL), ST_OK);
}

static void
decimals_in_text_keep_their_digits(void **state)
{
	struct fixture *f = *state;
	struct db_conn *c = f->conn;

	fixture_script(f,
	    "CREATE TABLE t (a DECIMAL_TEXT, b DECIMAL(10,2));"
	    "INSERT INTO t VALUES ('12345678901234567890.10', '12.50');");
	assert_first_text(c, "SELECT a FROM t", "12345678901234567890.10");
	assert_first_type(c, "SELECT a FROM t", DB_NUMBER);
	assert_first_type(c, "SELECT b FROM t", DB_REAL);
}

static void
text_that_json_would_not_take_as_a_number_stays_text(void **state)
{
	struct fixture *f = *state;
	struct db_conn *c = f->conn;

	fixture_script(f, "CREATE TABLE t (a DECIMAL_TEXT)");
	for (size_t i = 0; i < 7; i++) {
		static const char *const odd[] = { "", "-", "007", "1.", ".5",
			"1e5", "1x" };
		struct db_value v = { .type = DB_TEXT, .s = str_of(odd[i]) };
		struct db_stmt put = { STR("INSERT INTO t VALUES (?)"), &v, 1 };

		assert_int_equal(run(c, "DELETE FROM t", NULL), ST_OK);
		assert_int_equal(db_sqlite.run(c, &put, fixture_deadline(),
				     NULL, NULL, NULL, NULL),
		    ST_OK);
		assert_first_type(c, "SELECT a FROM t", DB_TEXT);
	}
}

static void
texts_of_a_utf_16_database_arrive_in_utf_8(void **state)
{
	struct db_config config = { .database = ":memory:", .create = true };
	struct db_conn *conn;

	(void)state;
	assert_int_equal(
	    db_sqlite.connect(&config, fixture_deadline(), &conn, NULL), ST_OK);
	assert_int_equal(run(conn, "PRAGMA encoding='UTF-16le'", NULL), ST_OK);
	assert_int_equal(run(conn, "CREATE TABLE t (a TEXT)", NULL), ST_OK);
	assert_int_equal(
	    run(conn, "INSERT INTO t VALUES ('grün')", NULL), ST_OK);
	assert_first_text(conn, "SELECT a FROM t", "grün");
	db_sqlite.disconnect(conn);
}

static void
odd_values_of_a_column_keep_their_own_type(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE t (b BOOLEAN, x BLOB, i INTEGER);"
			  "INSERT INTO t VALUES (5, 'text', 'many')");
	assert_first_type(f->conn, "SELECT b FROM t", DB_INT);
	assert_first_type(f->conn, "SELECT x FROM t", DB_BLOB);
	assert_first_type(f->conn, "SELECT i FROM t", DB_TEXT);
}

static const struct db_table *
table_of(struct fixture *f, const char *name)
{
	struct catalog *c = arena_alloc(&f->arena, sizeof(*c));

	assert_int_equal(
	    db_sqlite.catalog(f->conn, &f->arena, fixture_deadline(), c, NULL),
	    ST_OK);
	return catalog_table(c, str_of(name));
}

static void
only_the_rowid_itself_counts_up(void **state)
{
	struct fixture *f = *state;

	fixture_script(f,
	    "CREATE TABLE a (k INTEGER PRIMARY KEY);"
	    "CREATE TABLE b (k INTEGER PRIMARY KEY) WITHOUT ROWID;"
	    "CREATE TABLE c (k INT PRIMARY KEY);"
	    "CREATE TABLE d (k integer PRIMARY KEY AUTOINCREMENT);"
	    "CREATE TABLE e (k INTEGER PRIMARY KEY DESC);");
	assert_true(table_of(f, "a")->columns[0].auto_increment);
	assert_false(table_of(f, "b")->columns[0].auto_increment);
	assert_false(table_of(f, "c")->columns[0].auto_increment);
	assert_true(table_of(f, "d")->columns[0].auto_increment);
	assert_false(table_of(f, "e")->columns[0].auto_increment);
	assert_int_equal(table_of(f, "b")->n_key, 1);
}

static void
a_key_without_columns_means_the_primary_key(void **state)
{
	struct fixture *f = *state;
	const struct db_table *t;

	fixture_script(f, "CREATE TABLE Parent (id INTEGER PRIMARY KEY);"
			  "CREATE TABLE t (p INTEGER REFERENCES parent);"
			  "CREATE TABLE u (p INTEGER REFERENCES gone);");
	t = table_of(f, "t");
	assert_true(str_eq(t->foreign_keys[0].ref_table, STR("Parent")));
	assert_true(str_eq(t->foreign_keys[0].ref_columns[0], STR("id")));
	assert_true(
	    str_is_null(table_of(f, "u")->foreign_keys[0].ref_columns[0]));
}

static void
a_view_that_lost_its_table_is_left_out(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE TABLE t (i INTEGER);"
			  "CREATE TABLE u (i INTEGER);"
			  "CREATE VIEW v AS SELECT i FROM t;"
			  "PRAGMA legacy_alter_table=ON; DROP TABLE t");
	assert_null(table_of(f, "v"));
	assert_non_null(table_of(f, "u"));
}

static void
virtual_tables_are_marked_and_their_shadows_hidden(void **state)
{
	struct fixture *f = *state;

	fixture_script(f, "CREATE VIRTUAL TABLE words USING fts5(body)");
	assert_true(table_of(f, "words")->is_virtual);
	assert_int_equal(table_of(f, "words")->n_columns, 1);
	assert_null(table_of(f, "words_data"));
	assert_null(table_of(f, "sqlite_schema"));
}

static void
names_with_quotes_are_names(void **state)
{
	struct fixture *f = *state;
	const struct db_table *t;

	fixture_script(f, "CREATE TABLE `a``\"' b` (`c``;--` INTEGER)");
	t = table_of(f, "a`\"' b");
	assert_non_null(t);
	assert_true(str_eq(t->columns[0].name, STR("c`;--")));
}

static void
a_commit_says_which_constraint_it_broke(void **state)
{
	struct fixture *f = *state;
	struct error err = { .text = "" };

	fixture_script(f, "CREATE TABLE p (k INTEGER PRIMARY KEY);"
			  "CREATE TABLE t (p INTEGER REFERENCES p "
			  "DEFERRABLE INITIALLY DEFERRED)");
	assert_int_equal(
	    db_sqlite.begin(f->conn, fixture_deadline(), NULL), ST_OK);
	assert_int_equal(run(f->conn, "INSERT INTO t VALUES (5)", NULL), ST_OK);
	assert_int_equal(db_sqlite.commit(f->conn, &err), ST_INVALID);
	assert_string_equal(err.text, "FOREIGN KEY constraint failed");
	assert_int_equal(run(f->conn, "INSERT INTO p VALUES (1)", NULL), ST_OK);
}

static void
memory_has_an_identity_of_its_own(void **state)
{
	struct fixture *f = *state;
	struct db_config config = { .database = ":memory:", .create = true };
	struct db_conn *conn = NULL;
	struct buf a = buf_in(&f->arena);
	struct buf b = buf_in(&f->arena);

	assert_int_equal(
	    db_sqlite.connect(&config, fixture_deadline(), &conn, NULL), ST_OK);
	assert_int_equal(db_sqlite.identity(conn, &a, NULL), ST_OK);
	assert_int_equal(db_sqlite.identity(f->conn, &b, NULL), ST_OK);
	assert_true(str_starts(buf_str(&a), STR("sqlite:memory:")));
	assert_false(str_eq(buf_str(&a), buf_str(&b)));
	db_sqlite.disconnect(conn);
}

static mode_t
mode_of(const char *path, const char *end)
{
	char name[256];
	struct stat st;

	(void)snprintf(name, sizeof(name), "%s%s", path, end);
	assert_int_equal(stat(name, &st), 0);
	return st.st_mode & 07777;
}

/* Whatever umask the process has: nobody else reads what is in it. */
static void
a_file_that_is_made_is_its_owners_alone(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char folder[] = "/tmp/weir-XXXXXX";
	struct db_config config = { .driver = "sqlite", .create = true };
	mode_t before = umask(022);
	struct db_conn *conn;
	char path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/new.db", folder);
	config.database = path;
	for (int round = 0; round < 2; round++) {
		assert_int_equal(
		    db_sqlite.connect(&config, fixture_deadline(), &conn, NULL),
		    ST_OK);
		assert_int_equal(
		    run(conn, "CREATE TABLE IF NOT EXISTS t (a)", NULL), ST_OK);
		assert_int_equal(
		    run(conn, "INSERT INTO t VALUES (1)", NULL), ST_OK);
		for (int i = 0; i < 3; i++)
			assert_int_equal(
			    mode_of(path, ends[i]), round == 0 ? 0600 : 0640);
		assert_int_equal(chmod(path, 0640), 0); /* as somebody wants */
		db_sqlite.disconnect(conn);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	(void)umask(before);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_database_weir_makes_uses_wal),
		TEST(several_may_make_one_database_at_once),
		TEST(the_journal_of_an_existing_database_is_left_alone),
		TEST(a_missing_file_is_unavailable_and_not_made),
		TEST(no_path_is_a_wrong_config),
		TEST(a_file_of_something_else_is_a_wrong_config),
		TEST(no_other_file_can_be_attached),
		TEST(extensions_cannot_be_loaded),
		TEST(the_schema_table_cannot_be_written),
		TEST(decimals_in_text_keep_their_digits),
		TEST(text_that_json_would_not_take_as_a_number_stays_text),
		TEST(texts_of_a_utf_16_database_arrive_in_utf_8),
		TEST(odd_values_of_a_column_keep_their_own_type),
		TEST(only_the_rowid_itself_counts_up),
		TEST(a_key_without_columns_means_the_primary_key),
		TEST(a_view_that_lost_its_table_is_left_out),
		TEST(virtual_tables_are_marked_and_their_shadows_hidden),
		TEST(names_with_quotes_are_names),
		TEST(a_commit_says_which_constraint_it_broke),
		TEST(memory_has_an_identity_of_its_own),
		TEST(a_file_that_is_made_is_its_owners_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
