/*
 * What every database driver says that the declaration of a table bounds:
 * lengths, defaults, indexes, the actions of foreign keys.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/db/catalog.h"
#include "tests/contract/db_fixture.h"

static const struct db_table *
table_read(struct fixture *f, struct catalog *c, const char *name)
{
	struct error err = { .text = "" };
	const struct db_table *t;
	enum status st =
	    f->driver->catalog(f->conn, &f->arena, fixture_deadline(), c, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
	t = catalog_table(c, str_of(name));
	assert_non_null(t);
	return t;
}

static const struct column *
column_of(const struct db_table *t, const char *name)
{
	const struct column *c = table_column(t, str_of(name));

	assert_non_null(c);
	return c;
}

static const struct db_index *
index_of(const struct db_table *t, const char *name)
{
	for (size_t i = 0; i < t->n_indexes; i++) {
		if (str_eq(t->indexes[i].name, str_of(name)))
			return &t->indexes[i];
	}
	fail_msg("there is no index %s", name);
	return NULL;
}

static void
assert_text(struct str got, const char *want)
{
	if (want == NULL ? !str_is_null(got) : !str_eq(got, str_of(want)))
		fail_msg("%.*s is not %s", STR_ARG(got),
		    want == NULL ? "nothing" : want);
}

static void
lengths_are_as_declared(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	const struct db_table *t;

	fixture_script(f,
	    "CREATE TABLE t (a VARCHAR(80), b CHAR(3), c VARBINARY(16), "
	    "d INTEGER, e DATE, f DECIMAL(10,2))");
	t = table_read(f, &c, "t");
	assert_int_equal(column_of(t, "a")->length, 80);
	assert_int_equal(column_of(t, "b")->length, 3);
	assert_int_equal(column_of(t, "c")->length, 16);
	assert_int_equal(column_of(t, "d")->length, 0);
	assert_int_equal(column_of(t, "e")->length, 0);
	assert_int_equal(column_of(t, "f")->length, 0);
}

static void
decimals_say_their_digits(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	const struct db_table *t;

	fixture_script(f, "CREATE TABLE t (a DECIMAL(10,2), b NUMERIC( 5 ), "
			  "c VARCHAR(80), d INTEGER)");
	t = table_read(f, &c, "t");
	assert_int_equal(column_of(t, "a")->precision, 10);
	assert_int_equal(column_of(t, "a")->scale, 2);
	assert_int_equal(column_of(t, "b")->precision, 5);
	assert_int_equal(column_of(t, "b")->scale, 0);
	assert_int_equal(column_of(t, "c")->precision, 0);
	assert_int_equal(column_of(t, "d")->precision, 0);
}

static void
whole_numbers_have_a_width(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	const struct db_table *t;

	fixture_script(f, "CREATE TABLE t (a BIGINT, b TEXT, c DOUBLE)");
	t = table_read(f, &c, "t");
	assert_int_equal(column_of(t, "a")->width, 8);
	assert_int_equal(column_of(t, "b")->width, 0);
	assert_int_equal(column_of(t, "c")->width, 0);
}

static void
defaults_are_written_in_sql(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	const struct db_table *t;

	fixture_script(f,
	    "CREATE TABLE t (a VARCHAR(9) DEFAULT 'it''s', b INTEGER "
	    "DEFAULT 5, c INTEGER DEFAULT -5, d VARCHAR(9) DEFAULT 'NULL', "
	    "e INTEGER DEFAULT NULL, f INTEGER, g VARCHAR(9) DEFAULT '', "
	    "h TIMESTAMP DEFAULT CURRENT_TIMESTAMP)");
	t = table_read(f, &c, "t");
	assert_text(column_of(t, "a")->default_text, "'it''s'");
	assert_true(
	    str_eq_nocase(str_make(column_of(t, "h")->default_text.p, 17),
		STR("CURRENT_TIMESTAMP")));
	assert_false(column_of(t, "h")->follows_update);
	assert_text(column_of(t, "b")->default_text, "5");
	assert_text(column_of(t, "c")->default_text, "-5");
	assert_text(column_of(t, "d")->default_text, "'NULL'");
	assert_text(column_of(t, "e")->default_text, NULL);
	assert_false(column_of(t, "e")->has_default);
	assert_text(column_of(t, "f")->default_text, NULL);
	assert_text(column_of(t, "g")->default_text, "''");
	assert_true(column_of(t, "g")->has_default);
}

static void
indexes_say_their_columns(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	const struct db_table *t;

	fixture_script(f,
	    "CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER, d INTEGER, "
	    "e INTEGER, g INTEGER);"
	    "CREATE INDEX two ON t (d, b);"
	    "CREATE UNIQUE INDEX one ON t (b);"
	    "CREATE UNIQUE INDEX pair ON t (e, g)");
	t = table_read(f, &c, "t");
	assert_int_equal(t->n_indexes, 3);
	assert_int_equal(index_of(t, "two")->n, 2);
	assert_text(index_of(t, "two")->columns[0], "d");
	assert_text(index_of(t, "two")->columns[1], "b");
	assert_false(index_of(t, "two")->is_unique);
	assert_true(index_of(t, "one")->is_unique);
	assert_true(index_of(t, "pair")->is_unique);
}

static void
columns_say_whether_they_are_indexed(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	const struct db_table *t;

	fixture_script(f,
	    "CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER UNIQUE, "
	    "d INTEGER, e INTEGER, g INTEGER, UNIQUE (d, e));"
	    "CREATE INDEX x ON t (g, b)");
	t = table_read(f, &c, "t");
	assert_false(column_of(t, "a")->is_unique);
	assert_false(column_of(t, "a")->is_index);
	assert_true(column_of(t, "b")->is_unique);
	assert_true(column_of(t, "b")->is_index);
	assert_false(column_of(t, "d")->is_unique);
	assert_true(column_of(t, "d")->is_index);
	assert_false(column_of(t, "e")->is_index);
	assert_true(column_of(t, "g")->is_index);
	assert_false(column_of(t, "g")->is_unique);
}

static void
keys_of_several_columns_are_no_indexes(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	const struct db_table *t;

	fixture_script(f, "CREATE TABLE t (a INTEGER NOT NULL, "
			  "b INTEGER NOT NULL, PRIMARY KEY (b, a))");
	t = table_read(f, &c, "t");
	assert_int_equal(t->n_key, 2);
	assert_int_equal(t->n_indexes, 0);
	assert_false(column_of(t, "b")->is_index);
}

static void
foreign_keys_say_what_they_do(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	const struct db_table *t;

	fixture_script(f,
	    "CREATE TABLE p (k INTEGER PRIMARY KEY);"
	    "CREATE TABLE t (x INTEGER, FOREIGN KEY (x) REFERENCES p (k) "
	    "ON DELETE SET NULL ON UPDATE CASCADE)");
	t = table_read(f, &c, "t");
	assert_int_equal(t->n_foreign_keys, 1);
	assert_text(t->foreign_keys[0].on_delete, "SET NULL");
	assert_text(t->foreign_keys[0].on_update, "CASCADE");
}

static void
views_have_no_indexes(void **state)
{
	struct fixture *f = *state;
	struct catalog c;

	fixture_script(f, "CREATE TABLE t (a VARCHAR(7) UNIQUE);"
			  "CREATE VIEW v AS SELECT a FROM t");
	assert_int_equal(table_read(f, &c, "v")->n_indexes, 0);
	assert_false(column_of(table_read(f, &c, "v"), "a")->is_unique);
	assert_int_equal(column_of(table_read(f, &c, "v"), "a")->length, 7);
}

int
main(void)
{
	const struct promise promises[] = {
		PROMISE(lengths_are_as_declared),
		PROMISE(decimals_say_their_digits),
		PROMISE(whole_numbers_have_a_width),
		PROMISE(defaults_are_written_in_sql),
		PROMISE(indexes_say_their_columns),
		PROMISE(columns_say_whether_they_are_indexed),
		PROMISE(keys_of_several_columns_are_no_indexes),
		PROMISE(foreign_keys_say_what_they_do),
		PROMISE(views_have_no_indexes),
	};

	return fixture_run(promises, sizeof(promises) / sizeof(promises[0]));
}
