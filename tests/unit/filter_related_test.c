/* Filters on related records as SQL: one subquery for each condition, whose
 * tables have names of their own and the caller's rows only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/services/db/filter/filter.h"
#include "tests/support/filter_shop.h"
#include "tests/support/filter_shown.h"

static struct arena arena;
static struct filter_shop *shop;
static struct filter_reach reach;

static struct str
made(const char *table, const char *text)
{
	struct filter_order order = { .text = str_of(text),
		.table = filter_shop_table(shop, table),
		.quote = '`',
		.scope = &shop->scope,
		.reach = &reach };
	struct condition condition;
	struct error err = { .text = "" };

	reach.n = 0;
	if (filter_parse(&arena, &order, &condition, &err) == ST_OK)
		return filter_condition_shown(&arena, &condition);
	return arena_printf(
	    &arena, "%s %s", err.status == ST_DENIED ? "403" : "!", err.text);
}

static void
expect(const char *table, const char *text, const char *shown)
{
	struct str got = made(table, text);

	if (!str_eq(got, str_of(shown)))
		fail_msg("%s\n  becomes %.*s\n  instead of %s", text,
		    STR_ARG(got), shown);
}

/* SQLite compares as the left side does: what is referred to. */
static void
what_is_referred_to_stands_on_the_left(void **state)
{
	(void)state;
	expect("orders", "customers_by_payer.name = x",
	    "EXISTS (SELECT 1 FROM customers AS r1 WHERE "
	    "r1.id = orders.payer AND (r1.name = 'x'))");
	expect("customers", "orders_by_payer.amount > 5",
	    "EXISTS (SELECT 1 FROM orders AS r1 WHERE "
	    "customers.id = r1.payer AND (r1.amount > 5))");
	expect("orders", "orders_by_parent.amount in (1, null)",
	    "EXISTS (SELECT 1 FROM orders AS r1 WHERE "
	    "r1.id = orders.parent AND "
	    "((r1.amount IN (1) OR r1.amount IS NULL)))");
}

static void
only_rows_that_the_caller_may_go_by_count(void **state)
{
	(void)state;
	expect("orders", "tags.name starts with a",
	    "EXISTS (SELECT 1 FROM tags AS r1 JOIN taggings AS j1 ON "
	    "r1.id = j1.tag WHERE orders.id = j1.order AND "
	    "(r1.name LIKE 'a%' ESCAPE '!') AND (r1.id > 7) AND "
	    "(j1.mark = 5))");
	expect("taggings", "not tags.name = a",
	    "NOT EXISTS (SELECT 1 FROM tags AS r1 WHERE r1.id = taggings.tag "
	    "AND (r1.name = 'a') AND (r1.id > 7))");
	expect("customers", "R1.name = x", "403 Not R1.");
	expect("customers", "id = 1 or R1.nosuch = x", "403 Not R1.");
}

static void
relations_stand_one_behind_the_other(void **state)
{
	(void)state;
	expect("taggings", "orders.customers_by_payer.name = x",
	    "EXISTS (SELECT 1 FROM orders AS r1 WHERE "
	    "r1.id = taggings.order AND (EXISTS (SELECT 1 FROM customers AS r2 "
	    "WHERE r2.id = r1.payer AND (r2.name = 'x'))))");
	expect("taggings", "orders.orders_by_parent.customers_by_payer.id = 1",
	    "! A filter may follow at most 2 relations to a field. "
	    "Position 1.");
}

/* An alias must not hide the table that it is compared with. */
static void
a_table_may_be_called_like_an_alias(void **state)
{
	(void)state;
	expect("R1", "customers.name = x",
	    "EXISTS (SELECT 1 FROM customers AS r1_ WHERE r1_.id = R1.customer "
	    "AND (r1_.name = 'x'))");
}

static void
not_turns_the_whole_condition_round(void **state)
{
	(void)state;
	expect("orders", "not customers_by_payer.id = 1 and id = 2",
	    "NOT EXISTS (SELECT 1 FROM customers AS r1 WHERE "
	    "r1.id = orders.payer AND (r1.id = 1)) AND id = 2");
	expect("orders", "not (not customers_by_payer.id != 1)",
	    "EXISTS (SELECT 1 FROM customers AS r1 WHERE "
	    "r1.id = orders.payer AND (r1.id <> 1))");
	expect("orders", "id = 1 xor customers_by_payer.id is not null",
	    "(id = 1) <> (EXISTS (SELECT 1 FROM customers AS r1 WHERE "
	    "r1.id = orders.payer AND (r1.id IS NOT NULL)))");
}

static void
names_may_be_quoted_and_odd(void **state)
{
	static const char odd[] =
	    "EXISTS (SELECT 1 FROM ab AS r1 WHERE customers.id = r1.x; DROP "
	    "AND (r1.\"q\".z = '1'))";

	(void)state;
	expect("customers", "`a``b`.\"\"\"q\"\".z\" = 1", odd);
	expect("customers", "a`b.`\"q\".z` = 1",
	    "! Invalid or unparsable field in filter request: 'a'. "
	    "Position 1.");
	expect("orders", "customers_by_payer.`a.b` = 1",
	    "EXISTS (SELECT 1 FROM customers AS r1 WHERE "
	    "r1.id = orders.payer AND (r1.a.b = '1'))");
	expect("customers", "a.b = 1", "a.b = '1'");
	expect("customers", "`a.b` = 1", "a.b = '1'");
	expect("orders", "customers_by_payer.a.b = 1",
	    "! Invalid or unparsable field in filter request: "
	    "'customers_by_payer.a.b'. Position 1.");
}

static void
a_name_that_leads_nowhere_is_told(void **state)
{
	(void)state;
	expect("orders", "id = 1 and customers.name = x",
	    "! Relation 'customers' is ambiguous: name one of "
	    "customers_by_customer, customers_by_payer. Position 12.");
	expect("orders", "R1.name = x",
	    "! Invalid or unparsable field in filter request: 'R1.name'. "
	    "Position 1.");
	expect("orders", "customers_by_payer.nosuch = x",
	    "! Invalid or unparsable field in filter request: "
	    "'customers_by_payer.nosuch'. Position 1.");
}

/* MySQL reads none of a table that the statement writes. */
static void
of_what_is_written_a_copy_is_read(void **state)
{
	(void)state;
	shop->scope.written = filter_shop_table(shop, "taggings");
	expect("orders", "tags.id = 8",
	    "EXISTS (SELECT 1 FROM tags AS r1 JOIN (SELECT id, order, tag, "
	    "mark FROM taggings LIMIT 9223372036854775807) AS j1 ON "
	    "r1.id = j1.tag WHERE orders.id = j1.order AND (r1.id = 8) AND "
	    "(r1.id > 7) AND (j1.mark = 5))");
	expect("orders", "customers_by_payer.id = 8",
	    "EXISTS (SELECT 1 FROM customers AS r1 WHERE "
	    "r1.id = orders.payer AND (r1.id = 8))");
	shop->scope.written = NULL;
}

static void
what_is_reached_is_told_once(void **state)
{
	(void)state;
	(void)made("orders", "tags.id = 1 or tags.id = 2 or id = 1");
	assert_int_equal(reach.n, 2);
	assert_ptr_equal(reach.tables[0], filter_shop_table(shop, "tags"));
	assert_ptr_equal(reach.tables[1], filter_shop_table(shop, "taggings"));
	(void)made("orders", "id = 1");
	assert_int_equal(reach.n, 0);
}

static void
their_number_is_bounded(void **state)
{
	struct buf text = buf_in(&arena);

	(void)state;
	for (unsigned i = 0; i < FILTER_RELATED_MAX; i++)
		buf_put_lit(&text, "tags.id = 1 and ");
	buf_put_lit(&text, "id = 1\0");
	assert_true(str_starts(made("orders", text.p), STR("EXISTS (")));
	text.n -= 7;
	buf_put_lit(&text, "tags.id = 1\0");
	assert_true(str_starts(made("orders", text.p),
	    STR("! A filter may have at most 20 conditions on related "
		"records. Position ")));
}

static int
open_arena(void **state)
{
	(void)state;
	arena_init(&arena, 65536);
	shop = filter_shop_make(&arena);
	return 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_referred_to_stands_on_the_left),
		cmocka_unit_test(only_rows_that_the_caller_may_go_by_count),
		cmocka_unit_test(relations_stand_one_behind_the_other),
		cmocka_unit_test(a_table_may_be_called_like_an_alias),
		cmocka_unit_test(not_turns_the_whole_condition_round),
		cmocka_unit_test(names_may_be_quoted_and_odd),
		cmocka_unit_test(a_name_that_leads_nowhere_is_told),
		cmocka_unit_test(of_what_is_written_a_copy_is_read),
		cmocka_unit_test(what_is_reached_is_told_once),
		cmocka_unit_test(their_number_is_bounded),
	};

	return cmocka_run_group_tests_name(
	    "filters on related records", tests, open_arena, close_arena);
}
