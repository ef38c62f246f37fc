/* Values that a client wishes to have another type. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/services/db/value/cast.h"
#include "app/services/db/value/value.h"

#define TEXT(t)                                                                \
	{                                                                      \
		.type = DB_TEXT, .s = { t, sizeof(t) - 1 }                     \
	}
#define NUMBER(t)                                                              \
	{                                                                      \
		.type = DB_NUMBER, .s = { t, sizeof(t) - 1 }                   \
	}
#define INTEGER(n)                                                             \
	{                                                                      \
		.type = DB_INT, .i = n                                         \
	}
#define REAL(n)                                                                \
	{                                                                      \
		.type = DB_REAL, .d = n                                        \
	}

static const struct {
	const char *type;
	struct db_value value;
	const char *json;
} cases[] = {
	{ "int", TEXT("12"), "12" },
	{ "Integer", TEXT("-1.9"), "-1" },
	{ "int", TEXT(" 7e2 "), "700" },
	{ "int", TEXT("x"), "\"x\"" },
	{ "int", TEXT(""), "\"\"" },
	{ "int", NUMBER("2.999"), "2" },
	{ "int", REAL(-2.5), "-2" },
	{ "int", REAL(1e300), "1e+300" },
	{ "int", NUMBER("1e999"), "1e999" },
	{ "int", { .type = DB_UINT, .u = UINT64_MAX }, "18446744073709551615" },
	{ "int", { .type = DB_BOOL, .i = 1 }, "1" },
	{ "int", { .type = DB_NULL }, "null" },
	{ "int", { .type = DB_BLOB, .s = { "1", 1 } }, "\"MQ==\"" },
	{ "decimal", TEXT("1.10"), "1.10" },
	{ "double", TEXT("0x1"), "\"0x1\"" },
	{ "float", INTEGER(3), "3" },
	{ "money", NUMBER("1.00"), "1.00" },
	{ "bool", INTEGER(0), "false" },
	{ "boolean", INTEGER(-2), "true" },
	{ "bool", NUMBER("0.00"), "false" },
	{ "bool", REAL(0.5), "true" },
	{ "bool", TEXT("yes"), "true" },
	{ "bool", TEXT("off"), "false" },
	{ "bool", TEXT("perhaps"), "\"perhaps\"" },
	{ "string", INTEGER(5), "\"5\"" },
	{ "string", NUMBER("5.00"), "\"5.00\"" },
	{ "text", { .type = DB_BOOL, .i = 1 }, "\"1\"" },
	{ "string", REAL(0.1), "\"0.1\"" },
	{ "string", TEXT("5"), "\"5\"" },
	{ "datetime", TEXT("5"), "\"5\"" },
	{ "", INTEGER(5), "5" },
};

static void
a_value_becomes_what_it_can_be(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 4096);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = buf_in(&a);
		struct db_value v = cast_value(
		    &a, cast_of(str_of(cases[i].type)), &cases[i].value);

		value_put(&out, &v);
		if (!str_eq(buf_str(&out), str_of(cases[i].json)))
			fail_msg("%s: %.*s instead of %s", cases[i].type,
			    STR_ARG(buf_str(&out)), cases[i].json);
	}
	arena_close(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_becomes_what_it_can_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
