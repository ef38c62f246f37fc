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
#include "app/services/db/filter.h"
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

/* Does the text make a condition? */
static bool
is_taken(struct str text, const struct db_table *table)
{
	struct param list[] = { { STR("i"), STR("5") },
		{ STR("n"), STR_NULL } };
	struct params params = { list, 2 };
	struct filter_order order = { text, table, &params, '`' };
	struct error err = { .text = "" };
	struct condition c;

	if (filter_parse(&arena, &order, &c, &err) != ST_OK) {
		assert_int_equal(err.status, ST_INVALID);
		return false;
	}
	if (!sql_is_ours(&arena, c.sql, table) || marks_in(c.sql) != c.n_args)
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

		taken += is_taken(text, &filter_table);
		taken += is_taken(text, &odd_table);
		arena_reset(&arena);
	}
	assert_true(taken > ROUNDS / 20);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
