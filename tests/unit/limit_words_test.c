#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "middleware/registry/limit_words.h"

static void
types_are_read_with_and_without_instance(void **state)
{
	enum limit_type type;

	(void)state;
	for (int i = LIMIT_INSTANCE; i < LIMIT_TYPES; i++) {
		struct str name = limit_type_name((enum limit_type)i);

		assert_int_equal(limit_type_parse(name, &type, NULL), ST_OK);
		assert_int_equal(type, i);
		if (i == LIMIT_INSTANCE)
			continue;
		name = str_skip(name, strlen("instance."));
		assert_int_equal(limit_type_parse(name, &type, NULL), ST_OK);
		assert_int_equal(type, i);
	}
	assert_int_equal(
	    limit_type_parse(STR("Each_User"), &type, NULL), ST_OK);
	assert_int_equal(type, LIMIT_EACH_USER);
	assert_int_equal(limit_type_parse(STR(""), &type, NULL), ST_INVALID);
	assert_int_equal(
	    limit_type_parse(STR("user.role"), &type, NULL), ST_INVALID);
}

/* A type's name is the list of what it is about. */
static void
a_type_is_about_what_its_name_says(void **state)
{
	(void)state;
	for (int i = LIMIT_INSTANCE; i < LIMIT_TYPES; i++) {
		const struct limit_scope *scope =
		    limit_scope((enum limit_type)i);
		const char *name = limit_type_name((enum limit_type)i).p;

		assert_int_equal(scope->app, strstr(name, ".app") != NULL);
		assert_int_equal(scope->user, strstr(name, ".user") != NULL);
		assert_int_equal(
		    scope->each_user, strstr(name, ".each_user") != NULL);
		assert_int_equal(scope->role, strstr(name, ".role") != NULL);
		assert_int_equal(
		    scope->service, strstr(name, ".service") != NULL);
		assert_int_equal(
		    scope->endpoint, strstr(name, ".endpoint") != NULL);
	}
}

static void
algorithms_are_read(void **state)
{
	static const struct {
		const char *text;
		enum status st;
		enum cache_algorithm algorithm;
	} cases[] = {
		{ "fixed", ST_OK, CACHE_FIXED },
		{ "default", ST_OK, CACHE_FIXED },
		{ "", ST_OK, CACHE_FIXED },
		{ "Sliding", ST_OK, CACHE_SLIDING },
		{ "gcra", ST_OK, CACHE_GCRA },
		{ "bucket", ST_INVALID, CACHE_FIXED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum cache_algorithm got = CACHE_GCRA;

		assert_int_equal(
		    limit_algorithm_parse(str_of(cases[i].text), &got, NULL),
		    cases[i].st);
		assert_int_equal(got, cases[i].algorithm);
	}
}

static void
a_verb_is_one_or_all(void **state)
{
	static const struct {
		const char *text;
		enum status st;
		unsigned verb;
	} cases[] = {
		{ "GET", ST_OK, 1 },
		{ "delete", ST_OK, 16 },
		{ "all", ST_OK, 0 },
		{ "", ST_OK, 0 },
		{ NULL, ST_OK, 0 },
		{ "none", ST_INVALID, 0 },
		{ "GET,POST", ST_INVALID, 0 },
		{ "LOOK", ST_INVALID, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error err = { 0 };
		unsigned got = 7;

		assert_int_equal(
		    limit_verb_parse(str_of(cases[i].text), &got, &err),
		    cases[i].st);
		assert_int_equal(got, cases[i].verb);
		assert_true(cases[i].st == ST_OK ||
			    strstr(err.text, cases[i].text) != NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_read_with_and_without_instance),
		cmocka_unit_test(a_type_is_about_what_its_name_says),
		cmocka_unit_test(algorithms_are_read),
		cmocka_unit_test(a_verb_is_one_or_all),
	};

	return cmocka_run_group_tests_name("limit_words", tests, NULL, NULL);
}
