#include "middleware/stages/conditional.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_are_compared_weakly),
	};

	return cmocka_run_group_tests_name("conditional", tests, NULL, NULL);
}
