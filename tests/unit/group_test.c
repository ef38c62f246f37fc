/* Groups: their fields, their names, and their SQL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/services/db/read/group.h"
#include "app/services/db/read/select.h"
#include "tests/support/filter_table.h"

static struct arena arena;
static struct error err;

struct asked {
	const char *group;
	const char *fields;
	const char *having;
};

static enum status
group_of(const struct asked *asked, struct query *q)
{
	struct group_order order = {
		.table = &filter_table,
		.group = str_of(asked->group),
		.fields = str_of(asked->fields),
		.having = str_of(asked->having),
		.quote = '`',
	};

	err = (struct error){ .text = "" };
	*q = (struct query){ .table = &filter_table, .limit = 10 };
	return group_parse(&arena, &order, q, &err);
}

static void
expect_sql(struct asked asked, const char *sql)
{
	struct statement s;
	struct query q;

	assert_int_equal(group_of(&asked, &q), ST_OK);
	statement_open(&s, &arena, '`');
	group_put(&s, &q, NULL);
	buf_put_char(&s.sql, '\0');
	assert_string_equal(s.sql.p, sql);
}

static void
expect_refusal(struct asked asked, const char *why)
{
	struct query q;

	assert_int_equal(group_of(&asked, &q), ST_INVALID);
	assert_string_equal(err.text, why);
}

static void
functions_name_their_fields(void **state)
{
	struct asked asked = { "day",
		"day, Sum( price ),COUNT(*),avg(ID),"
		"min(name),MAX(moment),count(raw)",
		"" };
	static const char *const names[] = { "day", "SUM_price", "COUNT_ALL",
		"AVG_id", "MIN_name", "MAX_moment", "COUNT_raw" };
	struct query q;

	(void)state;
	assert_int_equal(group_of(&asked, &q), ST_OK);
	assert_int_equal(q.n_fields, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < q.n_fields; i++)
		assert_true(str_eq(q.fields[i]->name, str_of(names[i])));
	expect_sql(asked,
	    "(SELECT `day`, SUM(`price`) AS `SUM_price`, COUNT(*) AS "
	    "`COUNT_ALL`, AVG(`id`) AS `AVG_id`, MIN(`name`) AS `MIN_name`, "
	    "MAX(`moment`) AS `MAX_moment`, COUNT(`raw`) AS `COUNT_raw` "
	    "FROM `things` GROUP BY `day`) AS grouped");
}

static void
without_a_group_all_rows_are_one(void **state)
{
	(void)state;
	expect_sql((struct asked){ "", "COUNT(*)", "" },
	    "(SELECT COUNT(*) AS `COUNT_ALL` FROM `things`) AS grouped");
}

static void
without_fields_the_group_is_shown(void **state)
{
	static const char *const all[] = { "", "*" };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		expect_sql((struct asked){ "name, day,NAME", all[i], "" },
		    "(SELECT `name`, `day` FROM `things` GROUP BY `name`, "
		    "`day`) AS grouped");
}

static void
a_group_that_is_not_shown_orders_all_the_same(void **state)
{
	struct asked asked = { "a`b,day", "COUNT(*)", "" };
	struct statement s;
	struct query q;

	(void)state;
	assert_int_equal(group_of(&asked, &q), ST_OK);
	assert_int_equal(q.n_fields, 1);
	statement_open(&s, &arena, '`');
	select_page(&s, &q, NULL, 10);
	buf_put_char(&s.sql, '\0');
	assert_string_equal(s.sql.p,
	    "SELECT `COUNT_ALL` FROM (SELECT COUNT(*) AS `COUNT_ALL`, `a``b`, "
	    "`day` FROM `things` GROUP BY `a``b`, `day`) AS grouped ORDER BY "
	    "`a``b`, `day` LIMIT ?");
}

static void
having_is_a_filter_on_the_groups(void **state)
{
	(void)state;
	expect_sql((struct asked){ "day", "SUM(price)",
		       "SUM_price > 1.5 and day is not null" },
	    "(SELECT SUM(`price`) AS `SUM_price`, `day` FROM `things` GROUP BY "
	    "`day`) AS grouped WHERE (`SUM_price` > ? AND `day` IS NOT NULL)");
	expect_sql((struct asked){ "day", "SUM(price)", "sum(price)>1.5" },
	    "(SELECT SUM(`price`) AS `SUM_price`, `day` FROM `things` GROUP BY "
	    "`day`) AS grouped WHERE (`SUM_price` > ?)");
}

static void
what_cannot_be_grouped_is_refused(void **state)
{
	(void)state;
	expect_refusal((struct asked){ "nosuch", "", "" },
	    "Invalid field requested: 'nosuch'.");
	expect_refusal((struct asked){ "day", "SUM(nosuch)", "" },
	    "Invalid field requested: 'SUM(nosuch)'.");
	expect_refusal((struct asked){ "day", "SUM(*)", "" },
	    "Invalid field requested: 'SUM(*)'.");
	expect_refusal((struct asked){ "day", "SLEEP(id)", "" },
	    "Invalid field requested: 'SLEEP(id)'.");
	expect_refusal((struct asked){ "day", "COUNT(*", "" },
	    "Invalid field requested: 'COUNT(*'.");
	expect_refusal(
	    (struct asked){ "day,", "", "" }, "Invalid field requested: ''.");
	expect_refusal((struct asked){ "day", "name,COUNT(*)", "" },
	    "Field 'name' must be in 'group' or in a function.");
	expect_refusal((struct asked){ "", "name,COUNT(*)", "" },
	    "Field 'name' must be in 'group' or in a function.");
	expect_refusal((struct asked){ "day", "SUM(name)", "" },
	    "Field 'name' is no number to compute SUM of.");
	expect_refusal((struct asked){ "day", "COUNT(*)", "price > 1" },
	    "Invalid or unparsable field in filter request: 'price'. "
	    "Position 1.");
}

static void
a_function_among_the_fields_asks_for_a_group(void **state)
{
	(void)state;
	assert_true(group_is_asked(&filter_table, STR("id, COUNT(*)")));
	assert_false(group_is_asked(&filter_table, STR("id,name")));
	assert_false(group_is_asked(&filter_table, STR("*")));
	assert_false(group_is_asked(&filter_table, STR_NULL));
}

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 65536);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(functions_name_their_fields),
		TEST(without_a_group_all_rows_are_one),
		TEST(without_fields_the_group_is_shown),
		TEST(a_group_that_is_not_shown_orders_all_the_same),
		TEST(having_is_a_filter_on_the_groups),
		TEST(what_cannot_be_grouped_is_refused),
		TEST(a_function_among_the_fields_asks_for_a_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
