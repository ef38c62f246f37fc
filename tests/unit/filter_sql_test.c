/* Whatever a filter says, its SQL is made of words of this program, names of
 * the catalogue and "?". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/services/db/filter/filter.h"
#include "tests/support/filter_shop.h"
#include "tests/support/filter_table.h"
#include "tests/support/odd_table.h"

#define ROUNDS     100000
#define CONDITIONS 4 /* at most, of a text */

static struct arena arena;

/* Some make a filter, some get past a careless parser. */
static const char *const fields[] = { "id", "id", "name", "price", "loose",
	"`a``b`", "\"\"\"q\"\"\"", "`x; DROP TABLE t`", "`c desc`", "not id",
	"(id", "((id", "not (id", "a`b", "`id", "x'00'", "1", "" };

static const char *const operators[] = { " = ", "=", "<>", " != ", ">=", " < ",
	" not = ", " like ", " not like ", " in ", " in (1,", " not in (",
	" contains ", " starts with ", " is null ", " is not null ", " --",
	"" };

static const char *const values[] = { "1", "2)", "3,4)", "'x'", "'x')", "\"x\"",
	"null", "null)", ":i", ":n", ":nosuch", "x y", "1))", "'", "\"", "`",
	";", "/*", "*/", "\\", "\\'", "'%_!'", "?", "0x1", "1e5",
	"1 UNION SELECT 1", "\xc3\xa9", "\xff", "" };

static const char *const joints[] = { " and ", " or ", " xor ", " nor ", "&&",
	"||", ") and (", " AND NOT ", ",", " ", "" };

static const char *const relations[] = { "customers.", "orders.", "`tags`.",
	"customers_by_customer.", "customers_by_payer.", "orders_by_customer.",
	"orders_by_parent.", "tags_by_taggings.", "taggings.", "\"a`b\".",
	"`a``b`.", "R1.", "not ", "(", ".", "`customers`) or (`customers`." };

static const char *const shop_fields[] = { "id", "id", "id", "name", "amount",
	"`a.b`", "`x; DROP`", "\"\"\"q\"\".z\"", "mark", "id`" };

static const char *const shop_conditions[] = { " = 1", " = :i", " not in (1,2)",
	" is null", " = 1) or (id = 1", " < 'x'", " in (:n,3" };

#define ANY_OF(list)                                                           \
	str_of(list[(size_t)random() % (sizeof(list) / sizeof(list[0]))])

static struct str
random_text(void)
{
	struct buf b = buf_in(&arena);
	long n = 1 + random() % CONDITIONS;

	for (long i = 0; i < n; i++) {
		if (i > 0)
			buf_put(&b, ANY_OF(joints));
		buf_put(&b, ANY_OF(fields));
		buf_put(&b, ANY_OF(operators));
		buf_put(&b, ANY_OF(values));
	}
	return buf_str(&b);
}

static size_t
marks_in(struct str sql)
{
	size_t n = 0;

	for (size_t i = 0; i < sql.n; i++)
		n += sql.p[i] == '?';
	return n;
}

/* Does the text make a condition, on the table or on what it relates to? */
static bool
is_taken(struct str text, const struct db_table *table,
    const struct filter_shop *shop)
{
	struct param list[] = { { STR("i"), STR("5") },
		{ STR("n"), STR_NULL } };
	struct params params = { list, 2 };
	struct filter_reach reach = { .n = 0 };
	struct filter_order order = { .text = text,
		.table = table,
		.params = &params,
		.quote = '`',
		.scope = shop == NULL ? NULL : &shop->scope,
		.reach = &reach };
	bool ours;
	struct error err = { .text = "" };
	struct condition c;

	if (filter_parse(&arena, &order, &c, &err) != ST_OK) {
		assert_true(
		    err.status == ST_INVALID || err.status == ST_DENIED);
		return false;
	}
	ours = shop == NULL ? sql_is_ours(&arena, c.sql, table)
			    : sql_is_of(&arena, c.sql, &shop->catalog);
	if (!ours || marks_in(c.sql) != c.n_args)
		fail_msg("%.*s becomes %.*s", STR_ARG(text), STR_ARG(c.sql));
	return true;
}

static void
whatever_is_asked_the_text_is_ours(void **state)
{
	const unsigned seed = 20240229;
	size_t taken = 0;

	(void)state;
	srandom(seed);
	for (int i = 0; i < ROUNDS; i++) {
		struct str text = random_text();

		taken += is_taken(text, &filter_table, NULL);
		taken += is_taken(text, &odd_table, NULL);
		arena_reset(&arena);
	}
	assert_true(taken > ROUNDS / 20);
}

/* And names in front of dots lead to nothing else. */
static void
related_fields_are_the_catalogues_too(void **state)
{
	const unsigned seed = 20240301;
	size_t taken = 0;

	(void)state;
	srandom(seed);
	for (int i = 0; i < ROUNDS; i++) {
		struct filter_shop *shop = filter_shop_make(&arena);
		size_t n = (size_t)random() % shop->catalog.n_tables;
		struct buf text = buf_in(&arena);

		for (long k = random() % 3; k >= 0; k--) {
			for (long m = random() % 4; m > 0; m--)
				buf_put(&text, ANY_OF(relations));
			buf_put(&text, ANY_OF(shop_fields));
			buf_put(&text, ANY_OF(shop_conditions));
			if (k > 0)
				buf_put(&text, ANY_OF(joints));
		}
		taken +=
		    is_taken(buf_str(&text), &shop->catalog.tables[n], shop);
		arena_reset(&arena);
	}
	assert_true(taken > ROUNDS / 50);
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    whatever_is_asked_the_text_is_ours, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    related_fields_are_the_catalogues_too, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
