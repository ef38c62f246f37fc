/* What MariaDB's information_schema says, beyond what every database has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/clock.h"
#include "drivers/db/catalog.h"
#include "drivers/db/mysql.h"
#include "tests/support/mariadb.h"

#define HANG_MS 60000

struct place {
	char name[MARIADB_NAME_BYTES];
	struct arena arena;
	struct db_conn *conn;
};

static struct db_conn *
connect_to(const struct db_config *config)
{
	struct error err = { .text = "" };
	struct db_conn *conn = NULL;
	enum status st =
	    db_mysql.connect(config, clock_boot_ms() + HANG_MS, &conn, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
	return conn;
}

static int
set_up(void **state)
{
	static struct place place;
	struct db_config config;

	mariadb_create(place.name);
	arena_init(&place.arena, 4096);
	config = mariadb_config(place.name);
	place.conn = connect_to(&config);
	*state = &place;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	db_mysql.disconnect(p->conn);
	arena_close(&p->arena);
	mariadb_drop(p->name);
	return 0;
}

static struct catalog
catalog_of(struct place *p)
{
	struct error err = { .text = "" };
	struct catalog c;
	enum status st = db_mysql.catalog(
	    p->conn, &p->arena, clock_boot_ms() + HANG_MS, &c, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
	return c;
}

static const struct column *
column_of(const struct catalog *c, const char *name)
{
	const struct column *column =
	    table_column(catalog_table(c, STR("t")), str_of(name));

	assert_non_null(column);
	return column;
}

static int64_t
schema_of(struct place *p)
{
	int64_t schema = 0, data = 0;

	assert_int_equal(
	    db_mysql.versions(p->conn, &schema, &data, NULL), ST_OK);
	return schema;
}

static void
types_of_its_own_have_kinds(void **state)
{
	static const struct {
		const char *name;
		enum column_kind kind;
	} wanted[] = {
		{ "truth", COLUMN_BOOLEAN },
		{ "one", COLUMN_BOOLEAN },
		{ "many", COLUMN_INTEGER },
		{ "count", COLUMN_INTEGER },
		{ "small", COLUMN_INTEGER },
		{ "doc", COLUMN_JSON },
		{ "plain", COLUMN_TEXT },
		{ "word", COLUMN_TEXT },
		{ "flags", COLUMN_TEXT },
		{ "id", COLUMN_TEXT },
		{ "place", COLUMN_BINARY },
		{ "fixed", COLUMN_BINARY },
		{ "born", COLUMN_INTEGER },
		{ "ratio", COLUMN_REAL },
	};
	struct place *p = *state;
	struct catalog c;

	mariadb_sql(p->name,
	    "CREATE TABLE t (truth BOOLEAN, one BIT(1), many BIT(9), "
	    "count TINYINT(1) UNSIGNED, small TINYINT, doc JSON, "
	    "plain LONGTEXT, word ENUM('unsigned', 'b'), flags SET('a', 'b'), "
	    "id UUID, "
	    "place POINT, fixed BINARY(4), born YEAR, ratio FLOAT)");
	c = catalog_of(p);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		assert_int_equal(
		    column_of(&c, wanted[i].name)->kind, wanted[i].kind);
	assert_false(column_of(&c, "word")->is_unsigned);
	assert_true(column_of(&c, "many")->is_unsigned);
}

static void
columns_say_what_fills_them(void **state)
{
	struct place *p = *state;
	struct catalog c;

	mariadb_sql(p->name,
	    "CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT, "
	    "none INT NOT NULL, nothing INT, empty TEXT DEFAULT NULL, "
	    "word VARCHAR(9) DEFAULT 'NULL', sum INT DEFAULT (1 + 2), "
	    "seen TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP "
	    "ON UPDATE CURRENT_TIMESTAMP)");
	c = catalog_of(p);
	assert_true(column_of(&c, "id")->auto_increment);
	assert_true(column_of(&c, "id")->is_unsigned);
	assert_false(column_of(&c, "none")->has_default);
	assert_false(column_of(&c, "nothing")->has_default);
	assert_false(column_of(&c, "empty")->has_default);
	assert_true(column_of(&c, "word")->has_default);
	assert_true(column_of(&c, "sum")->has_default);
	assert_true(column_of(&c, "seen")->has_default);
	assert_false(column_of(&c, "seen")->generated);
	assert_true(column_of(&c, "seen")->follows_update);
	assert_false(column_of(&c, "sum")->follows_update);
}

static void
assert_choice(const struct column *c, size_t i, const char *want)
{
	assert_true(i < c->n_choices);
	assert_true(str_eq(c->choices[i], str_of(want)));
}

static void
choices_are_read_as_they_were_meant(void **state)
{
	struct place *p = *state;
	struct catalog c;
	const struct column *word, *flags;

	mariadb_sql(p->name,
	    "CREATE TABLE t (word ENUM('it''s', 'a,b', '', '(c)', 'd\\\\e', "
	    "'f\\ng', '\xc3\xa9'), flags SET('x', 'y'), plain VARCHAR(5))");
	c = catalog_of(p);
	word = column_of(&c, "word");
	flags = column_of(&c, "flags");
	assert_int_equal(word->n_choices, 7);
	assert_choice(word, 0, "it's");
	assert_choice(word, 1, "a,b");
	assert_choice(word, 2, "");
	assert_choice(word, 3, "(c)");
	assert_choice(word, 4, "d\\e");
	assert_choice(word, 5, "f\ng");
	assert_choice(word, 6, "\xc3\xa9");
	assert_false(word->is_set);
	assert_int_equal(word->length, 0);
	assert_int_equal(flags->n_choices, 2);
	assert_choice(flags, 1, "y");
	assert_true(flags->is_set);
	assert_int_equal(column_of(&c, "plain")->n_choices, 0);
}

static void
types_of_its_own_have_bounds(void **state)
{
	static const struct {
		const char *name;
		int64_t length;
		unsigned width;
	} wanted[] = {
		{ "tiny", 0, 1 },
		{ "small", 0, 2 },
		{ "medium", 0, 3 },
		{ "whole", 0, 4 },
		{ "big", 0, 8 },
		{ "flag", 0, 1 },
		{ "bits", 0, 2 },
		{ "short_text", 255, 0 },
		{ "text", 65535, 0 },
		{ "doc", 4294967295, 0 },
		{ "bytes", 16777215, 0 },
		{ "ratio", 0, 0 },
	};
	struct place *p = *state;
	struct catalog c;

	mariadb_sql(p->name,
	    "CREATE TABLE t (tiny TINYINT, small SMALLINT UNSIGNED, "
	    "medium MEDIUMINT, whole INT, big BIGINT, flag BOOLEAN, "
	    "bits BIT(9), short_text TINYTEXT, text TEXT, doc JSON, "
	    "bytes MEDIUMBLOB, ratio DOUBLE)");
	c = catalog_of(p);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		const struct column *column = column_of(&c, wanted[i].name);

		assert_int_equal(column->length, wanted[i].length);
		assert_int_equal(column->width, wanted[i].width);
	}
}

static void
foreign_keys_have_names(void **state)
{
	struct place *p = *state;
	struct catalog c;
	const struct db_table *t;

	mariadb_sql(p->name,
	    "CREATE TABLE p (id INT PRIMARY KEY);"
	    "CREATE TABLE t (a INT, b INT, CONSTRAINT one FOREIGN KEY (a) "
	    "REFERENCES p (id), CONSTRAINT two FOREIGN KEY (b) "
	    "REFERENCES p (id) ON DELETE CASCADE)");
	c = catalog_of(p);
	t = catalog_table(&c, STR("t"));
	assert_int_equal(t->n_foreign_keys, 2);
	assert_true(str_eq(t->foreign_keys[0].name, STR("one")));
	assert_true(str_eq(t->foreign_keys[1].name, STR("two")));
	assert_true(str_eq(t->foreign_keys[1].on_delete, STR("CASCADE")));
}

static void
names_may_be_of_any_characters(void **state)
{
	struct place *p = *state;
	struct catalog c;
	const struct db_table *t;

	mariadb_sql(p->name,
	    "CREATE TABLE `a``b \"c\" \\ \xc3\xa9` (`x``\"y` JSON, "
	    "PRIMARY KEY (`x``\"y`(9)))");
	c = catalog_of(p);
	t = catalog_table(&c, STR("a`b \"c\" \\ \xc3\xa9"));
	assert_non_null(t);
	assert_true(str_eq(t->columns[0].name, STR("x`\"y")));
	assert_int_equal(t->columns[0].kind, COLUMN_JSON);
	assert_int_equal(t->n_key, 1);
}

static void
names_that_differ_in_case_are_two(void **state)
{
	struct place *p = *state;
	struct catalog c;
	const struct db_table *small;

	mariadb_sql(p->name, "CREATE TABLE t (a INT PRIMARY KEY, b INT);"
			     "CREATE TABLE T (c INT PRIMARY KEY);");
	c = catalog_of(p);
	small = catalog_table(&c, STR("t"));
	assert_int_equal(c.n_tables, 2);
	assert_int_equal(small->n_columns, 2);
	assert_int_equal(small->n_key, 1);
	assert_int_equal(catalog_table(&c, STR("T"))->n_columns, 1);
}

static void
other_databases_are_not_seen(void **state)
{
	struct place *p = *state;
	char other[MARIADB_NAME_BYTES], sql[256];
	struct catalog c;

	(void)snprintf(other, sizeof(other), "%s", p->name);
	other[0] = 'T';
	(void)snprintf(sql, sizeof(sql),
	    "CREATE DATABASE `%s`; CREATE TABLE `%s`.t (x INT, y INT, "
	    "PRIMARY KEY (x, y)); CREATE TABLE `%s`.u (x INT);",
	    other, other, other);
	mariadb_sql(p->name, "CREATE TABLE t (a INT PRIMARY KEY)");
	mariadb_sql(p->name, sql);
	c = catalog_of(p);
	mariadb_drop(other);
	assert_int_equal(c.n_tables, 1);
	assert_int_equal(c.tables[0].n_columns, 1);
	assert_int_equal(c.tables[0].n_key, 1);
}

static void
only_tables_and_views_are_offered(void **state)
{
	struct place *p = *state;
	struct catalog c;

	mariadb_sql(p->name,
	    "CREATE SEQUENCE s; CREATE TABLE gone (a INT);"
	    "CREATE VIEW broken AS SELECT a FROM gone; DROP TABLE gone;"
	    "CREATE TABLE h (a INT) WITH SYSTEM VERSIONING;");
	c = catalog_of(p);
	assert_int_equal(c.n_tables, 1);
	assert_true(str_eq(c.tables[0].name, STR("h")));
}

static void
every_way_leads_to_the_same_identity(void **state)
{
	struct place *p = *state;
	struct db_config tcp = mariadb_tcp_config(p->name);
	struct buf here = buf_in(&p->arena), there = buf_in(&p->arena);
	struct db_conn *conn = connect_to(&tcp);

	assert_int_equal(db_mysql.identity(p->conn, &here, NULL), ST_OK);
	assert_int_equal(db_mysql.identity(conn, &there, NULL), ST_OK);
	db_mysql.disconnect(conn);
	assert_true(str_eq(buf_str(&here), buf_str(&there)));
	assert_true(str_ends(buf_str(&here), STR("=")));
}

static void
another_database_is_another(void **state)
{
	struct place *p = *state;
	char name[MARIADB_NAME_BYTES];
	struct buf here = buf_in(&p->arena), there = buf_in(&p->arena);
	struct db_config config;
	struct db_conn *conn;

	mariadb_create(name);
	config = mariadb_config(name);
	conn = connect_to(&config);
	assert_int_equal(db_mysql.identity(p->conn, &here, NULL), ST_OK);
	assert_int_equal(db_mysql.identity(conn, &there, NULL), ST_OK);
	assert_false(str_eq(buf_str(&here), buf_str(&there)));
	mariadb_drop(name);
	assert_int_equal(db_mysql.identity(conn, &there, NULL), ST_MISSING);
	db_mysql.disconnect(conn);
}

static void
every_change_of_the_schema_is_another_version(void **state)
{
	static const char *const changes[] = {
		"CREATE TABLE p (id INT PRIMARY KEY, a INT, b INT)",
		"CREATE TABLE t (id INT PRIMARY KEY, p INT)",
		"CREATE INDEX i ON p (a, b)",
		"ALTER TABLE p DROP INDEX i, ADD INDEX i (b, a)",
		"ALTER TABLE p DROP INDEX i, ADD UNIQUE INDEX i (b, a)",
		"ALTER TABLE p DROP INDEX i",
		"ALTER TABLE t ADD COLUMN a INT",
		"ALTER TABLE t MODIFY a BIGINT",
		"ALTER TABLE t MODIFY a BIGINT NOT NULL",
		"ALTER TABLE t MODIFY a BIGINT NOT NULL DEFAULT 5",
		"ALTER TABLE t MODIFY a BIGINT NOT NULL DEFAULT 6",
		"ALTER TABLE t RENAME COLUMN a TO b",
		"ALTER TABLE p DROP PRIMARY KEY, ADD PRIMARY KEY (id, a)",
		"ALTER TABLE p DROP PRIMARY KEY, ADD PRIMARY KEY (id)",
		"ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (p) "
		"REFERENCES p (id)",
		"ALTER TABLE t DROP FOREIGN KEY f, ADD CONSTRAINT g "
		"FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE",
		"CREATE TRIGGER x AFTER INSERT ON p FOR EACH ROW SET @a = 1",
		"DROP TRIGGER x",
		"CREATE VIEW v AS SELECT a FROM p",
		"CREATE OR REPLACE VIEW v AS SELECT a FROM p WHERE a > 1",
		"RENAME TABLE p TO q",
		"DROP TABLE t",
	};
	struct place *p = *state;
	int64_t before = schema_of(p);

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		int64_t now;

		mariadb_sql(p->name, changes[i]);
		now = schema_of(p);
		if (now == before)
			fail_msg("not noticed: %s", changes[i]);
		before = now;
	}
	mariadb_sql(p->name, "INSERT INTO q VALUES (1, 2, 3)");
	assert_true(schema_of(p) == before);
}

static void
what_a_user_may_not_see_is_taken_for_the_worst(void **state)
{
	struct place *p = *state;
	struct db_config config = mariadb_config(p->name);
	struct db_conn *mine = p->conn;
	struct catalog c;
	char grant[160];

	(void)snprintf(grant, sizeof(grant),
	    "CREATE OR REPLACE USER low@'%%';"
	    "GRANT SELECT ON %s.* TO low@'%%';"
	    "GRANT TRIGGER ON %s.told TO low@'%%'",
	    p->name, p->name);
	mariadb_sql(p->name,
	    "CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE told (a INT);"
	    "CREATE TABLE t (p INT, FOREIGN KEY (p) REFERENCES p (id));");
	mariadb_sql(p->name, grant);
	c = catalog_of(p);
	assert_false(catalog_table(&c, STR("p"))->has_triggers);
	assert_false(catalog_table(&c, STR("t"))->foreign_keys[0].cascades);
	assert_false(c.hides);
	config.username = "low";
	config.password = NULL;
	p->conn = connect_to(&config);
	c = catalog_of(p);
	db_mysql.disconnect(p->conn);
	p->conn = mine;
	assert_true(catalog_table(&c, STR("p"))->has_triggers);
	assert_true(catalog_table(&c, STR("t"))->foreign_keys[0].cascades);
	assert_true(c.hides);
	assert_false(catalog_table(&c, STR("told"))->has_triggers);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(types_of_its_own_have_kinds),
		TEST(columns_say_what_fills_them),
		TEST(choices_are_read_as_they_were_meant),
		TEST(types_of_its_own_have_bounds),
		TEST(foreign_keys_have_names),
		TEST(names_may_be_of_any_characters),
		TEST(names_that_differ_in_case_are_two),
		TEST(other_databases_are_not_seen),
		TEST(only_tables_and_views_are_offered),
		TEST(every_way_leads_to_the_same_identity),
		TEST(another_database_is_another),
		TEST(every_change_of_the_schema_is_another_version),
		TEST(what_a_user_may_not_see_is_taken_for_the_worst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
