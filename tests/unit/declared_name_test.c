#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "middleware/registry/declared_name.h"

struct declaring_case {
	const char *name;
	enum noun noun;
	const char *thing; /* NULL: declares nothing */
};

static void
one_field_of_each_noun_declares(void **state)
{
	static const struct declaring_case cases[] = {
		{ "SERVICE_SHOP_TYPE", NOUN_SERVICE, "SHOP" },
		{ "SERVICE_a_b_TYPE", NOUN_SERVICE, "a_b" },
		{ "ROLE_READER_ACCESS", NOUN_ROLE, "READER" },
		{ "KEY_SHOP_HASH", NOUN_APP, "SHOP" },
		{ "SERVICE_TYPE", NOUN_SERVICE, NULL },
		{ "SERVICE__TYPE", NOUN_SERVICE, NULL },
		{ "SERVICE_SHOP_type", NOUN_SERVICE, NULL },
		{ "SERVICE_SHOP_HASH", NOUN_SERVICE, NULL },
		{ "SERVICES_SHOP_TYPE", NOUN_SERVICE, NULL },
		{ "KEY_SHOP_ACCESS", NOUN_APP, NULL },
		{ "SERVICE_", NOUN_SERVICE, NULL },
		{ "", NOUN_SERVICE, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct declared_thing thing = { 0 };
		bool declares =
		    declared_name_declares(str_of(cases[i].name), &thing);

		assert_int_equal(declares, cases[i].thing != NULL);
		if (!declares)
			continue;
		assert_int_equal(thing.noun, cases[i].noun);
		assert_true(str_eq(thing.name, str_of(cases[i].thing)));
	}
}

/* "shop" has ttl and cache_ttl, all others ttl only. */
static bool
knows(const struct declared_thing *thing, struct str field)
{
	return str_eq_nocase(field, STR("ttl")) ||
	       (str_eq(thing->name, STR("SHOP")) &&
		   str_eq_nocase(field, STR("cache_ttl")));
}

static struct declared_thing things[] = {
	{ .noun = NOUN_SERVICE, .name = { "SHOP", 4 } },
	{ .noun = NOUN_SERVICE, .name = { "CRM", 3 } },
	{ .noun = NOUN_SERVICE, .name = { "CRM_OLD", 7 } },
	{ .noun = NOUN_ROLE, .name = { "SHOP", 4 } },
	{ .noun = NOUN_SERVICE, .name = { "SHOP_CACHE", 10 } },
};

#define ALL (sizeof(things) / sizeof(things[0]))

static struct declared_about
about(const char *name, size_t n)
{
	return declared_name_about(str_of(name), things, n, knows);
}

static void
the_thing_that_knows_the_field_is_meant(void **state)
{
	struct declared_about a = about("SERVICE_SHOP_CACHE_TTL", ALL - 1);

	(void)state;
	assert_ptr_equal(a.thing, &things[0]);
	assert_true(str_eq(a.field, STR("CACHE_TTL")));
	assert_true(a.known);
	assert_null(a.other);
	a = about("SERVICE_CRM_OLD_TTL", ALL);
	assert_ptr_equal(a.thing, &things[2]);
	a = about("SERVICE_crm_TTL", ALL);
	assert_ptr_equal(a.thing, &things[1]);
	a = about("ROLE_SHOP_TTL", ALL);
	assert_ptr_equal(a.thing, &things[3]);
}

static void
what_may_mean_two_things_names_both(void **state)
{
	struct declared_about a = about("SERVICE_SHOP_CACHE_TTL", ALL);

	(void)state;
	assert_true(a.known);
	assert_ptr_equal(a.thing, &things[0]);
	assert_ptr_equal(a.other, &things[4]);
}

static void
an_unknown_field_is_said_of_the_longest_name(void **state)
{
	struct declared_about a = about("SERVICE_CRM_OLD_NIX", ALL);

	(void)state;
	assert_false(a.known);
	assert_ptr_equal(a.thing, &things[2]);
	assert_true(str_eq(a.field, STR("NIX")));
}

static void
what_belongs_to_nothing_is_about_nothing(void **state)
{
	static const char *const names[] = { "SERVICE_NIX_TTL", "SERVICE_SHOP",
		"SERVICE_SHOP_", "SERVICE_SHOPS_TTL", "ROLE_CRM_TTL",
		"KEY_SHOP_TTL", "SERVICE_", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_null(about(names[i], ALL).thing);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_field_of_each_noun_declares),
		cmocka_unit_test(the_thing_that_knows_the_field_is_meant),
		cmocka_unit_test(what_may_mean_two_things_names_both),
		cmocka_unit_test(an_unknown_field_is_said_of_the_longest_name),
		cmocka_unit_test(what_belongs_to_nothing_is_about_nothing),
	};

	return cmocka_run_group_tests_name("declared_name", tests, NULL, NULL);
}
