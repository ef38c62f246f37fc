/* What the cache is told of a read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "middleware/service.h"
#include "tests/support/db_world.h"

static const char script[] =
    "CREATE TABLE todo (id INTEGER PRIMARY KEY, name TEXT, `a,b` TEXT);"
    "CREATE TABLE pair (a TEXT, b TEXT, PRIMARY KEY (a, b));"
    "CREATE TABLE log (id INTEGER PRIMARY KEY);"
    "CREATE VIEW seen AS SELECT id FROM todo;"
    "CREATE VIRTUAL TABLE words USING fts5(body)";

static int
set_up(void **state)
{
	struct world *w = malloc(sizeof(*w));

	assert_non_null(w);
	world_open(w, script,
	    ",\"max_records\":50,\"stale_if_error\":9,"
	    "\"cache_ttl_by_table\":\"TODO=10, log = 0,seen=70,gone=5\"");
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

static struct str
key_of(struct world *w, const char *target)
{
	struct cache_plan plan = { .n_tags = 0 };

	world_request(w, "GET", target, NULL);
	plan.key = buf_in(&w->arena);
	assert_int_equal(w->service.type->cache_plan(&w->req, &plan), ST_OK);
	assert_true(plan.n_tags > 0 && plan.key.n > 0);
	return buf_str(&plan.key);
}

static void
assert_same(struct world *w, const char *a, const char *b)
{
	if (!str_eq(key_of(w, a), key_of(w, b)))
		fail_msg("%s and %s", a, b);
}

static void
assert_differ(struct world *w, const char *a, const char *b)
{
	if (str_eq(key_of(w, a), key_of(w, b)))
		fail_msg("%s and %s", a, b);
}

static void
requests_for_the_same_share_a_key(void **state)
{
	struct world *w = *state;

	assert_same(w, "_table/todo", "_table/TODO/?");
	assert_same(w, "_table/todo", "_table/todo?fields=*&offset=0&order=");
	assert_same(w, "_table/todo", "_table/todo?limit=51");
	assert_same(w, "_table/todo", "_table/todo?limit=0&unheard=of");
	assert_same(w, "_table/todo?limit=2&offset=4&fields=id",
	    "_table/todo?select=ID&skip=4&top=2");
	assert_same(w, "_table/todo?order=name asc,id",
	    "_table/todo?sort=%20NAME%20,%20id%20ASC,name%20desc");
	assert_same(w, "_table/todo/5", "_table/todo/05?limit=3");
	assert_same(w, "_table/todo?count_only=true",
	    "_table/todo?count_only=yes&limit=1&fields=id&include_count=1");
	assert_same(w, "_table/pair/(x,y)", "_table/pair/x,%20y");
	assert_same(w, "_table/todo?filter=id%3D1&fields=*",
	    "_table/todo?where=(ID%20eq%201)");
	assert_same(w, "_table/todo?filter=name%3D:n&params%5B:n%5D=a",
	    "_table/todo?filter=name%3D%27a%27");
	assert_same(w, "_table/todo?as_list=true",
	    "_table/todo?as_list=y&fields=name&wrap=true");
	assert_same(w, "_table/todo?ids=1,2", "_table/todo?ids=1%2C2");
	assert_same(w, "_table/todo/1", "_table/todo/1?id_field=");
}

static void
secrets_and_cache_controls_are_not_in_the_key(void **state)
{
	struct world *w = *state;

	assert_same(w, "_table/todo?limit=1",
	    "_table/todo?_=17&limit=1&api_key=abc&session_token=def&"
	    "refresh=true");
	assert_true(str_eq(
	    key_of(w, "_table/todo?api_key=zzzzzz"), key_of(w, "_table/todo")));
}

static void
requests_for_different_things_have_different_keys(void **state)
{
	static const char *const targets[] = {
		"_table/todo",
		"_table/todo?limit=50",
		"_table/todo?limit=2",
		"_table/todo?offset=2",
		"_table/todo?fields=id",
		"_table/todo?fields=name,id",
		"_table/todo?fields=id,name",
		"_table/todo?order=name",
		"_table/todo?order=name desc",
		"_table/todo?order=name nulls first",
		"_table/todo?order=name nulls last",
		"_table/todo?include_count=true",
		"_table/todo?count_only=true",
		"_table/todo?ids=1",
		"_table/todo?ids=1,2",
		"_table/todo?ids=2,1",
		"_table/todo?ids=1&continue=true",
		"_table/todo/1",
		"_table/todo/1?fields=id",
		"_table/todo/x",
		"_table/todo/12",
		"_table/todo?filter=id%3D1",
		"_table/todo?filter=id%3D2",
		"_table/todo?filter=name%3D1",
		"_table/todo?filter=id%3E1",
		"_table/todo?count_only=1&filter=id%3D1",
		"_table/todo?as_list=true",
		"_table/todo?as_list=true&id_field=name",
		"_table/todo?wrap=false",
		"_table/todo?ids=1&id_field=name",
		"_table/todo?ids=x",
		"_table/todo?ids=y",
		"_table/todo/y",
		"_table/todo/1?id_field=name",
		"_table/pair/(a,b)",
		"_table/pair/(a%27,b)",
		"_table/pair?ids=(a,b),(c,d)",
		"_table/pair?ids=(a,d),(c,b)",
		"_table/seen",
	};
	struct world *w = *state;
	size_t n = sizeof(targets) / sizeof(targets[0]);

	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; k < n; k++)
			assert_differ(w, targets[i], targets[k]);
	}
}

static void
assert_tags(struct world *w, const char *target, const char *want)
{
	struct cache_plan plan = { .n_tags = 0 };
	struct buf names = buf_in(&w->arena);

	world_request(w, "GET", target, NULL);
	assert_int_equal(w->service.type->cache_plan(&w->req, &plan), ST_OK);
	for (size_t i = 0; i < plan.n_tags; i++) {
		struct str name = plan.tags[i];

		assert_true(str_starts(name, STR("t:")));
		(void)str_cut(&name, ':');
		(void)str_cut(&name, ':');
		buf_put(&names, name);
		buf_put_char(&names, ' ');
	}
	assert_string_equal(arena_dup(&w->arena, buf_str(&names)).p, want);
}

static void
an_answer_depends_on_its_table(void **state)
{
	assert_tags(*state, "_table/todo", "todo * ");
	assert_tags(*state, "_table/Todo/1", "todo * ");
	assert_tags(*state, "_table/seen", "? * ");
	assert_tags(*state, "_table/words", "? * ");
}

/* The service's own time is 60. */
static void
an_answer_counts_as_long_as_its_tables_say(void **state)
{
	static const struct {
		const char *target;
		uint32_t ttl;
		uint32_t missing;
	} rows[] = {
		{ "_table/todo", 10, 0 },
		{ "_table/todo/1", 10, 10 },
		{ "_table/seen", 70, 0 },
		{ "_table/words", 60, 0 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cache_plan plan = { .n_tags = 0 };

		world_request(w, "GET", rows[i].target, NULL);
		assert_int_equal(
		    w->service.type->cache_plan(&w->req, &plan), ST_OK);
		assert_int_equal(plan.fresh.ttl, rows[i].ttl);
		assert_int_equal(plan.fresh.missing, rows[i].missing);
		assert_int_equal(plan.fresh.on_error, 9);
	}
	world_request(w, "GET", "_table/log", NULL);
	assert_int_not_equal(w->service.type->cache_plan(
				 &w->req, &(struct cache_plan){ .n_tags = 0 }),
	    ST_OK);
}

static void
a_flush_drops_the_tag_of_every_answer(void **state)
{
	struct world *w = *state;
	struct str tags[TAGS_MAX];

	assert_int_equal(w->service.type->flush_tags(
			     w->service.instance, &w->arena, tags, TAGS_MAX),
	    1);
	assert_true(str_ends(tags[0], STR(":*")));
}

static void
two_services_on_one_database_share_tags(void **state)
{
	struct world *w = *state;
	struct service other = w->service;
	struct str mine[TAGS_MAX];
	struct str theirs[TAGS_MAX];

	other.name = STR("other");
	assert_int_equal(
	    other.type->open(&other, &w->host, &other.instance, NULL), ST_OK);
	(void)other.type->flush_tags(
	    w->service.instance, &w->arena, mine, TAGS_MAX);
	(void)other.type->flush_tags(
	    other.instance, &w->arena, theirs, TAGS_MAX);
	assert_true(str_eq(mine[0], theirs[0]));
	other.type->close(other.instance);
}

static void
what_cannot_be_answered_is_not_planned(void **state)
{
	static const char *const targets[] = { "_other", "_table/none",
		"_table?refresh=true", "_schema/todo?refresh=1",
		"_table/todo?filter=no%3D1", "_table/todo?fields=no",
		"_table/todo?limit=x", "_table/todo/1/2", "_other/x",
		"_table/seen/1", "_table/pair/1" };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		struct cache_plan plan = { .n_tags = 0 };

		world_request(w, "GET", targets[i], NULL);
		assert_int_not_equal(
		    w->service.type->cache_plan(&w->req, &plan), ST_OK);
	}
	world_request(w, "GET", "_table/todo", "{\"ids\":[1]}");
	assert_int_not_equal(w->service.type->cache_plan(
				 &w->req, &(struct cache_plan){ .n_tags = 0 }),
	    ST_OK);
}

static void
what_the_catalogue_answers_depends_on_it_alone(void **state)
{
	struct world *w = *state;

	assert_tags(w, "", "* ");
	assert_tags(w, "_table", "* ");
	assert_tags(w, "_schema/todo/_field", "* ");
	assert_same(w, "_schema/todo/", "_schema/todo");
	assert_same(w, "_table?_=1", "_table");
	assert_differ(w, "", "_table");
	assert_differ(w, "_schema", "_table");
	assert_differ(w, "_schema/todo", "_schema/pair");
	assert_differ(w, "_schema/todo", "_schema/todo/_field");
	assert_differ(w, "_schema/todo/_field/a%2Fb", "_schema/todo/_field");
	assert_differ(w, "_table", "_table?fields=*");
	assert_differ(w, "_table?fields=name,ids", "_table?fields=name&ids=");
	assert_differ(w, "_table?as_list=true", "_table?as_access_list=true");
	assert_differ(w, "_table?wrap=false", "_table?wrap=true");
	assert_differ(w, "_table/todo?include_schema=true", "_table/todo");
}

static void
row_filters_are_told_by_the_role_alone(void **state)
{
	struct world *w = *state;
	struct str before = key_of(w, "_table/todo");

	world_filter(
	    w, "[{\"name\":\"id\",\"operator\":\"<\",\"value\":3}]", "");
	assert_true(str_eq(before, key_of(w, "_table/todo")));
	assert_tags(w, "_table/todo", "todo * ");
}

static void
a_new_schema_has_new_keys(void **state)
{
	struct world *w = *state;
	struct str before = key_of(w, "_table/todo");

	world_script(w, "ALTER TABLE todo ADD COLUMN more TEXT");
	w->service.type->close(w->service.instance);
	assert_int_equal(w->service.type->open(
			     &w->service, &w->host, &w->service.instance, NULL),
	    ST_OK);
	assert_false(str_eq(before, key_of(w, "_table/todo")));
}

static void
a_wrong_config_says_what_is_wrong(void **state)
{
	static const struct {
		const char *config;
		const char *why;
	} wrong[] = {
		{ "{}", "database is missing" },
		{ "{\"database\":\"\"}", "database is missing" },
		{ "{\"database\":\"/x\",\"max_records\":0}",
		    "max_records must be an integer from 1 to 2147483647" },
		{ "{\"database\":\"/x\",\"max_records\":\"many\"}",
		    "max_records must be an integer from 1 to 2147483647" },
		{ "{\"database\":\"/x\",\"max_connections\":1001}",
		    "max_connections must be an integer from 1 to 1000" },
		{ "{\"database\":\"x\",\"port\":65536}",
		    "port must be an integer from 1 to 65535" },
		{ "{\"database\":\"x\",\"tls\":\"maybe\"}",
		    "tls must be off, require or verify" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct service service = w->service;
		struct error err = { .text = "" };

		service.config = str_of(wrong[i].config);
		assert_int_equal(service.type->open(&service, &w->host,
				     &service.instance, &err),
		    ST_INVALID);
		assert_string_equal(err.text, wrong[i].why);
		assert_null(service.instance);
	}
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(requests_for_the_same_share_a_key),
		TEST(secrets_and_cache_controls_are_not_in_the_key),
		TEST(requests_for_different_things_have_different_keys),
		TEST(an_answer_depends_on_its_table),
		TEST(an_answer_counts_as_long_as_its_tables_say),
		TEST(a_flush_drops_the_tag_of_every_answer),
		TEST(two_services_on_one_database_share_tags),
		TEST(what_cannot_be_answered_is_not_planned),
		TEST(what_the_catalogue_answers_depends_on_it_alone),
		TEST(row_filters_are_told_by_the_role_alone),
		TEST(a_new_schema_has_new_keys),
		TEST(a_wrong_config_says_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
