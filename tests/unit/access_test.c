#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "middleware/registry/access.h"
#include "middleware/registry/row_filters.h"
#include "middleware/service.h"

#define GET     1u
#define POST    2u
#define PUT     4u
#define PATCH   8u
#define DELETE  16u
#define ALL     31u
#define API     REQUESTOR_API
#define SCRIPT  2u
#define SYSTEM  1
#define USER    2
#define EVERY   0
#define MAX_ROW 4

static const struct row_filters some = { .fault = "only looked for" };

/* A role given as its rows, "service component verbs [requestors]". */
struct given {
	int64_t service;
	const char *component; /* NULL ends the rows */
	unsigned verbs;
	unsigned requestors; /* 0: API */
	bool filtered;
};

static struct role
role_of(const struct given *given, struct access rows[MAX_ROW])
{
	struct role role = { .rows = rows };

	for (; given->component != NULL; given++) {
		rows[role.n_rows++] = (struct access){
			.service_id = given->service,
			.component = str_of(given->component),
			.verb_mask = given->verbs,
			.requestor_mask =
			    given->requestors == 0 ? API : given->requestors,
			.filters = given->filtered ? &some : NULL,
		};
	}
	return role;
}

/* One question of a role: what may it do there? */
struct verbs_case {
	struct given rows[MAX_ROW + 1];
	int64_t service;
	const char *component;
	unsigned expected;
	unsigned requestor; /* 0: API */
};

static const struct verbs_case verbs_cases[] = {
	/* nothing is allowed by nothing */
	{ { { 0 } }, SYSTEM, "", 0, 0 },
	{ { { 0 } }, SYSTEM, "app", 0, 0 },
	/* all services, their roots only */
	{ { { EVERY, "", GET, 0, 0 } }, SYSTEM, "", GET, 0 },
	{ { { EVERY, "", GET, 0, 0 } }, USER, "", GET, 0 },
	{ { { EVERY, "", GET, 0, 0 } }, SYSTEM, "app", 0, 0 },
	{ { { EVERY, "", GET, 0, 0 } }, SYSTEM, "app/1", 0, 0 },
	/* all services, all of them */
	{ { { EVERY, "*", GET, 0, 0 } }, SYSTEM, "", GET, 0 },
	{ { { EVERY, "*", GET, 0, 0 } }, SYSTEM, "app", GET, 0 },
	{ { { EVERY, "*", GET, 0, 0 } }, USER, "app/foo/bar", GET, 0 },
	/* a row for all services takes no other component */
	{ { { EVERY, "app", GET, 0, 0 } }, SYSTEM, "app", 0, 0 },
	{ { { EVERY, "app/*", GET, 0, 0 } }, SYSTEM, "app/1", 0, 0 },
	/* a service's root only */
	{ { { SYSTEM, "", GET, 0, 0 } }, SYSTEM, "", GET, 0 },
	{ { { SYSTEM, "", GET, 0, 0 } }, SYSTEM, "/", GET, 0 },
	{ { { SYSTEM, "", GET, 0, 0 } }, USER, "", 0, 0 },
	{ { { SYSTEM, "", GET, 0, 0 } }, SYSTEM, "app", 0, 0 },
	/* a whole service, with one exact exception */
	{ { { SYSTEM, "*", GET | DELETE, 0, 0 },
	      { SYSTEM, "admin/password", POST, 0, 0 } },
	    SYSTEM, "", GET | DELETE, 0 },
	{ { { SYSTEM, "*", GET | DELETE, 0, 0 },
	      { SYSTEM, "admin/password", POST, 0, 0 } },
	    SYSTEM, "role/1", GET | DELETE, 0 },
	{ { { SYSTEM, "*", GET | DELETE, 0, 0 },
	      { SYSTEM, "admin/password", POST, 0, 0 } },
	    SYSTEM, "admin/password", POST, 0 },
	{ { { SYSTEM, "*", GET, 0, 0 } }, USER, "app", 0, 0 },
	/* an exact row reaches nothing beneath or beside it */
	{ { { SYSTEM, "app", GET, 0, 0 } }, SYSTEM, "app", GET, 0 },
	{ { { SYSTEM, "app", GET, 0, 0 } }, SYSTEM, "app/1", 0, 0 },
	{ { { SYSTEM, "app", GET, 0, 0 } }, SYSTEM, "apple", 0, 0 },
	{ { { SYSTEM, "app", GET, 0, 0 } }, SYSTEM, "", 0, 0 },
	{ { { SYSTEM, "app", GET, 0, 0 } }, USER, "app", 0, 0 },
	/* a wildcard row reaches all beneath it, and the thing itself */
	{ { { SYSTEM, "app/*", GET, 0, 0 } }, SYSTEM, "app/1", GET, 0 },
	{ { { SYSTEM, "app/*", GET, 0, 0 } }, SYSTEM, "app/1/x", GET, 0 },
	{ { { SYSTEM, "app/*", GET, 0, 0 } }, SYSTEM, "app", GET, 0 },
	{ { { SYSTEM, "app/*", GET, 0, 0 } }, SYSTEM, "app/", GET, 0 },
	{ { { SYSTEM, "app/*", GET, 0, 0 } }, SYSTEM, "apple", 0, 0 },
	{ { { SYSTEM, "app/*", GET, 0, 0 } }, SYSTEM, "ap", 0, 0 },
	{ { { SYSTEM, "app/*", GET, 0, 0 } }, SYSTEM, "role", 0, 0 },
	{ { { SYSTEM, "app/*", GET, 0, 0 } }, SYSTEM, "", 0, 0 },
	{ { { SYSTEM, "_table/to*", GET, 0, 0 } }, SYSTEM, "_table/todo", GET,
	    0 },
	{ { { SYSTEM, "_table/to*", GET, 0, 0 } }, SYSTEM, "_table", 0, 0 },
	/* a star that is not the end matches nothing */
	{ { { SYSTEM, "_table/*/x", GET, 0, 0 } }, SYSTEM, "_table/a/x", 0, 0 },
	/* exact before wildcard */
	{ { { SYSTEM, "*", GET, 0, 0 }, { SYSTEM, "app", POST, 0, 0 } }, SYSTEM,
	    "app", POST, 0 },
	{ { { SYSTEM, "*", GET, 0, 0 }, { SYSTEM, "app", POST, 0, 0 } }, SYSTEM,
	    "app/1", GET, 0 },
	{ { { SYSTEM, "app", GET, 0, 0 }, { SYSTEM, "app/*", POST, 0, 0 } },
	    SYSTEM, "app", GET, 0 },
	{ { { SYSTEM, "app", GET, 0, 0 }, { SYSTEM, "app/*", POST, 0, 0 } },
	    SYSTEM, "app/1", POST, 0 },
	/* within a class the verbs add up: a narrow wildcard restricts not */
	{ { { SYSTEM, "*", GET, 0, 0 }, { SYSTEM, "_table/a/*", POST, 0, 0 } },
	    SYSTEM, "_table/a/1", GET | POST, 0 },
	{ { { SYSTEM, "*", GET, 0, 0 }, { SYSTEM, "_table/a/*", 0, 0, 0 } },
	    SYSTEM, "_table/a/1", GET, 0 },
	{ { { SYSTEM, "role", GET, 0, 0 }, { SYSTEM, "role", POST, 0, 0 },
	      { SYSTEM, "role", PATCH, 0, 0 } },
	    SYSTEM, "role", GET | POST | PATCH, 0 },
	/* an exact row without verbs denies */
	{ { { SYSTEM, "*", ALL, 0, 0 }, { SYSTEM, "_table/pay", 0, 0, 0 } },
	    SYSTEM, "_table/pay", 0, 0 },
	{ { { SYSTEM, "*", ALL, 0, 0 }, { SYSTEM, "_table/pay", 0, 0, 0 } },
	    SYSTEM, "_table/pay/", 0, 0 },
	{ { { SYSTEM, "*", ALL, 0, 0 }, { SYSTEM, "_table/pay", 0, 0, 0 } },
	    SYSTEM, "_TABLE/Pay", 0, 0 },
	{ { { SYSTEM, "*", ALL, 0, 0 }, { SYSTEM, "", 0, 0, 0 } }, SYSTEM, "",
	    0, 0 },
	/* a row of the service before a row for all services */
	{ { { EVERY, "*", ALL, 0, 0 }, { SYSTEM, "*", GET, 0, 0 } }, SYSTEM,
	    "app", GET, 0 },
	{ { { EVERY, "*", ALL, 0, 0 }, { SYSTEM, "app", 0, 0, 0 } }, SYSTEM,
	    "app", 0, 0 },
	{ { { EVERY, "*", ALL, 0, 0 }, { SYSTEM, "app", 0, 0, 0 } }, SYSTEM,
	    "role", ALL, 0 },
	{ { { EVERY, "*", ALL, 0, 0 }, { SYSTEM, "*", GET, 0, 0 } }, USER,
	    "app", ALL, 0 },
	/* case and slashes do not matter */
	{ { { SYSTEM, "_table/todo", GET, 0, 0 } }, SYSTEM, "_Table/TODO", GET,
	    0 },
	{ { { SYSTEM, "_table/todo/*", GET, 0, 0 } }, SYSTEM, "_TABLE/todo/5",
	    GET, 0 },
	{ { { SYSTEM, "_table/todo", GET, 0, 0 } }, SYSTEM, "/_table/todo/",
	    GET, 0 },
	/* a "(" is part of a name, until access_component() has cut it */
	{ { { SYSTEM, "_proc/sum", GET, 0, 0 } }, SYSTEM, "_proc/sum(1)", 0,
	    0 },
	{ { { SYSTEM, "_table/a", GET, 0, 0 } }, SYSTEM, "_table/a(b)", 0, 0 },
	{ { { SYSTEM, "*", ALL, 0, 0 }, { SYSTEM, "_table/a(b)", 0, 0, 0 } },
	    SYSTEM, "_table/a(b)", 0, 0 },
	/* rows of another requestor do not exist for this one */
	{ { { SYSTEM, "role", GET, 0, 0 }, { SYSTEM, "role", POST, SCRIPT, 0 },
	      { SYSTEM, "role", PATCH, 0, 0 } },
	    SYSTEM, "role", GET | PATCH, 0 },
	{ { { SYSTEM, "role", GET, 0, 0 }, { SYSTEM, "role", POST, SCRIPT, 0 },
	      { SYSTEM, "role", PATCH, 0, 0 } },
	    SYSTEM, "role", POST, SCRIPT },
	{ { { SYSTEM, "role", POST, SCRIPT, 0 },
	      { SYSTEM, "role", DELETE, API | SCRIPT, 0 } },
	    SYSTEM, "role", DELETE, 0 },
	{ { { SYSTEM, "*", ALL, 0, 0 }, { SYSTEM, "role", 0, SCRIPT, 0 } },
	    SYSTEM, "role", ALL, 0 },
};

static void
every_case_of_the_matching_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(verbs_cases) / sizeof(verbs_cases[0]);
	     i++) {
		const struct verbs_case *c = &verbs_cases[i];
		struct access rows[MAX_ROW];
		struct role role = role_of(c->rows, rows);
		unsigned got =
		    access_verbs(&role, c->service, str_of(c->component),
			c->requestor == 0 ? API : c->requestor);

		if (got != c->expected)
			fail_msg("case %zu, %s: %u instead of %u", i,
			    c->component, got, c->expected);
	}
}

static const struct {
	const char *resource;
	const char *component;
} calls[] = {
	{ "", "" },
	{ "_proc", "_proc" },
	{ "_proc/sum", "_proc/sum" },
	{ "_proc/sum(1,'a/b')", "_proc/sum" },
	{ "_proc/sum(1)(2)", "_proc/sum" },
	{ "_proc/(1)", "_proc/" },
	{ "_FUNC/Sum(", "_FUNC/Sum" },
	{ "//_func/sum(1)", "_func/sum" },
	{ "_proc(1)/sum", "_proc(1)/sum" },
	{ "_table/a(b)", "_table/a(b)" },
	{ "x/_proc/sum(1)", "x/_proc/sum(1)" },
};

/* The arguments of a call are not part of its name. */
static void
a_call_is_known_by_its_name(void **state)
{
	static const struct service_type database = { .has_calls = true };
	static const struct service_type cache = { .has_calls = false };

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct str resource = str_of(calls[i].resource);
		struct str got = access_component(&database, resource);

		if (!str_eq(got, str_of(calls[i].component)))
			fail_msg("%s: %.*s", calls[i].resource, STR_ARG(got));
		assert_true(
		    str_eq(access_component(&cache, resource), resource));
		assert_true(str_eq(access_component(NULL, resource), resource));
	}
}

/* Do filters apply to a verb there? */
struct filter_case {
	struct given rows[MAX_ROW + 1];
	const char *component;
	unsigned verb;
	bool expected;
};

static const struct filter_case filter_cases[] = {
	{ { { 0 } }, "_table/a", GET, false },
	{ { { SYSTEM, "*", ALL, 0, false } }, "_table/a", GET, false },
	{ { { SYSTEM, "*", ALL, 0, true } }, "_table/a", GET, true },
	{ { { USER, "*", ALL, 0, true } }, "_table/a", GET, false },
	/* only rows that allow the verb count */
	{ { { SYSTEM, "*", GET, 0, true } }, "_table/a", POST, false },
	/* exact before wildcard */
	{ { { SYSTEM, "*", ALL, 0, true }, { SYSTEM, "_table/a", GET, 0, 0 } },
	    "_table/a", GET, false },
	{ { { SYSTEM, "_table/a", GET, 0, true }, { SYSTEM, "*", ALL, 0, 0 } },
	    "_table/a", GET, true },
	/* within a class the last row */
	{ { { SYSTEM, "*", ALL, 0, 0 }, { SYSTEM, "_table/*", ALL, 0, true } },
	    "_table/a", GET, true },
	{ { { SYSTEM, "_table/*", ALL, 0, true }, { SYSTEM, "*", ALL, 0, 0 } },
	    "_table/a", GET, false },
	/* a script's row does not take an API call's filter away */
	{ { { SYSTEM, "*", ALL, 0, true }, { SYSTEM, "*", ALL, SCRIPT, 0 } },
	    "_table/a", GET, true },
};

static void
filters_come_from_the_row_that_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(filter_cases) / sizeof(filter_cases[0]);
	     i++) {
		const struct filter_case *c = &filter_cases[i];
		struct access rows[MAX_ROW];
		struct role role = role_of(c->rows, rows);

		if ((access_filters(&role, SYSTEM, str_of(c->component),
			 c->verb) != NULL) != c->expected)
			fail_msg("case %zu", i);
	}
}

static bool
reaches(struct given first)
{
	struct given given[] = { first, { 0 } };
	struct access rows[MAX_ROW];
	struct role role = role_of(given, rows);

	return access_reaches(&role, SYSTEM, GET | POST);
}

static void
a_role_reaches_a_service_by_any_row_that_allows_something(void **state)
{
	(void)state;
	assert_true(reaches((struct given){ SYSTEM, "app/1", GET, 0, 0 }));
	assert_true(reaches((struct given){ EVERY, "*", GET, 0, 0 }));
	assert_true(reaches((struct given){ EVERY, "", GET, 0, 0 }));
	assert_false(reaches((struct given){ USER, "*", GET, 0, 0 }));
	assert_false(reaches((struct given){ SYSTEM, "*", 0, 0, 0 }));
	assert_false(reaches((struct given){ SYSTEM, "*", GET, SCRIPT, 0 }));
	assert_false(reaches((struct given){ EVERY, "app", GET, 0, 0 }));
	assert_true(reaches((struct given){ SYSTEM, "app/1", POST, 0, 0 }));
	assert_false(reaches((struct given){ SYSTEM, "app/1", DELETE, 0, 0 }));
}

static bool
is_whole(struct given first, struct given second)
{
	struct given given[] = { first, second, { 0 } };
	struct access rows[MAX_ROW];
	struct role role = role_of(given, rows);

	return access_whole(&role, SYSTEM, GET);
}

static void
a_whole_service_is_one_without_exceptions(void **state)
{
	const struct given all = { SYSTEM, "*", ALL, 0, 0 };
	const struct given none = { 0 };

	(void)state;
	assert_true(is_whole(all, none));
	assert_true(is_whole((struct given){ EVERY, "*", GET, 0, 0 }, none));
	assert_true(is_whole(all, (struct given){ SYSTEM, "a", GET, 0, 0 }));
	assert_true(is_whole(all, (struct given){ USER, "a", 0, 0, 0 }));
	assert_true(is_whole(all, (struct given){ SYSTEM, "a", 0, SCRIPT, 0 }));
	assert_false(is_whole(none, none));
	assert_false(is_whole((struct given){ SYSTEM, "", GET, 0, 0 }, none));
	assert_false(is_whole((struct given){ EVERY, "", GET, 0, 0 }, none));
	assert_false(is_whole((struct given){ SYSTEM, "a*", GET, 0, 0 }, none));
	assert_false(is_whole((struct given){ SYSTEM, "*", POST, 0, 0 }, none));
	assert_false(is_whole((struct given){ SYSTEM, "*", GET, 0, 1 }, none));
	assert_false(is_whole(all, (struct given){ SYSTEM, "a", 0, 0, 0 }));
	assert_false(is_whole(all, (struct given){ SYSTEM, "a", ALL, 0, 1 }));
}

static bool
rules(struct given first, const char *component)
{
	struct given given[] = { first, { 0 } };
	struct access rows[MAX_ROW];
	struct role role = role_of(given, rows);

	return access_rules(&role, SYSTEM, str_of(component), API);
}

static void
a_row_that_denies_is_a_rule(void **state)
{
	(void)state;
	assert_true(rules((struct given){ SYSTEM, "_s", 0, 0, 0 }, "_s"));
	assert_true(rules((struct given){ SYSTEM, "_s/*", GET, 0, 0 }, "_s"));
	assert_true(rules((struct given){ EVERY, "*", 0, 0, 0 }, "_s"));
	assert_false(rules((struct given){ SYSTEM, "_t/*", GET, 0, 0 }, "_s"));
	assert_false(rules((struct given){ USER, "_s", GET, 0, 0 }, "_s"));
	assert_false(
	    rules((struct given){ SYSTEM, "_s", GET, SCRIPT, 0 }, "_s"));
}

/* May it read what the service says of itself? */
static bool
documents(struct given first, struct given second)
{
	struct given given[] = { first, second, { 0 } };
	struct access rows[MAX_ROW];
	struct role role = role_of(given, rows);
	struct service service = { .id = SYSTEM };

	return access_document(&role, &service);
}

static void
who_may_do_anything_may_read_the_document(void **state)
{
	struct given none = { 0 };

	(void)state;
	assert_true(documents((struct given){ SYSTEM, "a", POST, 0, 0 }, none));
	assert_true(
	    documents((struct given){ EVERY, "*", DELETE, 0, 0 }, none));
	assert_false(documents((struct given){ USER, "*", GET, 0, 0 }, none));
	assert_false(documents((struct given){ SYSTEM, "a", 0, 0, 0 }, none));
	assert_false(documents((struct given){ SYSTEM, "*", GET, 0, 0 },
	    (struct given){ SYSTEM, "_spec", 0, 0, 0 }));
	assert_true(
	    documents((struct given){ SYSTEM, "_spec", GET, 0, 0 }, none));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_of_the_matching_holds),
		cmocka_unit_test(a_call_is_known_by_its_name),
		cmocka_unit_test(filters_come_from_the_row_that_decides),
		cmocka_unit_test(
		    a_role_reaches_a_service_by_any_row_that_allows_something),
		cmocka_unit_test(a_whole_service_is_one_without_exceptions),
		cmocka_unit_test(a_row_that_denies_is_a_rule),
		cmocka_unit_test(who_may_do_anything_may_read_the_document),
	};

	return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
