#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "middleware/registry/cors_records.h"
#include "middleware/registry/cors_rules.h"

struct fixture {
	struct arena arena;
	struct cors_rules rules;
};

static int
setup(void **state)
{
	static struct fixture fix;

	arena_init(&fix.arena, 1024);
	fix.rules = (struct cors_rules){ 0 };
	*state = &fix;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *fix = *state;

	cors_rules_close(&fix->rules);
	arena_close(&fix->arena);
	return 0;
}

static struct cors_record
a_record(const char *path, const char *origin)
{
	return (struct cors_record){ .path = str_of(path),
		.origin = str_of(origin),
		.verb_mask = 3,
		.enabled = true };
}

/* The path of the rule that a path of the URL finds. */
static struct str
found(const struct fixture *fix, const char *path)
{
	const struct cors_rule *rule =
	    cors_rule_find(&fix->rules, str_of(path));

	return rule == NULL ? STR_NULL : rule->path;
}

static void
build(struct fixture *fix, const struct cors_record *records, size_t n)
{
	cors_rules_close(&fix->rules);
	cors_rules_build(&fix->rules, &fix->arena, records, n);
}

static void
no_records_are_no_rule(void **state)
{
	struct fixture *fix = *state;

	build(fix, NULL, 0);
	assert_true(str_is_null(found(fix, "/api/v2/db")));
}

static void
the_longest_path_that_matches_counts(void **state)
{
	struct fixture *fix = *state;
	const struct cors_record records[] = { a_record("*", "*"),
		a_record("api/v2/db/*", "*"),
		a_record("/api/v2/db/_table/*", "*"),
		a_record("^/API/v2/(db|shop)/_schema$", "*") };

	build(fix, records, 4);
	assert_true(str_eq(found(fix, "/api/v2/shop"), STR("*")));
	assert_true(
	    str_eq(found(fix, "/api/v2/db/_schema/x"), STR("api/v2/db/*")));
	assert_true(str_eq(
	    found(fix, "/api/v2/db/_table/x"), STR("api/v2/db/_table/*")));
	assert_true(str_eq(found(fix, "/api/v2/shop/_schema"),
	    STR("^/API/v2/(db|shop)/_schema$")));
	assert_true(str_eq(found(fix, "/api/v2/dbx"), STR("*")));
	assert_true(str_eq(found(fix, "/api/v2/db"), STR("api/v2/db/*")));
	assert_true(
	    str_eq(found(fix, "/api/v2/db/_TABLE"), STR("api/v2/db/_table/*")));
}

static void
a_path_without_a_star_is_just_that_path(void **state)
{
	struct fixture *fix = *state;
	const struct cors_record records[] = { a_record("api/v2/db", "*"),
		a_record("api/*/_table/*/x", "*") };

	build(fix, records, 2);
	assert_true(str_eq(found(fix, "/api/v2/db"), STR("api/v2/db")));
	assert_true(str_is_null(found(fix, "/api/v2/db/")));
	assert_true(str_eq(found(fix, "/api/v2/DB"), STR("api/v2/db")));
	assert_false(str_is_null(found(fix, "/api/v2/db/_table/a/b/x")));
	assert_true(str_is_null(found(fix, "/api/v2/db/_table/a/b/y")));
}

static void
what_is_switched_off_or_broken_matches_nothing(void **state)
{
	struct fixture *fix = *state;
	struct cors_record records[] = { a_record("*", "*"),
		a_record("^(", "*"), a_record("^/(a)\\1", "*") };

	records[0].enabled = false;
	build(fix, records, 3);
	assert_int_equal(fix->rules.n, 0);
	assert_true(str_is_null(found(fix, "/(")));
}

static void
origins_match_as_a_whole(void **state)
{
	static const struct {
		const char *list;
		const char *origin;
		bool allowed;
	} cases[] = {
		{ "*", "https://a.example", true },
		{ "*", "null", true },
		{ "https://a.example", "https://a.example", true },
		{ "https://a.example", "HTTPS://A.example", true },
		{ "https://a.example", "http://a.example", false },
		{ "https://a.example", "https://a.example:444", false },
		{ "https://a.example", "https://a.example.evil", false },
		{ "https://a.example", "https://b.example", false },
		{ "https://b.example , https://a.example", "https://a.example",
		    true },
		{ "https://a.example,*", "https://c.example", true },
		{ "https://*.a.example", "https://x.a.example", true },
		{ "https://*.a.example", "https://x.y.a.example", true },
		{ "https://*.a.example", "https://a.example", false },
		{ "https://*.a.example", "https://xa.example", false },
		{ "https://*.a.example", "https://evil:1.a.example", false },
		{ "https://*.a.example", "https://evil/.a.example", false },
		{ "http://localhost:*", "http://localhost:8080", true },
		{ "http://localhost:*", "http://localhost", false },
		{ "null", "null", true },
		{ "https://a.example", "null", false },
		{ "https://a.example,", "", false },
	};
	struct fixture *fix = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cors_record r = a_record("*", cases[i].list);

		build(fix, &r, 1);
		if (cors_rule_allows(&fix->rules.list[0],
			str_of(cases[i].origin)) != cases[i].allowed)
			fail_msg("%s for %s", cases[i].list, cases[i].origin);
	}
}

static void
just_any_page_has_no_credentials(void **state)
{
	static const struct {
		const char *origins;
		bool any;
	} cases[] = {
		{ "*", true },
		{ "https://a.example, *", true },
		{ "null", true },
		{ "https://*", true },
		{ "https://*:8443", true },
		{ "*://*.*", true },
		{ "https://*.example", false },
		{ "https://a.example,http://localhost:*", false },
	};
	struct fixture *fix = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cors_record r = a_record("*", cases[i].origins);

		r.credentials = true;
		build(fix, &r, 1);
		if (fix->rules.list[0].credentials == cases[i].any ||
		    cors_record_check(&r, NULL) !=
			(cases[i].any ? ST_INVALID : ST_OK))
			fail_msg("%s", cases[i].origins);
	}
}

static void
a_rule_says_what_its_record_does(void **state)
{
	struct fixture *fix = *state;
	struct cors_record r = a_record("*", "https://a.example");
	const struct cors_rule *rule;

	r.header = STR(" X-A, * ");
	r.verb_mask = 1 | 2 | 16 | 64;
	r.max_age = 60;
	r.credentials = true;
	build(fix, &r, 1);
	rule = &fix->rules.list[0];
	assert_false(rule->any_origin);
	assert_true(rule->any_header);
	assert_true(rule->credentials);
	assert_true(str_eq(rule->methods, STR("GET, HEAD, POST, DELETE")));
	assert_true(str_eq(rule->exposed, STR("")));
	assert_int_equal(rule->max_age, 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    no_records_are_no_rule, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    the_longest_path_that_matches_counts, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_path_without_a_star_is_just_that_path, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    what_is_switched_off_or_broken_matches_nothing, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    origins_match_as_a_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    just_any_page_has_no_credentials, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_rule_says_what_its_record_does, setup, teardown),
	};

	return cmocka_run_group_tests_name("cors_rules", tests, NULL, NULL);
}
