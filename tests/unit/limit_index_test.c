#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "middleware/limit_count.h"
#include "middleware/registry/limit_index.h"
#include "middleware/registry/snapshot.h"

#define GET  1u
#define POST 2u

enum { APP = 10, USER = 20, ROLE = 30, SERVICE = 40, OTHER = 99 };

/* dreamfactory.md 4.2: a limit of each type, by its id. */
static const struct limit all[] = {
	{ .id = 1, .type = LIMIT_INSTANCE },
	{ .id = 2, .type = LIMIT_USER, .user_id = USER },
	{ .id = 3, .type = LIMIT_EACH_USER },
	{ .id = 4, .type = LIMIT_ROLE, .role_id = ROLE },
	{ .id = 5, .type = LIMIT_SERVICE, .service_id = SERVICE },
	{ .id = 6,
	    .type = LIMIT_USER_SERVICE,
	    .user_id = USER,
	    .service_id = SERVICE },
	{ .id = 7, .type = LIMIT_EACH_USER_SERVICE, .service_id = SERVICE },
	{ .id = 8,
	    .type = LIMIT_ENDPOINT,
	    .service_id = SERVICE,
	    .endpoint = { "_table/a", 8 } },
	{ .id = 9,
	    .type = LIMIT_USER_ENDPOINT,
	    .user_id = USER,
	    .service_id = SERVICE,
	    .endpoint = { "_table/", 7 },
	    .is_prefix = true },
	{ .id = 10,
	    .type = LIMIT_EACH_USER_ENDPOINT,
	    .service_id = SERVICE,
	    .endpoint = { "_table/a", 8 } },
	{ .id = 11, .type = LIMIT_APP, .app_id = APP },
	{ .id = 12, .type = LIMIT_APP },
	{ .id = 13, .type = LIMIT_APP_SERVICE, .service_id = SERVICE },
	{ .id = 14, .type = LIMIT_INSTANCE, .verb_mask = POST },
};

#define N_ALL (sizeof(all) / sizeof(all[0]))

struct fixture {
	struct arena arena;
	struct limit_index index;
};

static int
setup(void **state)
{
	struct fixture *fix = calloc(1, sizeof(*fix));

	arena_init(&fix->arena, 4096);
	*state = fix;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *fix = *state;

	arena_close(&fix->arena);
	free(fix);
	return 0;
}

static void
build(struct fixture *fix, const struct limit *limits, size_t n)
{
	struct limit *own = arena_alloc(&fix->arena, n * sizeof(*own));

	for (size_t i = 0; i < n; i++)
		own[i] = limits[i];
	limit_index_build(&fix->index, &fix->arena, own, n);
}

static int
hit_order(const void *a, const void *b)
{
	const struct limit_hit *left = a, *right = b;

	return (int)(left->limit->id - right->limit->id);
}

/* "1 5 7y": which apply, with a y those that yield. */
static void
assert_hits(const struct fixture *fix, const struct limit_asked *asked,
    const char *want)
{
	struct limit_hit hits[LIMIT_HITS_MAX];
	size_t n = limit_index_find(&fix->index, asked, hits, LIMIT_HITS_MAX);
	char got[128] = "";

	assert_true(n <= LIMIT_HITS_MAX);
	qsort(hits, n, sizeof(hits[0]), hit_order);
	for (size_t i = 0; i < n; i++)
		(void)snprintf(got + strlen(got), sizeof(got) - strlen(got),
		    "%s%lld%s", i == 0 ? "" : " ", (long long)hits[i].limit->id,
		    hits[i].yields ? "y" : "");
	assert_string_equal(got, want);
}

static void
each_type_applies_to_what_it_is_about(void **state)
{
	static const struct {
		struct limit_asked asked;
		const char *hits;
	} cases[] = {
		{ { .app_id = OTHER, .verb = GET }, "1 12" },
		{ { .app_id = OTHER, .verb = POST }, "1y 12 14" },
		{ { .app_id = APP, .verb = GET }, "1 11 12" },
		{ { .app_id = OTHER, .role_id = ROLE, .verb = GET }, "1 4 12" },
		{ { .app_id = OTHER, .role_id = OTHER, .verb = GET }, "1 12" },
		{ { .app_id = OTHER, .user_id = OTHER, .verb = GET },
		    "1 3 12" },
		{ { .app_id = OTHER, .user_id = USER, .verb = GET },
		    "1 2 3y 12" },
		{ { .app_id = OTHER, .service_id = SERVICE, .verb = GET },
		    "1 5 12 13" },
		{ { .app_id = OTHER,
		      .service_id = OTHER,
		      .resource = { "_table/a", 8 },
		      .verb = GET },
		    "1 12" },
		{ { .app_id = OTHER,
		      .service_id = SERVICE,
		      .resource = { "_table/a", 8 },
		      .verb = GET },
		    "1 5 8 12 13" },
		{ { .app_id = OTHER,
		      .service_id = SERVICE,
		      .resource = { "_TABLE/A", 8 },
		      .verb = GET },
		    "1 5 8 12 13" },
		{ { .app_id = OTHER,
		      .service_id = SERVICE,
		      .resource = { "_table/a/1", 10 },
		      .verb = GET },
		    "1 5 12 13" },
		{ { .app_id = OTHER,
		      .user_id = OTHER,
		      .service_id = SERVICE,
		      .resource = { "_table/a", 8 },
		      .verb = GET },
		    "1 3 5 7 8 10 12 13" },
		{ { .app_id = OTHER,
		      .user_id = USER,
		      .service_id = SERVICE,
		      .resource = { "_table/b/1", 10 },
		      .verb = GET },
		    "1 2 3y 5 6 7y 9 12 13" },
		{ { .app_id = OTHER,
		      .user_id = USER,
		      .service_id = SERVICE,
		      .resource = { "_table/a", 8 },
		      .verb = GET },
		    "1 2 3y 5 6 7y 8 9 10y 12 13" },
		{ { .app_id = OTHER,
		      .user_id = USER,
		      .service_id = SERVICE,
		      .resource = { "_schema", 7 },
		      .verb = GET },
		    "1 2 3y 5 6 7y 12 13" },
	};
	struct fixture *fix = *state;

	build(fix, all, N_ALL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_hits(fix, &cases[i].asked, cases[i].hits);
}

/* Of limits that differ by more than the verb each decides for itself. */
static void
a_verb_outranks_all_verbs_of_the_same_limit_only(void **state)
{
	static const struct limit limits[] = {
		{ .id = 1, .type = LIMIT_INSTANCE, .period = 60 },
		{ .id = 2,
		    .type = LIMIT_INSTANCE,
		    .period = 60,
		    .verb_mask = GET },
		{ .id = 3, .type = LIMIT_INSTANCE, .period = 3600 },
		{ .id = 4,
		    .type = LIMIT_SERVICE,
		    .period = 60,
		    .service_id = SERVICE },
		{ .id = 5, .type = LIMIT_APP, .period = 60 },
		{ .id = 6,
		    .type = LIMIT_APP,
		    .app_id = APP,
		    .period = 60,
		    .verb_mask = GET },
	};
	struct fixture *fix = *state;
	struct limit_asked asked = {
		.app_id = APP, .service_id = SERVICE, .verb = GET
	};

	build(fix, limits, sizeof(limits) / sizeof(limits[0]));
	assert_hits(fix, &asked, "1y 2 3 4 5 6");
	asked.verb = POST;
	assert_hits(fix, &asked, "1 3 4 5");
}

static void
a_dry_run_outranks_nothing(void **state)
{
	static const struct limit limits[] = {
		{ .id = 1, .type = LIMIT_EACH_USER },
		{ .id = 2,
		    .type = LIMIT_USER,
		    .user_id = USER,
		    .dry_run = true },
		{ .id = 3,
		    .type = LIMIT_EACH_USER,
		    .verb_mask = GET,
		    .dry_run = true },
	};
	struct fixture *fix = *state;
	struct limit_asked asked = { .user_id = USER, .verb = GET };

	build(fix, limits, sizeof(limits) / sizeof(limits[0]));
	assert_hits(fix, &asked, "1 2 3");
}

static void
more_than_there_is_room_for_are_told(void **state)
{
	struct fixture *fix = *state;
	struct limit limits[LIMIT_HITS_MAX + 3] = { 0 };
	struct limit_hit hits[LIMIT_HITS_MAX];
	struct limit_asked asked = { .verb = GET };

	for (size_t i = 0; i < LIMIT_HITS_MAX + 3; i++)
		limits[i].id = (int64_t)i;
	build(fix, limits, LIMIT_HITS_MAX + 3);
	assert_int_equal(
	    limit_index_find(&fix->index, &asked, hits, LIMIT_HITS_MAX),
	    LIMIT_HITS_MAX + 3);
}

static void
without_limits_none_applies(void **state)
{
	struct fixture *fix = *state;
	struct limit_asked asked = { .app_id = APP, .verb = GET };

	build(fix, NULL, 0);
	assert_hits(fix, &asked, "");
}

/* Whom a limit does not name has a counter alone. */
static void
counters_are_of_whom_the_limit_does_not_name(void **state)
{
	static const struct {
		struct limit limit;
		const char *key;
	} cases[] = {
		{ { .type = LIMIT_INSTANCE }, "k" },
		{ { .type = LIMIT_USER, .user_id = USER }, "k" },
		{ { .type = LIMIT_EACH_USER }, "k:u20" },
		{ { .type = LIMIT_EACH_USER_SERVICE, .service_id = SERVICE },
		    "k:u20" },
		{ { .type = LIMIT_ROLE, .role_id = ROLE }, "k" },
		{ { .type = LIMIT_APP }, "k:a10" },
		{ { .type = LIMIT_APP, .app_id = APP }, "k" },
		{ { .type = LIMIT_APP_SERVICE }, "k:a10:s40" },
		/* as records were before they had to name one */
		{ { .type = LIMIT_ROLE }, "k:r30" },
		{ { .type = LIMIT_SERVICE }, "k:s40" },
	};
	struct fixture *fix = *state;
	struct limit_asked asked = { APP, USER, ROLE, SERVICE, STR_NULL, GET };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct limit limit = cases[i].limit;
		struct cache_op op = { 0 };

		limit.key = STR("k");
		limit_count_fill(&op, &limit, &asked, &fix->arena);
		assert_true(str_eq(op.key, str_of(cases[i].key)));
	}
}

static void
an_operation_counts_as_the_limit_says(void **state)
{
	struct fixture *fix = *state;
	struct limit limit = { .type = LIMIT_INSTANCE,
		.key = STR("k"),
		.rate = 9,
		.period = 10,
		.algorithm = CACHE_GCRA,
		.burst = 3,
		.lockout = true };
	struct limit_asked asked = { .app_id = APP };
	struct cache_op op = { .kind = CACHE_COUNT };

	limit_count_fill(&op, &limit, &asked, &fix->arena);
	assert_int_equal(op.limit, 9);
	assert_int_equal(op.ttl, 10);
	assert_int_equal(op.algorithm, CACHE_GCRA);
	assert_int_equal(op.burst, 3);
	assert_true(op.lockout);
	assert_true(cache_op_valid(&op));
	limit.algorithm = CACHE_SLIDING;
	limit_count_fill(&op, &limit, &asked, &fix->arena);
	assert_int_equal(op.burst, 0);
	assert_true(cache_op_valid(&op));
}

#define INDEX(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		INDEX(each_type_applies_to_what_it_is_about),
		INDEX(a_verb_outranks_all_verbs_of_the_same_limit_only),
		INDEX(a_dry_run_outranks_nothing),
		INDEX(more_than_there_is_room_for_are_told),
		INDEX(without_limits_none_applies),
		INDEX(counters_are_of_whom_the_limit_does_not_name),
		INDEX(an_operation_counts_as_the_limit_says),
	};

	return cmocka_run_group_tests_name("limit_index", tests, NULL, NULL);
}
