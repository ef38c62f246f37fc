#include "middleware/etag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void
tags_are_compared_weakly(void **state)
{
	static const struct {
		const char *field;
		bool listed;
	} rows[] = {
		{ NULL, false },
		{ "\"a\"", true },
		{ "W/\"a\"", true },
		{ "\"b\", \"a\"", true },
		{ "*", true },
		{ "\"b\"", false },
		{ "a", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
		    etag_listed(str_of(rows[i].field), STR("\"a\"")),
		    rows[i].listed);
}

static void
a_precondition_compares_strongly(void **state)
{
	static const struct {
		const char *field;
		bool matched;
	} rows[] = {
		{ NULL, false },
		{ "", false },
		{ "\"a\"", true },
		{ "W/\"a\"", false },
		{ "W/\"a\", \"a\"", true },
		{ "\"b\",\"a\"", true },
		{ "*", true },
		{ "\"b\"", false },
		{ "a", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
		    etag_matched(str_of(rows[i].field), STR("\"a\"")),
		    rows[i].matched);
}

static void
a_tag_is_a_quoted_digest(void **state)
{
	uint8_t bytes[DIGEST_BYTES] = { 0xab };
	char text[ETAG_BYTES];
	struct str etag = etag_write(bytes, text);

	(void)state;
	assert_int_equal(etag.n, ETAG_BYTES);
	assert_true(str_starts(etag, STR("\"ab00")));
	assert_true(str_ends(etag, STR("00\"")));
	assert_false(etag_matched(STR(","), STR_NULL));
	assert_false(etag_listed(STR(""), STR_NULL));
	assert_true(etag_matched(STR("*"), STR_NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_are_compared_weakly),
		cmocka_unit_test(a_precondition_compares_strongly),
		cmocka_unit_test(a_tag_is_a_quoted_digest),
	};

	return cmocka_run_group_tests_name("etag", tests, NULL, NULL);
}
