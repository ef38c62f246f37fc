/* What every database driver says of a schema: drivers/db/catalog.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/db/catalog.h"
#include "tests/contract/db_fixture.h"

static struct catalog
catalog_of(struct fixture *f)
{
	struct catalog c;
	struct error err = { .text = "" };
	enum status st = f->driver->catalog(
	    f->conn, &f->arena, fixture_deadline(), &c, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
	return c;
}

static const struct db_table *
table_of(const struct catalog *c, const char *name)
{
	const struct db_table *t = catalog_table(c, str_of(name));

	assert_non_null(t);
	return t;
}

static void
assert_kind(const struct db_table *t, const char *name, enum column_kind kind)
{
	const struct column *c = table_column(t, str_of(name));

	assert_non_null(c);
	assert_int_equal(c->kind, kind);
}

static void
tables_and_views_are_listed_by_name(void **state)
{
	struct fixture *f = *state;
	struct catalog c;

	fixture_script(f, "CREATE TABLE b (i INTEGER);"
			  "CREATE TABLE a (i INTEGER);"
			  "CREATE VIEW v AS SELECT i FROM a");
	c = catalog_of(f);
	assert_int_equal(c.n_tables, 3);
	assert_true(str_eq(c.tables[0].name, STR("a")));
	assert_true(str_eq(c.tables[1].name, STR("b")));
	assert_true(str_eq(c.tables[2].name, STR("v")));
	assert_false(table_of(&c, "a")->is_view);
	assert_true(table_of(&c, "v")->is_view);
	assert_int_equal(table_of(&c, "v")->n_columns, 1);
}

static void
an_empty_database_has_an_empty_catalogue(void **state)
{
	struct catalog c = catalog_of(*state);

	assert_int_equal(c.n_tables, 0);
	assert_null(catalog_table(&c, STR("a")));
}

static void
names_are_found_exactly_then_in_any_case(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	const struct db_table *t;

	fixture_script(f, "CREATE TABLE Mixed (Id INTEGER, name TEXT)");
	c = catalog_of(f);
	t = table_of(&c, "mixed");
	assert_true(str_eq(t->name, STR("Mixed")));
	assert_true(str_eq(table_column(t, STR("ID"))->name, STR("Id")));
	assert_null(table_column(t, STR("i")));
	assert_null(catalog_table(&c, STR("mixe")));
}

static void
columns_are_written_as_members(void **state)
{
	struct fixture *f = *state;
	const struct db_table *t;
	struct catalog c;

	fixture_script(f, "CREATE TABLE t (Id INTEGER, name TEXT)");
	c = catalog_of(f);
	t = table_of(&c, "t");
	assert_true(str_eq(t->columns[0].label, STR(",\"Id\":")));
	assert_true(str_eq(t->columns[1].label, STR(",\"name\":")));
}

static void
declared_types_give_kinds(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	const struct db_table *t;

	fixture_script(f,
	    "CREATE TABLE t (a INTEGER, b BIGINT, c BOOLEAN, d DOUBLE, "
	    "e DECIMAL(10,2), f VARCHAR(20), g TEXT, h BLOB, i DATE, j TIME, "
	    "k DATETIME, l TIMESTAMP, m JSON, n TINYINT(1))");
	c = catalog_of(f);
	t = table_of(&c, "t");
	assert_kind(t, "a", COLUMN_INTEGER);
	assert_kind(t, "b", COLUMN_INTEGER);
	assert_kind(t, "c", COLUMN_BOOLEAN);
	assert_kind(t, "d", COLUMN_REAL);
	assert_kind(t, "e", COLUMN_DECIMAL);
	assert_kind(t, "f", COLUMN_TEXT);
	assert_kind(t, "g", COLUMN_TEXT);
	assert_kind(t, "h", COLUMN_BINARY);
	assert_kind(t, "i", COLUMN_DATE);
	assert_kind(t, "j", COLUMN_TIME);
	assert_kind(t, "k", COLUMN_DATETIME);
	assert_kind(t, "l", COLUMN_DATETIME);
	assert_kind(t, "m", COLUMN_JSON);
	assert_kind(t, "n", COLUMN_BOOLEAN);
}

static void
columns_say_null_default_and_generated(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	const struct db_table *t;

	fixture_script(f, "CREATE TABLE t (a INTEGER NOT NULL, "
			  "b INTEGER DEFAULT 5, "
			  "s INTEGER GENERATED ALWAYS AS (a + 1) STORED, "
			  "v INTEGER GENERATED ALWAYS AS (a + 2) VIRTUAL)");
	c = catalog_of(f);
	t = table_of(&c, "t");
	assert_int_equal(t->n_columns, 4);
	assert_true(t->columns[0].not_null);
	assert_false(t->columns[0].has_default);
	assert_false(t->columns[1].not_null);
	assert_true(t->columns[1].has_default);
	assert_false(t->columns[1].generated);
	assert_true(t->columns[2].generated);
	assert_true(t->columns[3].generated);
}

static void
a_key_of_several_columns_keeps_its_order(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	const struct db_table *t;

	fixture_script(f, "CREATE TABLE t (a INTEGER NOT NULL, x TEXT, "
			  "b INTEGER NOT NULL, PRIMARY KEY (b, a))");
	c = catalog_of(f);
	t = table_of(&c, "t");
	assert_int_equal(t->n_key, 2);
	assert_true(str_eq(t->key[0]->name, STR("b")));
	assert_true(str_eq(t->key[1]->name, STR("a")));
	assert_int_equal(t->columns[0].key_part, 2);
	assert_int_equal(t->columns[1].key_part, 0);
	assert_false(t->columns[0].auto_increment);
}

static void
foreign_keys_are_linked_to_their_tables(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	const struct foreign_key *key;

	fixture_script(f,
	    "CREATE TABLE p (a INTEGER, b INTEGER, PRIMARY KEY (a, b));"
	    "CREATE TABLE q (k INTEGER PRIMARY KEY);"
	    "CREATE TABLE t (x INTEGER, y INTEGER, z INTEGER, "
	    "FOREIGN KEY (x, Y) REFERENCES p (a, B) ON DELETE CASCADE, "
	    "FOREIGN KEY (z) REFERENCES q (k))");
	c = catalog_of(f);
	assert_int_equal(table_of(&c, "t")->n_foreign_keys, 2);
	for (size_t i = 0; i < 2; i++) {
		key = &table_of(&c, "t")->foreign_keys[i];
		if (str_eq(key->ref_table, STR("p"))) {
			assert_int_equal(key->n, 2);
			assert_true(key->cascades);
			assert_true(str_eq(key->columns[1], STR("y")));
			assert_true(str_eq(key->ref_columns[1], STR("b")));
		} else {
			assert_true(str_eq(key->ref_table, STR("q")));
			assert_int_equal(key->n, 1);
			assert_false(key->cascades);
		}
	}
}

static void
setting_null_is_a_cascade_too(void **state)
{
	struct fixture *f = *state;
	struct catalog c;

	fixture_script(f, "CREATE TABLE p (k INTEGER PRIMARY KEY);"
			  "CREATE TABLE t (x INTEGER, FOREIGN KEY (x) "
			  "REFERENCES p (k) ON DELETE SET NULL)");
	c = catalog_of(f);
	assert_true(table_of(&c, "t")->foreign_keys[0].cascades);
	assert_false(c.hides);
}

static void
triggers_are_seen(void **state)
{
	struct fixture *f = *state;
	struct catalog c;

	fixture_script(f, "CREATE TABLE a (i INTEGER);"
			  "CREATE TABLE b (i INTEGER);"
			  "CREATE TRIGGER g AFTER INSERT ON a FOR EACH ROW "
			  "BEGIN INSERT INTO b VALUES (1); END");
	c = catalog_of(f);
	assert_true(table_of(&c, "a")->has_triggers);
	assert_false(table_of(&c, "b")->has_triggers);
}

static void
the_schema_version_is_the_one_of_versions(void **state)
{
	struct fixture *f = *state;
	struct catalog c;
	int64_t schema = 0;
	int64_t data = 0;

	fixture_script(f, "CREATE TABLE a (i INTEGER)");
	c = catalog_of(f);
	assert_int_equal(
	    f->driver->versions(f->conn, &schema, &data, NULL), ST_OK);
	assert_true(c.schema_version == schema);
}

int
main(void)
{
	const struct promise promises[] = {
		PROMISE(tables_and_views_are_listed_by_name),
		PROMISE(an_empty_database_has_an_empty_catalogue),
		PROMISE(names_are_found_exactly_then_in_any_case),
		PROMISE(columns_are_written_as_members),
		PROMISE(declared_types_give_kinds),
		PROMISE(columns_say_null_default_and_generated),
		PROMISE(a_key_of_several_columns_keeps_its_order),
		PROMISE(foreign_keys_are_linked_to_their_tables),
		PROMISE(setting_null_is_a_cascade_too),
		PROMISE(triggers_are_seen),
		PROMISE(the_schema_version_is_the_one_of_versions),
	};

	return fixture_run(promises, sizeof(promises) / sizeof(promises[0]));
}
