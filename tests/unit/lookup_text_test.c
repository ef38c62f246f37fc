/* Lookups in texts: where they stand, and what functions make of values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/lookup_modifier.h"
#include "middleware/registry/lookup_text.h"

static struct arena arena;

static bool
find(const void *ctx, struct arena *a, struct str name, struct str *value)
{
	static const char *const known[][2] = {
		{ "region", "north" },
		{ "user.id", "7" },
		{ "a.b", "dotted" },
		{ "full", "JANE doe" },
		{ "braces", "{region}" },
		{ "coded", "bm9ydGg=" },
		{ "odd", "a b&~/\xc3\xa9" },
		{ "blank", "  x " },
		{ "empty", "" },
		{ "trim.x", "whole" },
	};

	(void)ctx; /* none */
	(void)a;   /* nothing is made */
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		*value = str_of(known[i][1]);
		if (str_eq(name, str_of(known[i][0])))
			return true;
	}
	return false;
}

static struct lookup_source
source(const char *modifiers)
{
	return (struct lookup_source){ .find = find,
		.modifiers = str_of(modifiers) };
}

#define ALL                                                                    \
	"strtoupper,strtolower, ucfirst ,lcfirst,ucwords,urlencode,urldecode," \
	"rawurlencode,rawurldecode,base64_encode,base64_decode,trim"

static void
expect(const char *modifiers, const char *text, const char *filled)
{
	struct lookup_source s = source(modifiers);
	struct str got = lookup_text_fill(&arena, &s, str_of(text));

	if (!str_eq(got, str_of(filled)))
		fail_msg("%s\n  becomes %.*s\n  instead of %s", text,
		    STR_ARG(got), filled);
}

static void
names_become_their_values(void **state)
{
	(void)state; /* none */
	expect(ALL, "", "");
	expect(ALL, "plain", "plain");
	expect(ALL, "{region}", "north");
	expect(ALL, "x{region}y{user.id}", "xnorthy7");
	expect(ALL, "{ region }", "north");
	expect(ALL, "{{region}}", "{north}");
	expect(ALL, "{a{region}", "{anorth");
	expect(ALL, "{a.b}{empty}", "dotted");
	expect(ALL, "{braces}", "{region}");
}

static void
what_has_no_value_stays(void **state)
{
	static const char *const same[] = { "{", "}", "{}", "}{", "{nix}",
		"{ }", "{user.name}", "{\"a\":1}", "{region", "region}",
		"{strtoupper(nix)}", "{system(region)}", "{strtoupper(region}",
		"{strtoupper()}", "{.region}", "{(region)}" };

	(void)state; /* none */
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		expect(ALL, same[i], same[i]);
}

static void
functions_are_applied_as_php_has_them(void **state)
{
	(void)state; /* none */
	expect(ALL, "{strtoupper(region)}", "NORTH");
	expect(ALL, "{strtoupper.region}", "NORTH");
	expect(ALL, "{ strtoupper ( region ) }", "NORTH");
	expect(ALL, "{strtoupper(a.b)}{strtoupper.a.b}", "DOTTEDDOTTED");
	expect(ALL, "{strtolower(full)}", "jane doe");
	expect(ALL, "{ucfirst(region)}", "North");
	expect(ALL, "{lcfirst(full)}", "jANE doe");
	expect(ALL, "{ucwords(full)}", "JANE Doe");
	expect(ALL, "{urlencode(odd)}", "a+b%26%7E%2F%C3%A9");
	expect(ALL, "{rawurlencode(odd)}", "a%20b%26~%2F%C3%A9");
	expect(ALL, "{base64_encode(region)}", "bm9ydGg=");
	expect(ALL, "{base64_decode(coded)}", "north");
	expect(ALL, "{base64_decode(full)}", "{base64_decode(full)}");
	expect(ALL, "{trim(blank)}", "x");
	expect(ALL, "{trim.x}", "whole");
}

static void
only_functions_that_are_allowed_are(void **state)
{
	(void)state; /* none */
	expect("trim", "{strtoupper(region)}", "{strtoupper(region)}");
	expect("", "{trim(blank)}", "{trim(blank)}");
	expect("system,exec", "{system(region)}", "{system(region)}");
	assert_true(lookup_modifiers_check(STR(ALL)));
	assert_true(lookup_modifiers_check(STR("")));
	assert_false(lookup_modifiers_check(STR("trim,system")));
	assert_false(lookup_modifiers_check(STR("trim,,ucfirst")));
}

static void
the_name_is_told_from_its_function(void **state)
{
	struct lookup_source s = source(ALL);
	struct str expression;

	(void)state; /* none */
	assert_true(
	    str_eq(lookup_text_name(&s, STR("trim(user.id)")), STR("user.id")));
	assert_true(
	    str_eq(lookup_text_name(&s, STR("trim.user.id")), STR("user.id")));
	assert_true(
	    str_eq(lookup_text_name(&s, STR(" user.id ")), STR("user.id")));
	assert_true(lookup_is_built_in(STR("user.id")));
	assert_false(lookup_is_built_in(STR("user")));
	assert_false(lookup_is_built_in(STR("users.id")));
	assert_true(lookup_text_is_one(STR("{a}"), &expression));
	assert_true(str_eq(expression, STR("a")));
	assert_false(lookup_text_is_one(STR("{a}{b}"), &expression));
	assert_false(lookup_text_is_one(STR("x{a}"), &expression));
	assert_false(lookup_text_is_one(STR(""), &expression));
	assert_false(lookup_text_any(STR("{} } {")));
	assert_true(lookup_text_any(STR("{} {x}")));
}

static int
setup(void **state)
{
	(void)state; /* none */
	arena_init(&arena, 4096);
	return 0;
}

static int
teardown(void **state)
{
	(void)state; /* none */
	arena_close(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_their_values),
		cmocka_unit_test(what_has_no_value_stays),
		cmocka_unit_test(functions_are_applied_as_php_has_them),
		cmocka_unit_test(only_functions_that_are_allowed_are),
		cmocka_unit_test(the_name_is_told_from_its_function),
	};

	return cmocka_run_group_tests_name(
	    "lookup_text", tests, setup, teardown);
}
