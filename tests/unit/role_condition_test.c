/* Row filters of a role as conditions on a table: every value bound, as what
 * its column holds, and nothing at all where one cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/services/db/role_condition.h"
#include "middleware/registry/lookup_text.h"
#include "middleware/registry/row_filters.h"
#include "tests/support/filter_shown.h"
#include "tests/support/filter_table.h"

static struct arena arena;

static bool
find(const void *ctx, struct arena *a, struct str name, struct str *value)
{
	static const struct {
		const char *name;
		struct str value;
	} known[] = {
		{ "user.id", { "7", 1 } },
		{ "user.null", { "null", 4 } },
		{ "user.list", { "a,b", 3 } },
		{ "user.quoted", { "'x'", 3 } },
		{ "user.all", { "%", 1 } },
		{ "user.slash", { "\\", 1 } },
		{ "user.braces", { "{user.id}", 9 } },
		{ "region", { "north", 5 } },
		{ "regions", { "a,b", 3 } },
		{ "empty", { "", 0 } },
		{ "nul", { "a\0b", 3 } },
	};

	(void)ctx; /* none */
	(void)a;   /* nothing is made */
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		*value = known[i].value;
		if (str_eq(name, str_of(known[i].name)))
			return true;
	}
	return false;
}

static const struct lookup_source lookups = { .find = find,
	.modifiers = { "trim,strtoupper", 15 } };

static struct str
made(const char *filters, const char *op, struct str alias)
{
	struct role_condition_order order = {
		.filters =
		    row_filters_read(&arena, str_of(filters), str_of(op)),
		.table = &filter_table,
		.quote = '`',
		.alias = alias,
		.lookups = &lookups,
	};
	struct condition condition;
	struct error err = { .text = "" };

	assert_non_null(order.filters);
	if (role_condition_make(&arena, &order, &condition, &err) == ST_OK)
		return filter_condition_shown(&arena, &condition);
	return arena_printf(&arena, "! %s", err.text);
}

static void
expect(const char *filters, const char *shown)
{
	struct str got = made(filters, NULL, STR_NULL);

	if (!str_eq(got, str_of(shown)))
		fail_msg("%s\n  becomes %.*s\n  instead of %s", filters,
		    STR_ARG(got), shown);
}

#define ON(name, op, value)                                                    \
	"[{\"name\":\"" name "\",\"operator\":\"" op "\",\"value\":" value "}" \
	"]"

static void
values_are_what_the_column_holds(void **state)
{
	(void)state;
	expect(ON("id", "=", "7"), "id = 7");
	expect(ON("id", "=", "\"7\""), "id = 7");
	expect(ON("ID", "!=", "\"'7'\""), "id <> 7");
	expect(ON("id", ">", "1.5"), "id > 1.5");
	expect(ON("big", ">=", "18446744073709551615"),
	    "big >= 18446744073709551615u");
	expect(ON("name", "=", "7"), "name = '7'");
	expect(ON("name", "=", "\"x\""), "name = 'x'");
	expect(ON("name", "=", "\" x \""), "name = 'x'");
	expect(ON("name", "=", "\"' x '\""), "name = ' x '");
	expect(ON("name", "=", "\"\\\"x\\\"\""), "name = 'x'");
	expect(ON("name", "=", "\"\""), "name = ''");
	expect(ON("name", "=", "\"''\""), "name = ''");
	expect(ON("price", "<", "1.10"), "price < <1.10>");
	expect(ON("truth", "=", "true"), "truth = true");
	expect(ON("truth", "=", "\"0\""), "truth = false");
	expect(ON("day", ">", "\"2024-02-29\""), "day > '2024-02-29'");
	expect(ON("loose", "=", "7"), "loose = 7");
	expect(ON("loose", "=", "\"7\""), "loose = 7");
	expect(ON("loose", "=", "\"'7'\""), "loose = '7'");
}

/* A value is never read as more of the filter. */
static void
a_value_is_only_a_value(void **state)
{
	(void)state;
	expect(ON("name", "=", "\"x' or 'a'='a\""), "name = 'x' or 'a'='a'");
	expect(ON("name", "=", "\"rock and roll\""), "name = 'rock and roll'");
	expect(ON("name", "=", "\"'x' or 1=1\""), "name = ''x' or 1=1'");
	expect(ON("name", "=", "\":i\""), "name = ':i'");
	expect(ON("name", "=", "\"(SELECT 1)\""), "name = '(SELECT 1)'");
	expect(ON("name", "in", "[\"x','y\"]"), "name IN ('x','y')");
}

static void
null_is_asked_for_with_is(void **state)
{
	(void)state;
	expect(ON("name", "is null", "\"\""), "name IS NULL");
	expect(ON("name", "is not null", "null"), "name IS NOT NULL");
	expect(ON("name", "=", "null"), "name IS NULL");
	expect(ON("name", "!=", "null"), "name IS NOT NULL");
	expect(ON("name", "=", "\"null\""), "name IS NULL");
	expect(ON("name", "=", "\"'null'\""), "name = 'null'");
	expect(ON("id", "in", "[1,null]"), "(id IN (1) OR id IS NULL)");
	expect(ON("id", "not in", "[1,null]"),
	    "(id NOT IN (1) AND id IS NOT NULL)");
	expect(ON("id", "not in", "[null]"), "id IS NOT NULL");
}

static void
lists_are_arrays_or_texts(void **state)
{
	(void)state;
	expect(ON("id", "in", "[1,\"2\",3]"), "id IN (1, 2, 3)");
	expect(ON("id", "in", "\"1, 2\""), "id IN (1, 2)");
	expect(ON("id", "not in", "\"(1,2)\""), "id NOT IN (1, 2)");
	expect(ON("id", "in", "5"), "id IN (5)");
	expect(ON("name", "in", "\"a b,'c,d'\""), "name IN ('a b', 'c,d')");
	expect(ON("name", "in", "\"a) or (b\""),
	    "! The list is not well formed. Position 3.");
	expect(ON("name", "in", "\"(a\""),
	    "! The list is not well formed. Position 3.");
	expect(ON("name", "in", "\"(a) b\""),
	    "! Text follows the list. Position 5.");
	expect(ON("name", "in", "\"\""),
	    "! Invalid or unparsable filter request. A value is missing. "
	    "Position 1.");
	expect(ON("name", "in", "\"a,:i\""),
	    "! Parameter ':i' of the filter is not among 'params'. "
	    "Position 3.");
}

static void
texts_are_looked_for_literally(void **state)
{
	(void)state;
	expect(
	    ON("name", "starts with", "\"a%\""), "name LIKE 'a!%%' ESCAPE '!'");
	expect(ON("name", "not ends with", "\"a_\""),
	    "name NOT LIKE '%a!_' ESCAPE '!'");
	expect(ON("name", "contains", "7"), "name LIKE '%7%' ESCAPE '!'");
	expect(ON("name", "like", "\"a%b\""), "name LIKE 'a%b' ESCAPE '!'");
	expect(ON("name", "not like", "\"'a b'\""),
	    "name NOT LIKE 'a b' ESCAPE '!'");
}

static void
what_cannot_be_applied_is_no_condition(void **state)
{
	(void)state;
	expect(ON("owner", "=", "1"), "! the table has no field \"owner\"");
	expect(ON("id = 1 or id", "=", "1"),
	    "! the table has no field \"id = 1 or id\"");
	expect(ON("`id`", "=", "1"), "! the table has no field \"`id`\"");
	expect(ON("id", "=", "\"seven\""),
	    "! Field 'id' must be a valid integer. Position 1.");
	expect(ON("id", "=", "1.0000000000000001"),
	    "! Field 'id' must be a valid integer. Position 1.");
	expect(ON("id", "<", "null"),
	    "! Invalid or unparsable filter request. Nothing is less or more "
	    "than null. Position 1.");
	expect(ON("raw", "contains", "\"x\""),
	    "! Field 'raw' is binary, and has no text to look into. "
	    "Position 1.");
}

static void
lookups_become_their_values(void **state)
{
	(void)state;
	expect(ON("id", "=", "\"{user.id}\""), "id = 7");
	expect(ON("name", "=", "\"{user.id}\""), "name = '7'");
	expect(ON("loose", "=", "\"{user.id}\""), "loose = 7");
	expect(
	    ON("name", "=", "\"x-{user.id}-{region}\""), "name = 'x-7-north'");
	expect(ON("name", "=", "\"'{region}'\""), "name = 'north'");
	expect(ON("name", "=", "\"{strtoupper(region)}\""), "name = 'NORTH'");
	expect(ON("name", "starts with", "\"{region}\""),
	    "name LIKE 'north%' ESCAPE '!'");
	expect(ON("id", "in", "[1,\"{user.id}\"]"), "id IN (1, 7)");
	expect(ON("id", "in", "\"1,{user.id}\""), "id IN (1, 7)");
	expect(ON("id", "not in", "\"({user.id})\""), "id NOT IN (7)");
	expect(ON("name", "is null", "\"{nix}\""), "name IS NULL");
}

/* A user may be called what other users are not. */
static void
a_value_that_users_write_opens_no_more_than_itself(void **state)
{
	(void)state;
	expect(ON("name", "=", "\"{user.null}\""), "name = 'null'");
	expect(ON("name", "!=", "\"{user.null}\""), "name <> 'null'");
	expect(ON("name", "in", "\"{user.null}\""), "name IN ('null')");
	expect(ON("name", "in", "\"{user.list}\""), "name IN ('a,b')");
	expect(ON("name", "in", "\"({user.list})\""), "name IN ('a,b')");
	expect(ON("name", "in", "\"x,{user.list}\""), "name IN ('x', 'a,b')");
	expect(ON("name", "in", "\"{trim(user.list)}\""), "name IN ('a,b')");
	expect(ON("name", "in", "[\"{user.list}\"]"), "name IN ('a,b')");
	expect(ON("name", "=", "\"{user.quoted}\""), "name = ''x''");
	expect(
	    ON("name", "like", "\"{user.all}\""), "name LIKE '!%' ESCAPE '!'");
	expect(ON("name", "like", "\"{user.all}%\""),
	    "name LIKE '!%%' ESCAPE '!'");
	expect(ON("name", "like", "\"{user.slash}%\""),
	    "name LIKE '\\%' ESCAPE '!'");
	expect(ON("name", "contains", "\"{user.all}\""),
	    "name LIKE '%!%%' ESCAPE '!'");
	expect(ON("truth", "=", "\"{user.null}\""),
	    "! Field 'truth' must be true or false. Position 1.");
	expect(ON("name", "=", "\"{user.braces}\""), "name = '{user.id}'");
}

/* Those that administrators keep may be a list where nothing else is. */
static void
a_list_may_be_a_lookup(void **state)
{
	(void)state;
	expect(ON("name", "in", "\"{regions}\""), "name IN ('a', 'b')");
	expect(ON("name", "in", "\" ( {regions} ) \""), "name IN ('a', 'b')");
	expect(ON("name", "in", "\"{strtoupper(regions)}\""),
	    "name IN ('A', 'B')");
	expect(ON("name", "in", "\"x,{regions}\""), "name IN ('x', 'a,b')");
	expect(ON("name", "in", "[\"{regions}\"]"), "name IN ('a,b')");
	expect(ON("id", "in", "\"{regions}\""),
	    "! Field 'id' must be a valid integer. Position 1.");
}

static void
what_has_no_value_opens_nothing(void **state)
{
	(void)state;
	expect(ON("name", "=", "\"{nix}\""),
	    "! the lookup {nix} has no value here");
	expect(ON("name", "!=", "\"{nix}\""),
	    "! the lookup {nix} has no value here");
	expect(ON("name", "in", "\"{nix}\""),
	    "! the lookup {nix} has no value here");
	expect(ON("name", "in", "[\"a\",\"{nix}\"]"),
	    "! the lookup {nix} has no value here");
	expect(ON("name", "not in", "[\"a\",\"{user.name}\"]"),
	    "! the lookup {user.name} has no value here");
	expect(ON("name", "contains", "\"{empty}\""),
	    "! the lookup {empty} has no value here");
	expect(ON("name", "=", "\"{nul}\""),
	    "! the lookup {nul} has no value here");
	expect(ON("name", "=", "\"{system(region)}\""),
	    "! the lookup {system(region)} has no value here");
}

static void
filters_are_joined_as_the_row_says(void **state)
{
	static const char two[] =
	    "[{\"name\":\"id\",\"operator\":\"=\",\"value\":1},"
	    "{\"name\":\"name\",\"operator\":\"in\",\"value\":[null,\"x\"]}]";

	(void)state;
	assert_true(str_eq(made(two, "and", STR_NULL),
	    STR("id = 1 AND (name IN ('x') OR name IS NULL)")));
	assert_true(str_eq(made(two, "OR", STR_NULL),
	    STR("id = 1 OR (name IN ('x') OR name IS NULL)")));
	assert_true(str_eq(made(two, "OR", STR("r")),
	    STR("r.id = 1 OR (r.name IN ('x') OR r.name IS NULL)")));
}

static void
two_conditions_may_both_have_to_hold(void **state)
{
	static const struct db_value seven = { .type = DB_INT, .i = 7 };
	static const struct condition a = { { "a = ? OR b", 10 }, &seven, 1 };
	static const struct condition c = { { "c", 1 }, NULL, 0 };
	const struct condition *both = role_condition_both(&arena, &a, &c);

	(void)state;
	assert_null(role_condition_both(&arena, NULL, NULL));
	assert_ptr_equal(role_condition_both(&arena, &a, NULL), &a);
	assert_ptr_equal(role_condition_both(&arena, NULL, &c), &c);
	assert_true(str_eq(
	    filter_condition_shown(&arena, both), STR("(a = 7 OR b) AND (c)")));
}

static int
open_arena(void **state)
{
	(void)state;
	arena_init(&arena, 65536);
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
		cmocka_unit_test(values_are_what_the_column_holds),
		cmocka_unit_test(a_value_is_only_a_value),
		cmocka_unit_test(null_is_asked_for_with_is),
		cmocka_unit_test(lists_are_arrays_or_texts),
		cmocka_unit_test(texts_are_looked_for_literally),
		cmocka_unit_test(what_cannot_be_applied_is_no_condition),
		cmocka_unit_test(lookups_become_their_values),
		cmocka_unit_test(
		    a_value_that_users_write_opens_no_more_than_itself),
		cmocka_unit_test(a_list_may_be_a_lookup),
		cmocka_unit_test(what_has_no_value_opens_nothing),
		cmocka_unit_test(filters_are_joined_as_the_row_says),
		cmocka_unit_test(two_conditions_may_both_have_to_hold),
	};

	return cmocka_run_group_tests_name(
	    "role condition", tests, open_arena, close_arena);
}
