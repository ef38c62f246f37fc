/* The SQL of a read, told without asking for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "middleware/service.h"
#include "tests/support/db_world.h"

static const char script[] =
    "CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT,"
    " author INTEGER REFERENCES author (id));"
    "CREATE TABLE pair (a TEXT, b TEXT, PRIMARY KEY (a, b));";

#define BOOK "SELECT `id`, `title` FROM `book`"

static int
set_up(void **state)
{
	struct world *w = malloc(sizeof(*w));

	assert_non_null(w);
	world_open(w, script, "");
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	world_close(*state);
	free(*state);
	return 0;
}

static struct sql_list
explain(struct world *w, const char *target)
{
	struct sql_list list = { .n = 0 };
	struct error err = { .text = "" };

	world_request(w, "GET", target, NULL);
	assert_int_equal(w->service.type->explain(&w->req, &list, &err), ST_OK);
	assert_string_equal(err.text, "");
	assert_int_equal(w->req.response.status, 0);
	return list;
}

/* Fails unless the call has those statements; NULL: no second. */
static void
assert_sql(
    struct world *w, const char *target, const char *first, const char *second)
{
	struct sql_list list = explain(w, target);

	assert_int_equal(list.n, second == NULL ? 1 : 2);
	if (!str_eq(list.text[0], str_of(first)))
		fail_msg("%s: %.*s", target, STR_ARG(list.text[0]));
	if (second != NULL && !str_eq(list.text[1], str_of(second)))
		fail_msg("%s: %.*s", target, STR_ARG(list.text[1]));
}

static void
each_read_has_its_statements(void **state)
{
	struct world *w = *state;

	assert_sql(w, "_table/book?fields=id,title&limit=5&offset=2",
	    BOOK " ORDER BY `id` LIMIT ? OFFSET ?", NULL);
	assert_sql(w, "_table/book?fields=id,title",
	    BOOK " ORDER BY `id` LIMIT ?", "SELECT count(*) FROM `book`");
	assert_sql(w, "_table/book?fields=id,title&limit=1&include_count=1",
	    BOOK " ORDER BY `id` LIMIT ?", "SELECT count(*) FROM `book`");
	assert_sql(
	    w, "_table/book?count_only=1", "SELECT count(*) FROM `book`", NULL);
	assert_sql(
	    w, "_table/book/7?fields=id,title", BOOK " WHERE `id` = ?", NULL);
	assert_sql(w, "_table/book?ids=1,2,3&fields=id,title",
	    "SELECT `id`, `id`, `title` FROM `book` "
	    "WHERE `id` IN (?, ?, ?, ?)",
	    NULL);
	assert_sql(w, "_table/pair/x,y?fields=a",
	    "SELECT `a` FROM `pair` WHERE `a` = ? AND `b` = ?", NULL);
}

static void
what_is_related_stands_for_one_record(void **state)
{
	struct world *w = *state;

	assert_sql(w, "_table/book/1?fields=id,title&related=author_by_author",
	    "SELECT `id`, `title`, `author` FROM `book` WHERE `id` = ?",
	    "SELECT r.`id`, r.`id`, r.`name` FROM `author` AS r "
	    "WHERE r.`id` IN (?)");
}

static void
what_asks_no_records_has_none(void **state)
{
	static const char *const targets[] = { "", "_table", "_schema",
		"_schema/book", "_proc", "_func" };

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		assert_int_equal(explain(*state, targets[i]).n, 0);
}

static void
a_refusal_is_told(void **state)
{
	static const char *const targets[] = { "_table/nothing",
		"_table/book?fields=nothing", "_table/book?filter=x" };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		struct sql_list list = { .n = 0 };
		struct error err = { .text = "" };

		world_request(w, "GET", targets[i], NULL);
		assert_int_not_equal(
		    w->service.type->explain(&w->req, &list, &err), ST_OK);
		assert_string_not_equal(err.text, "");
		assert_int_equal(list.n, 0);
		assert_int_equal(w->req.response.status, 0);
	}
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_read_has_its_statements),
		TEST(what_is_related_stands_for_one_record),
		TEST(what_asks_no_records_has_none),
		TEST(a_refusal_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
