#include "middleware/condition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "middleware/request.h"

#define OLD   "Sun, 06 Nov 1994 08:49:36 GMT"
#define EXACT "Sun, 06 Nov 1994 08:49:37 GMT"
#define LATER "Sun, 06 Nov 1994 08:49:38 GMT"

static const struct standing file = { true, { "\"a\"", 3 }, 784111777 };
static const struct standing undated = { true, { "\"a\"", 3 }, 0 };
static const struct standing nothing = { .exists = false };

struct row {
	enum method method;
	const char *match, *unmodified, *none, *since;
	enum condition verdict;
};

static enum condition
judge(const struct row *row, const struct standing *now)
{
	struct request req = { .method = row->method };

	req.arrived.wall_ms = INT64_C(1795000000000);
	req.param[PARAM_IF_MATCH] = str_of(row->match);
	req.param[PARAM_IF_UNMODIFIED_SINCE] = str_of(row->unmodified);
	req.param[PARAM_IF_NONE_MATCH] = str_of(row->none);
	req.param[PARAM_IF_MODIFIED_SINCE] = str_of(row->since);
	return condition_judge(&req, now);
}

static void
judge_all(const struct row *rows, size_t n, const struct standing *now)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(judge(&rows[i], now), rows[i].verdict);
}

#define JUDGE(rows, now) judge_all(rows, sizeof(rows) / sizeof(rows[0]), now)

static void
reads_are_unchanged_where_writes_fail(void **state)
{
	static const struct row rows[] = {
		{ METHOD_GET, NULL, NULL, "\"a\"", NULL, CONDITION_UNCHANGED },
		{ METHOD_HEAD, NULL, NULL, "W/\"a\"", NULL,
		    CONDITION_UNCHANGED },
		{ METHOD_GET, NULL, NULL, "*", NULL, CONDITION_UNCHANGED },
		{ METHOD_PUT, NULL, NULL, "*", NULL, CONDITION_FAILED },
		{ METHOD_DELETE, NULL, NULL, "\"a\"", NULL, CONDITION_FAILED },
		{ METHOD_GET, NULL, NULL, "\"b\"", NULL, CONDITION_MET },
	};

	(void)state;
	JUDGE(rows, &file);
}

static void
a_match_must_be_strong(void **state)
{
	static const struct row rows[] = {
		{ METHOD_PUT, "\"a\"", NULL, NULL, NULL, CONDITION_MET },
		{ METHOD_PUT, "\"b\", \"a\"", NULL, NULL, NULL, CONDITION_MET },
		{ METHOD_PUT, "*", NULL, NULL, NULL, CONDITION_MET },
		{ METHOD_PUT, "W/\"a\"", NULL, NULL, NULL, CONDITION_FAILED },
		{ METHOD_GET, "\"b\"", NULL, NULL, NULL, CONDITION_FAILED },
		{ METHOD_GET, "", NULL, NULL, NULL, CONDITION_FAILED },
	};

	(void)state;
	JUDGE(rows, &file);
}

static void
dates_are_judged_by_the_second(void **state)
{
	static const struct row rows[] = {
		{ METHOD_GET, NULL, NULL, NULL, OLD, CONDITION_MET },
		{ METHOD_GET, NULL, NULL, NULL, EXACT, CONDITION_UNCHANGED },
		{ METHOD_HEAD, NULL, NULL, NULL, LATER, CONDITION_UNCHANGED },
		{ METHOD_PUT, NULL, NULL, NULL, EXACT, CONDITION_MET },
		{ METHOD_GET, NULL, NULL, NULL, "today", CONDITION_MET },
		{ METHOD_PUT, NULL, OLD, NULL, NULL, CONDITION_FAILED },
		{ METHOD_PUT, NULL, EXACT, NULL, NULL, CONDITION_MET },
		{ METHOD_GET, NULL, OLD, NULL, NULL, CONDITION_FAILED },
		{ METHOD_PUT, NULL, "yesterday", NULL, NULL, CONDITION_MET },
	};
	static const struct row without[] = {
		{ METHOD_GET, NULL, NULL, NULL, LATER, CONDITION_MET },
		{ METHOD_PUT, NULL, OLD, NULL, NULL, CONDITION_MET },
	};

	(void)state;
	JUDGE(rows, &file);
	JUDGE(without, &undated);
}

static void
tags_go_before_dates_and_matches_before_the_rest(void **state)
{
	static const struct row rows[] = {
		/* If-Match holds: If-Unmodified-Since is not looked at */
		{ METHOD_PUT, "\"a\"", OLD, NULL, NULL, CONDITION_MET },
		{ METHOD_PUT, "\"b\"", LATER, NULL, NULL, CONDITION_FAILED },
		/* the same of If-None-Match and If-Modified-Since */
		{ METHOD_GET, NULL, NULL, "\"b\"", LATER, CONDITION_MET },
		{ METHOD_GET, NULL, NULL, "\"a\"", OLD, CONDITION_UNCHANGED },
		{ METHOD_GET, "\"a\"", NULL, "\"a\"", NULL,
		    CONDITION_UNCHANGED },
		{ METHOD_GET, "\"b\"", NULL, "\"a\"", NULL, CONDITION_FAILED },
		{ METHOD_GET, NULL, OLD, "\"a\"", NULL, CONDITION_FAILED },
	};

	(void)state;
	JUDGE(rows, &file);
}

static void
what_is_not_there_matches_nothing(void **state)
{
	static const struct row rows[] = {
		{ METHOD_PUT, "*", NULL, NULL, NULL, CONDITION_FAILED },
		{ METHOD_PUT, "\"a\"", NULL, NULL, NULL, CONDITION_FAILED },
		{ METHOD_PUT, NULL, NULL, "*", NULL, CONDITION_MET },
		{ METHOD_PUT, NULL, OLD, NULL, NULL, CONDITION_MET },
		{ METHOD_PUT, NULL, NULL, NULL, NULL, CONDITION_MET },
	};

	(void)state;
	JUDGE(rows, &nothing);
}

static void
it_is_known_whether_there_is_a_condition(void **state)
{
	struct request req = { .method = METHOD_PUT };

	(void)state;
	assert_false(condition_asked(&req));
	req.param[PARAM_IF_UNMODIFIED_SINCE] = STR(EXACT);
	assert_true(condition_asked(&req));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_are_unchanged_where_writes_fail),
		cmocka_unit_test(a_match_must_be_strong),
		cmocka_unit_test(dates_are_judged_by_the_second),
		cmocka_unit_test(
		    tags_go_before_dates_and_matches_before_the_rest),
		cmocka_unit_test(what_is_not_there_matches_nothing),
		cmocka_unit_test(it_is_known_whether_there_is_a_condition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
