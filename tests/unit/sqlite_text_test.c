/* The text of a SQLite table, cut and put together again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "drivers/db/catalog.h"
#include "drivers/db/sqlite_text.h"

static int
set_up(void **state)
{
	struct arena *arena = malloc(sizeof(*arena));

	assert_non_null(arena);
	arena_init(arena, 4096);
	*state = arena;
	return 0;
}

static int
tear_down(void **state)
{
	arena_close(*state);
	free(*state);
	return 0;
}

static struct sqlite_text
cut(struct arena *arena, const char *sql)
{
	struct sqlite_text text;

	assert_true(sqlite_text_cut(arena, str_of(sql), &text));
	return text;
}

static void
assert_str(struct str got, const char *want)
{
	if (!str_eq(got, str_of(want)))
		fail_msg("\n%.*s\n%s", STR_ARG(got), want);
}

static void
assert_altered(struct arena *arena, const char *sql,
    const struct reshape_alter *alter, const char *want)
{
	struct sqlite_text text = cut(arena, sql);

	assert_str(sqlite_text_altered(arena, &text, alter, STR("n")), want);
}

static void
columns_are_cut_into_name_type_and_clauses(void **state)
{
	struct sqlite_text text = cut(*state,
	    "CREATE TABLE \"t(\" (\n"
	    "  a INTEGER PRIMARY KEY AUTOINCREMENT, -- the key, so it is\n"
	    "  `b,``c` VARCHAR ( 80 ) NOT NULL ON CONFLICT FAIL DEFAULT 'x,)',"
	    "  [d e] DECIMAL(10,2) CONSTRAINT \"one\" CHECK (a > (1)) UNIQUE,"
	    "  f DEFAULT (1 + 2) COLLATE NOCASE NULL,"
	    "  g INT REFERENCES p (x) ON DELETE SET NULL ON UPDATE SET DEFAULT"
	    "    NOT DEFERRABLE INITIALLY IMMEDIATE NOT NULL,"
	    "  h TEXT GENERATED ALWAYS AS (a || 'x') STORED,"
	    "  i AS (a), j, k DEFAULT NULL)");

	assert_int_equal(text.n_columns, 9);
	assert_int_equal(text.n_constraints, 0);
	assert_str(text.columns[0].name, "a");
	assert_str(text.columns[0].type, "INTEGER");
	assert_str(
	    text.columns[0].clauses[0].text, "PRIMARY KEY AUTOINCREMENT");
	assert_str(text.columns[1].name, "b,`c");
	assert_str(text.columns[1].written, "`b,``c`");
	assert_str(text.columns[1].type, "VARCHAR ( 80 )");
	assert_int_equal(text.columns[1].n, 2);
	assert_int_equal(text.columns[1].clauses[0].kind, CLAUSE_NULL);
	assert_str(
	    text.columns[1].clauses[0].text, "NOT NULL ON CONFLICT FAIL");
	assert_int_equal(text.columns[1].clauses[1].kind, CLAUSE_DEFAULT);
	assert_str(text.columns[1].clauses[1].text, "DEFAULT 'x,)'");
	assert_str(text.columns[2].name, "d e");
	assert_int_equal(text.columns[2].n, 2);
	assert_str(text.columns[2].clauses[0].text,
	    "CONSTRAINT \"one\" CHECK (a > (1))");
	assert_int_equal(text.columns[2].clauses[1].kind, CLAUSE_UNIQUE);
	assert_str(text.columns[3].type, "");
	assert_int_equal(text.columns[3].n, 3);
	assert_int_equal(text.columns[4].n, 2);
	assert_int_equal(text.columns[4].clauses[0].kind, CLAUSE_REFERENCES);
	assert_str(text.columns[4].clauses[0].ref_table, "p");
	assert_str(text.columns[4].clauses[1].text, "NOT NULL");
	assert_int_equal(text.columns[5].n, 1);
	assert_str(text.columns[6].clauses[0].text, "AS (a)");
	assert_int_equal(text.columns[7].n, 0);
	assert_int_equal(text.columns[8].n, 1);
}

static void
constraints_are_cut_with_or_without_commas(void **state)
{
	struct sqlite_text text = cut(*state,
	    "CREATE TABLE t(a,b, CONSTRAINT [unique] UNIQUE (a, \"b\" COLLATE "
	    "NOCASE DESC) CHECK (a in (1,2)) /*/ ) */, -- y\n"
	    "FOREIGN KEY(a,b) REFERENCES 'p'(c,d) ON DELETE CASCADE "
	    "PRIMARY KEY (b)) WITHOUT ROWID, STRICT -- end");

	assert_int_equal(text.n_columns, 2);
	assert_int_equal(text.n_constraints, 4);
	assert_int_equal(text.constraints[0].kind, CLAUSE_UNIQUE);
	assert_int_equal(text.constraints[0].n, 2);
	assert_str(text.constraints[0].columns[1], "b");
	assert_str(text.constraints[1].text, "CHECK (a in (1,2))");
	assert_int_equal(text.constraints[2].kind, CLAUSE_FOREIGN);
	assert_str(text.constraints[2].ref_table, "p");
	assert_str(text.constraints[2].columns[1], "b");
	assert_int_equal(text.constraints[2].n, 2);
	assert_str(text.constraints[3].text, "PRIMARY KEY (b)");
	assert_true(str_starts(text.tail, STR("WITHOUT ROWID, STRICT")));
}

static void
what_is_no_table_is_not_cut(void **state)
{
	static const char *const texts[] = { "", "CREATE TABLE t", "CREATE (",
		"CREATE TABLE t (a", "CREATE TABLE t ('a", "CREATE TABLE t ()",
		"CREATE TABLE t (,a)", "CREATE TABLE t ((a))",
		"CREATE TABLE t (CHECK (1))", "CREATE TABLE t (a /* ",
		"CREATE TABLE t (a /*/)" };
	struct sqlite_text text;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (sqlite_text_cut(*state, str_of(texts[i]), &text))
			fail_msg("%s", texts[i]);
	}
}

#define TABLE                                                                  \
	"CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL DEFAULT 'x' "  \
	"UNIQUE, c INT REFERENCES p(a), CHECK (a > 0), UNIQUE (b, c), "        \
	"FOREIGN KEY (b) REFERENCES q (z)) STRICT"

static void
without_a_change_all_of_it_stays(void **state)
{
	struct reshape_alter none = { .n_add = 0 };

	assert_altered(*state, TABLE, &none,
	    "CREATE TABLE `n` ( a INTEGER PRIMARY KEY, b TEXT NOT NULL DEFAULT "
	    "'x' UNIQUE, c INT REFERENCES p(a), CHECK (a > 0), UNIQUE (b, c), "
	    "FOREIGN KEY (b) REFERENCES q (z)) STRICT");
}

static void
a_change_keeps_what_it_does_not_touch(void **state)
{
	struct column b = { .name = STR("B") };
	struct reshape_change change = { .column = &b,
		.to = { .name = STR("b"),
		    .type = TYPE_STRING,
		    .length = 9,
		    .default_kind = DEFAULT_VALUE,
		    .value = { .type = DB_TEXT, .s = STR("it's") } },
		.retypes = true };
	struct reshape_alter alter = { .change = &change, .n_change = 1 };

	assert_altered(*state, "CREATE TABLE t (b TEXT NOT NULL DEFAULT 'x')",
	    &alter, "CREATE TABLE `n` ( b VARCHAR(9) NOT NULL DEFAULT 'x') ");
	change.retypes = false;
	change.renulls = true;
	assert_altered(*state, "CREATE TABLE t (b TEXT NOT NULL DEFAULT 'x')",
	    &alter, "CREATE TABLE `n` ( b TEXT DEFAULT 'x') ");
	change.redefaults = true;
	change.to.not_null = true;
	assert_altered(*state, "CREATE TABLE t (b TEXT DEFAULT 'x' CHECK (b))",
	    &alter,
	    "CREATE TABLE `n` ( b TEXT CHECK (b) NOT NULL DEFAULT 'it''s') ");
}

static void
what_is_dropped_takes_its_own_constraints_along(void **state)
{
	struct column b = { .name = STR("b") };
	struct column c = { .name = STR("c") };
	const struct column *drop[] = { &b };
	struct str columns[] = { STR("c") };
	struct foreign_key key = {
		.columns = columns, .n = 1, .ref_table = STR("P")
	};
	const struct foreign_key *keys[] = { &key };
	struct reshape_alter alter = { .drop = drop, .n_drop = 1 };

	assert_altered(*state,
	    "CREATE TABLE t (a, b TEXT UNIQUE, UNIQUE (b), UNIQUE (a, c), "
	    "FOREIGN KEY (b) REFERENCES q (z))",
	    &alter, "CREATE TABLE `n` ( a , UNIQUE (a, c)) ");
	alter = (struct reshape_alter){ .drop_keys = keys, .n_drop_keys = 1 };
	assert_altered(*state,
	    "CREATE TABLE t (a, c INT REFERENCES p NOT NULL, "
	    "FOREIGN KEY (c) REFERENCES q (z), FOREIGN KEY (c) REFERENCES p)",
	    &alter,
	    "CREATE TABLE `n` ( a , c INT NOT NULL, FOREIGN KEY (c) REFERENCES "
	    "q (z)) ");
	(void)c;
}

static void
what_is_added_stands_behind_its_like(void **state)
{
	struct str columns[] = { STR("d") };
	struct reshape_column add = { .name = STR("d"),
		.type = TYPE_INTEGER,
		.not_null = true,
		.default_kind = DEFAULT_NOW };
	struct reshape_key key = { .name = STR("fk"),
		.columns = columns,
		.ref_columns = columns,
		.n = 1,
		.ref_table = STR("p`q"),
		.on_delete = STR("CASCADE") };
	struct reshape_alter alter = {
		.add = &add, .n_add = 1, .add_keys = &key, .n_add_keys = 1
	};

	assert_altered(*state, "CREATE TABLE t (a, CHECK (1))", &alter,
	    "CREATE TABLE `n` ( a , `d` INTEGER NOT NULL DEFAULT "
	    "CURRENT_TIMESTAMP, CHECK (1), CONSTRAINT `fk` FOREIGN KEY (`d`) "
	    "REFERENCES `p``q` (`d`) ON DELETE CASCADE) ");
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(columns_are_cut_into_name_type_and_clauses),
		TEST(constraints_are_cut_with_or_without_commas),
		TEST(what_is_no_table_is_not_cut),
		TEST(without_a_change_all_of_it_stays),
		TEST(a_change_keeps_what_it_does_not_touch),
		TEST(what_is_dropped_takes_its_own_constraints_along),
		TEST(what_is_added_stands_behind_its_like),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
