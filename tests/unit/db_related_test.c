/* Bounds of related records, and what the cache is told of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/services/db/relation/related.h"
#include "middleware/service.h"
#include "tests/support/db_world.h"

#define CHILDREN (RELATED_MAX + 1)
#define PARENTS  2600 /* more than two statements take */

/* hub has a relation to each child; parents lead to records of many. */
static void
script_make(struct buf *script)
{
	buf_put_lit(script, "CREATE TABLE hub (id INTEGER PRIMARY KEY);"
			    "INSERT INTO hub VALUES (1);");
	for (int i = 0; i < CHILDREN; i++)
		buf_printf(script,
		    "CREATE TABLE c%d (id INTEGER PRIMARY KEY, "
		    "hub INTEGER REFERENCES hub);",
		    i);
	buf_printf(script,
	    "CREATE TABLE aims (id INTEGER PRIMARY KEY, "
	    "code TEXT COLLATE NOCASE UNIQUE, a INTEGER, b INTEGER, "
	    "UNIQUE (a, b));"
	    "CREATE TABLE parents (id INTEGER PRIMARY KEY, "
	    "aim INTEGER REFERENCES aims, "
	    "code TEXT REFERENCES aims (code), a INTEGER, b INTEGER, "
	    "FOREIGN KEY (a, b) REFERENCES aims (a, b));"
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < %d) INSERT INTO aims SELECT i, 'k' || i, i, -i FROM n;"
	    "INSERT INTO parents SELECT id, id, CASE WHEN id %% 2 THEN code "
	    "ELSE upper(code) END, a, b FROM aims;",
	    PARENTS);
	buf_put_char(script, '\0');
}

static int
set_up(void **state)
{
	struct world *w = malloc(sizeof(*w));
	struct buf script = { .p = NULL };

	assert_non_null(w);
	script_make(&script);
	world_open(w, script.p, ",\"max_records\":5000");
	buf_free(&script);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	world_close(*state);
	free(*state);
	return 0;
}

/* "hub/1?related=c0,c1,...": n relations. */
static const char *
target_of(struct world *w, int n)
{
	struct buf target = buf_in(&w->arena);

	buf_put_lit(&target, "_table/hub/1?related=");
	for (int i = 0; i < n; i++)
		buf_printf(&target, "%sc%d", i == 0 ? "" : ",", i);
	buf_put_char(&target, '\0');
	return target.p;
}

static void
no_more_relations_than_a_bound_are_read(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    world_call(w, "GET", target_of(w, RELATED_MAX), NULL), 200);
	world_expect_refusal(w, "GET", target_of(w, CHILDREN), NULL,
	    "Parameter 'related' names more than 32 relations.");
	world_expect_refusal(w, "GET", "_table/hub?related=*", NULL,
	    "Parameter 'related' names more than 32 relations.");
	world_expect_refusal(w, "GET", "_table/c0?related=hub.*", NULL,
	    "Parameter 'related' names more than 32 relations.");
}

static enum status
plan_make(struct world *w, const char *target, struct cache_plan *plan)
{
	*plan = (struct cache_plan){ .n_tags = 0 };
	world_request(w, "GET", target, NULL);
	plan->key = buf_in(&w->arena);
	return w->service.type->cache_plan(&w->req, plan);
}

/* The hub's, each child's, and the one of the database. */
static void
every_table_has_its_tag(void **state)
{
	struct world *w = *state;
	struct cache_plan plan;

	assert_int_equal(plan_make(w, target_of(w, 3), &plan), ST_OK);
	assert_int_equal(plan.n_tags, 5);
	assert_int_equal(
	    plan_make(w, "_table/c0?related=hub.c0,hub.c1", &plan), ST_OK);
	assert_int_equal(plan.n_tags, 4);
}

static void
more_tables_than_tags_are_not_planned(void **state)
{
	struct world *w = *state;
	struct cache_plan plan;

	assert_int_equal(
	    plan_make(w, target_of(w, TAGS_MAX - 2), &plan), ST_OK);
	assert_int_equal(plan.n_tags, TAGS_MAX);
	assert_int_not_equal(
	    plan_make(w, target_of(w, TAGS_MAX - 1), &plan), ST_OK);
}

static void
spellings_of_the_same_share_a_key(void **state)
{
	static const char *const same[] = {
		"_table/hub?related=c1,c2&c1.limit=2",
		"_table/hub?related=c1_by_hub,C2&c1_by_hub_limit=2",
		"_table/hub?related=c1,c2,c1_by_hub&C1.top=2&c2.limit=-1",
		"_table/hub?related=c1,c2&c1_limit=2&c2.fields=*",
	};
	struct world *w = *state;
	struct cache_plan first;

	assert_int_equal(plan_make(w, same[0], &first), ST_OK);
	for (size_t i = 1; i < sizeof(same) / sizeof(same[0]); i++) {
		struct cache_plan plan;

		assert_int_equal(plan_make(w, same[i], &plan), ST_OK);
		if (!str_eq(buf_str(&plan.key), buf_str(&first.key)))
			fail_msg("%s", same[i]);
	}
}

/* How often a text is in the body of the last answer. */
static int
count_of(struct world *w, const char *text)
{
	const char *at = world_body(w);
	int n = 0;

	while ((at = strstr(at, text)) != NULL) {
		at++;
		n++;
	}
	return n;
}

static void
keys_of_several_statements_find_their_records(void **state)
{
	struct world *w = *state;
	char last[128];

	assert_int_equal(
	    world_call(w, "GET",
		"_table/parents?fields=id&related=aims_by_aim,aims_by_code,"
		"aims_by_a_b&aims_by_aim.fields=id&aims_by_code.fields=id&"
		"aims_by_a_b.fields=id",
		NULL),
	    200);
	assert_int_equal(count_of(w, "_by_"), 3 * PARENTS);
	assert_int_equal(count_of(w, "null"), 0);
	(void)snprintf(last, sizeof(last),
	    "{\"id\":%d,\"aims_by_aim\":{\"id\":%d},\"aims_by_code\":"
	    "{\"id\":%d},\"aims_by_a_b\":{\"id\":%d}}]}",
	    PARENTS, PARENTS, PARENTS, PARENTS);
	assert_int_equal(count_of(w, last), 1);
	assert_int_equal(
	    world_call(w, "GET",
		"_table/aims?fields=id&related=parents_by_aim,parents_by_code,"
		"parents_by_a_b&parents_by_aim.fields=id&"
		"parents_by_code.limit=1&parents_by_a_b.fields=code",
		NULL),
	    200);
	assert_int_equal(count_of(w, "[]"), 0);
}

static void
an_answer_that_grows_too_large_is_refused(void **state)
{
	struct world *w = *state;

	world_script(w,
	    "INSERT INTO aims VALUES (9999, hex(zeroblob(20000)), 0, 0);"
	    "UPDATE parents SET aim = 9999");
	world_expect_refusal(w, "GET",
	    "_table/parents?fields=id&related=aims_by_aim", NULL,
	    "The answer is too large: ask for fewer records.");
}

/* Before the first statement, and again after the commit. */
static void
tables_written_through_relations_are_outdated(void **state)
{
	struct world *w = *state;

	assert_int_equal(world_call(w, "POST", "_table/hub",
			     "{\"id\":5,\"c0_by_hub\":[{}],"
			     "\"c7_by_hub\":[]}"),
	    200);
	assert_string_equal(w->deleted, "hub c0 c7 ? |hub c0 c7 ? |");
}

static void
more_tables_than_tags_outdate_everything(void **state)
{
	struct world *w = *state;
	struct buf body = buf_in(&w->arena);

	buf_put_lit(&body, "{\"id\":6");
	for (int i = 0; i < TAGS_MAX; i++)
		buf_printf(&body, ",\"c%d_by_hub\":[{}]", i);
	buf_put(&body, str_make("}", 2));
	assert_int_equal(world_call(w, "POST", "_table/hub", body.p), 200);
	assert_string_equal(w->deleted, "* |* |");
	assert_int_equal(world_number(w, "SELECT max(hub) FROM c15"), 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_more_relations_than_a_bound_are_read),
		cmocka_unit_test(every_table_has_its_tag),
		cmocka_unit_test(more_tables_than_tags_are_not_planned),
		cmocka_unit_test(spellings_of_the_same_share_a_key),
		cmocka_unit_test(keys_of_several_statements_find_their_records),
		cmocka_unit_test(an_answer_that_grows_too_large_is_refused),
		cmocka_unit_test(tables_written_through_relations_are_outdated),
		cmocka_unit_test(more_tables_than_tags_outdate_everything),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
