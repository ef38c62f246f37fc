/* GET on a database service, over a real file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "middleware/service.h"
#include "tests/support/todo.h"

static void
the_root_lists_resources(void **state)
{
	todo_expect(
	    *state, "?as_list=true", "{\"resource\":[\"_schema\",\"_table\"]}");
}

static void
tables_are_listed_by_name(void **state)
{
	todo_expect(*state, "_table?as_list=true",
	    "{\"resource\":[\"done\",\"keyless\",\"pair\",\"secret\","
	    "\"todo\"]}");
}

static void
a_role_sees_only_its_tables(void **state)
{
	struct world *w = *state;

	w->rows[0].component = STR("_table/todo/*");
	w->rows[1] = (struct access){ .service_id = 1,
		.component = STR("_table/secret"),
		.verb_mask = 0,
		.requestor_mask = 1 };
	w->role.n_rows = 2;
	todo_expect(w, "_table", "{\"resource\":[{\"name\":\"todo\"}]}");
}

static void
values_have_their_types(void **state)
{
	todo_expect(*state, "_table/todo/1",
	    "{\"id\":1,\"name\":\"one\",\"done\":true,\"price\":1.5,"
	    "\"due\":\"2024-01-01\",\"data\":\"AP8=\"}");
	todo_expect(*state, "_table/todo/4?fields=name,done",
	    "{\"name\":\"fo\\\"ur\",\"done\":null}");
}

static void
an_unknown_id_is_missing(void **state)
{
	todo_expect_refused(*state, "_table/todo/9", 404,
	    "Record with identifier '9' not found.");
	todo_expect_refused(*state, "_table/todo/x", 404,
	    "Record with identifier 'x' not found.");
}

static void
an_unknown_table_is_missing(void **state)
{
	todo_expect_refused(*state, "_table/none", 404,
	    "Table \"none\" does not exist in the database.");
	todo_expect_refused(*state, "_table/a%2Fb", 404,
	    "Table \"a/b\" does not exist in the database.");
	todo_expect_refused(*state, "_other/todo", 404,
	    "Resource '_other/todo' not found for service 'db'.");
	todo_expect_refused(*state, "_table/todo/1/2", 404,
	    "Resource '_table/todo/1/2' not found for service 'db'.");
}

static void
a_page_has_fields_order_limit_and_offset(void **state)
{
	todo_expect(*state,
	    "_table/todo?fields=name,id&order=id desc&limit=2&offset=1",
	    "{\"resource\":[{\"name\":\"fo\\\"ur\",\"id\":4},"
	    "{\"name\":\"three\",\"id\":3}]}");
}

static void
aliases_mean_the_same(void **state)
{
	todo_expect(*state, "_table/todo?select=id&sort=id desc&top=2&skip=1",
	    "{\"resource\":[{\"id\":4},{\"id\":3}]}");
	todo_expect(*state, "_table/todo?select=id&order_by=id%20DESC&top=1",
	    "{\"resource\":[{\"id\":5}]}");
}

static void
no_fields_at_all_means_the_key(void **state)
{
	todo_expect(*state, "_table/todo?fields=&limit=2",
	    "{\"resource\":[{\"id\":1},{\"id\":2}]}");
}

static void
nulls_go_where_they_are_told(void **state)
{
	todo_expect(*state,
	    "_table/todo?fields=id&order=done desc nulls first&limit=3",
	    "{\"resource\":[{\"id\":3},{\"id\":4},{\"id\":1}]}");
	todo_expect(*state,
	    "_table/todo?fields=id&order=done asc nulls last,id desc&limit=3",
	    "{\"resource\":[{\"id\":2},{\"id\":5},{\"id\":1}]}");
}

static void
without_a_limit_the_cut_is_told(void **state)
{
	todo_expect(*state, "_table/todo?fields=id",
	    "{\"resource\":[{\"id\":1},{\"id\":2},{\"id\":3},{\"id\":4}],"
	    "\"meta\":{\"count\":5,\"next\":4}}");
	todo_expect(*state, "_table/todo?fields=id&limit=99&offset=4",
	    "{\"resource\":[{\"id\":5}]}");
	todo_expect(*state, "_table/todo?fields=id&limit=4",
	    "{\"resource\":[{\"id\":1},{\"id\":2},{\"id\":3},{\"id\":4}]}");
}

static void
the_count_is_given_on_request(void **state)
{
	todo_expect(*state, "_table/todo?fields=id&limit=2&include_count=true",
	    "{\"resource\":[{\"id\":1},{\"id\":2}],"
	    "\"meta\":{\"count\":5,\"next\":2}}");
	todo_expect(*state,
	    "_table/todo?fields=id&limit=2&offset=4&include_count=1",
	    "{\"resource\":[{\"id\":5}],\"meta\":{\"count\":5}}");
	todo_expect(*state, "_table/todo?count_only=true", "5");
}

static void
an_empty_table_is_an_empty_list(void **state)
{
	todo_expect(*state, "_table/secret", "{\"resource\":[]}");
	todo_expect(*state, "_table/secret?include_count=true",
	    "{\"resource\":[],\"meta\":{\"count\":0}}");
}

static void
a_view_is_read_like_a_table(void **state)
{
	todo_expect(*state, "_table/done?order=id",
	    "{\"resource\":[{\"id\":1,\"name\":\"one\"},"
	    "{\"id\":5,\"name\":\"five\"}]}");
}

static void
the_format_is_not_asked_for_in_a_body(void **state)
{
	static const char *const bodies[] = { "{\"file\":\"a.csv\"}",
		"{\"accept\":\"text/csv\"}" };
	struct world *w = *state;

	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    world_call(w, "GET", "_table/todo", bodies[i]), 400);
	assert_int_equal(world_call(w, "GET",
			     "_table/todo?accept=text/csv&file=a.csv", NULL),
	    200);
}

static void
a_list_may_go_without_its_wrapper(void **state)
{
	struct world *w = *state;

	todo_expect(w, "_table/todo?fields=id&limit=2&wrap=false",
	    "[{\"id\":1},{\"id\":2}]");
	todo_expect(w, "_table/todo?ids=2,1&fields=id&wrap=no",
	    "[{\"id\":2},{\"id\":1}]");
	todo_expect(w, "_table?as_list=1&wrap=false",
	    "[\"done\",\"keyless\",\"pair\",\"secret\",\"todo\"]");
	todo_expect(w,
	    "_table/todo?fields=id&limit=1&wrap=false&include_count=1",
	    "{\"resource\":[{\"id\":1}],\"meta\":{\"count\":5,\"next\":1}}");
	world_request(w, "GET", "_table/todo?fields=id&limit=1", NULL);
	w->req.param[PARAM_WRAP] = STR("false");
	w->service.type->handle(&w->req);
	assert_string_equal(world_body(w), "[{\"id\":1}]");
	world_request(w, "GET", "_table/todo?fields=id&limit=1&wrap=1", NULL);
	w->req.param[PARAM_WRAP] = STR("false");
	w->service.type->handle(&w->req);
	assert_string_equal(world_body(w), "{\"resource\":[{\"id\":1}]}");
}

static void
a_list_may_hold_identifiers_alone(void **state)
{
	todo_expect(*state, "_table/todo?as_list=true&limit=3",
	    "{\"resource\":[1,2,3]}");
	todo_expect(*state, "_table/pair?as_list=true",
	    "{\"resource\":[\"(1,x)\",\"(1,y)\",\"(2,x)\"]}");
	todo_expect(*state, "_table/todo?as_list=true&limit=2&id_field=name",
	    "{\"resource\":[\"one\",\"two\"]}");
	todo_expect_refused(*state, "_table/keyless?as_list=true", 400,
	    "Table 'keyless' has no primary key to identify records by.");
}

static void
a_filter_chooses_rows(void **state)
{
	todo_expect(*state, "_table/todo?fields=id&filter=id%20gt%203",
	    "{\"resource\":[{\"id\":4},{\"id\":5}]}");
	todo_expect(*state, "_table/todo?count_only=1&where=done%3Dtrue", "2");
	todo_expect(*state,
	    "_table/todo?fields=id&filter=name%3D:n&params%5B:n%5D=two",
	    "{\"resource\":[{\"id\":2}]}");
	todo_expect(*state,
	    "_table/todo?fields=id&filter=id%20%3C%204&limit=1&"
	    "include_count=true",
	    "{\"resource\":[{\"id\":1}],\"meta\":{\"count\":3,\"next\":1}}");
	todo_expect_refused(*state, "_table/todo?filter=id%3D1&ids=1", 400,
	    "Parameters 'ids' and 'filter' exclude each other.");
}

static void
what_is_not_understood_is_refused_by_name(void **state)
{
	todo_expect_refused(*state, "_table/todo?related=x", 400,
	    "Relation 'x' does not exist for table 'todo'.");
	todo_expect_refused(*state, "_table/todo/1?filter=x", 400,
	    "Parameter 'filter' is not supported here.");
	todo_expect_refused(*state, "_table/todo?fields=id,no", 400,
	    "Invalid field requested: 'no'.");
	todo_expect_refused(*state, "_table/todo?order=no", 400,
	    "Invalid field 'no' in order by clause.");
	todo_expect_refused(*state, "_table/todo?order=id%3Bdrop", 400,
	    "Invalid field 'id;drop' in order by clause.");
	todo_expect_refused(*state, "_table/todo?limit=ten", 400,
	    "Parameter 'limit' must be an integer.");
	todo_expect_refused(*state, "_table/todo?ids=1,2,3,4,5", 400,
	    "Parameter 'ids' names more than 4 records (max_records).");
}

static void
row_filters_that_cannot_be_applied_deny(void **state)
{
	struct world *w = *state;

	world_filter(w, "[{\"name\":\"no\",\"operator\":\"is null\"}]", "");
	assert_int_equal(world_call(w, "GET", "_table/todo", NULL), 403);
	assert_int_equal(world_call(w, "GET", "_table/todo/1", NULL), 403);
	assert_int_equal(world_call(w, "DELETE", "_table/todo/1", NULL), 403);
	assert_int_equal(world_number(w, "SELECT count(*) FROM todo"), 5);
}

static void
a_read_sent_as_post_has_its_options_in_the_body(void **state)
{
	struct world *w = *state;

	world_request(w, "POST", "_table/todo?method=GET",
	    "{\"ids\":[2,1],\"fields\":\"id\"}");
	w->service.type->handle(&w->req);
	assert_string_equal(
	    world_body(w), "{\"resource\":[{\"id\":2},{\"id\":1}]}");
	world_request(w, "POST", "_table/todo?method=GET",
	    "{\"filter\":\"name=:n\",\"params\":{\":n\":\"one\"},"
	    "\"fields\":[\"id\",\"name\"]}");
	w->service.type->handle(&w->req);
	assert_string_equal(
	    world_body(w), "{\"resource\":[{\"id\":1,\"name\":\"one\"}]}");
	world_request(w, "POST", "_table/todo?method=GET&fields=id&limit=1",
	    "{\"limit\":3,\"select\":\"name\"}");
	w->service.type->handle(&w->req);
	assert_string_equal(world_body(w), "{\"resource\":[{\"id\":1}]}");
}

static void
a_statement_past_its_deadline_is_a_gateway_timeout(void **state)
{
	struct world *w = *state;

	world_script(w, "CREATE VIEW slow AS WITH RECURSIVE n(i) AS (SELECT 1 "
			"UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c "
			"FROM n");
	w->service.type->close(w->service.instance);
	assert_int_equal(w->service.type->open(
			     &w->service, &w->host, &w->service.instance, NULL),
	    ST_OK);
	w->settings.statement_timeout = 50;
	assert_int_equal(world_call(w, "GET", "_table/slow", NULL), 504);
	assert_string_equal(world_message(w),
	    "The database took too long to retrieve records of 'slow'.");
	assert_int_equal(world_call(w, "GET", "_table/todo/1", NULL), 200);
}

/* Nothing is watched: others may write as they like. */
static enum service_change
changed(struct world *w)
{
	bool outdated = false;
	enum service_change change =
	    w->service.type->changed(w->service.instance, &outdated);

	assert_false(outdated);
	return change;
}

static void
a_column_that_went_away_is_try_again(void **state)
{
	struct world *w = *state;

	world_script(w, "ALTER TABLE todo DROP COLUMN due");
	assert_int_equal(world_call(w, "GET", "_table/todo", NULL), 503);
	assert_true(world_has_header(w, "Retry-After: 1"));
	assert_true(changed(w));
}

/* A look that took its time is followed by a rest, in which none is taken. */
static enum service_change
change_seen(struct world *w)
{
	int64_t until_ms = clock_boot_ms() + 30000;
	enum service_change change;

	do
		change = changed(w);
	while (change == SERVICE_SAME && clock_boot_ms() < until_ms);
	return change;
}

static void
a_schema_that_stands_has_not_changed(void **state)
{
	struct world *w = *state;

	world_script(w, "INSERT INTO secret VALUES (1)");
	assert_false(changed(w));
	world_script(w, "CREATE TABLE more (i INTEGER)");
	assert_int_equal(change_seen(w), SERVICE_CHANGED);
}

static void
a_file_that_was_moved_away_is_gone(void **state)
{
	struct world *w = *state;
	char away[sizeof(w->path) + 8];

	(void)snprintf(away, sizeof(away), "%s.away", w->path);
	assert_int_equal(rename(w->path, away), 0);
	assert_int_equal(changed(w), SERVICE_GONE);
	assert_int_equal(rename(away, w->path), 0);
	assert_int_equal(changed(w), SERVICE_SAME);
}

static void
the_list_of_tables_is_only_read(void **state)
{
	struct world *w = *state;

	assert_int_equal(world_call(w, "POST", "_table", "{}"), 405);
	assert_int_equal(world_call(w, "DELETE", "", NULL), 405);
	assert_true(world_has_header(w, "Allow: GET, HEAD, OPTIONS"));
}

static void
an_answer_has_a_largest_size(void **state)
{
	struct world *w = *state;

	world_script(w, "UPDATE todo SET data = zeroblob(40000000) "
			"WHERE id < 3");
	assert_int_equal(world_call(w, "GET", "_table/todo/1", NULL), 200);
	assert_int_equal(
	    world_call(w, "GET", "_table/todo?limit=2", NULL), 400);
	assert_string_equal(world_message(w),
	    "The answer is too large: ask for fewer records.");
	assert_int_equal(
	    world_call(w, "GET", "_table/todo?ids=1,2", NULL), 400);
}

static void
a_database_that_turned_to_garbage_is_unavailable(void **state)
{
	struct world *w = *state;
	FILE *f = fopen(w->path, "r+");

	world_script(w, "PRAGMA wal_checkpoint(TRUNCATE)");
	assert_non_null(f);
	for (int i = 0; i < 1000; i++)
		(void)fputs("garbage ", f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(world_call(w, "GET", "_table/todo/1", NULL), 503);
	assert_null(strstr(world_body(w), w->path));
}

static void
options_tell_the_methods(void **state)
{
	struct world *w = *state;

	assert_int_equal(world_call(w, "OPTIONS", "_table/todo", NULL), 200);
	assert_true(world_has_header(
	    w, "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
	assert_string_equal(world_body(w), "");
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, todo_set_up, todo_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_root_lists_resources),
		TEST(tables_are_listed_by_name),
		TEST(a_role_sees_only_its_tables),
		TEST(values_have_their_types),
		TEST(an_unknown_id_is_missing),
		TEST(an_unknown_table_is_missing),
		TEST(a_page_has_fields_order_limit_and_offset),
		TEST(aliases_mean_the_same),
		TEST(no_fields_at_all_means_the_key),
		TEST(nulls_go_where_they_are_told),
		TEST(without_a_limit_the_cut_is_told),
		TEST(the_count_is_given_on_request),
		TEST(an_empty_table_is_an_empty_list),
		TEST(a_view_is_read_like_a_table),
		TEST(the_format_is_not_asked_for_in_a_body),
		TEST(what_is_not_understood_is_refused_by_name),
		TEST(a_list_may_go_without_its_wrapper),
		TEST(a_list_may_hold_identifiers_alone),
		TEST(a_filter_chooses_rows),
		TEST(row_filters_that_cannot_be_applied_deny),
		TEST(a_read_sent_as_post_has_its_options_in_the_body),
		TEST(a_statement_past_its_deadline_is_a_gateway_timeout),
		TEST(a_column_that_went_away_is_try_again),
		TEST(a_schema_that_stands_has_not_changed),
		TEST(a_file_that_was_moved_away_is_gone),
		TEST(the_list_of_tables_is_only_read),
		TEST(an_answer_has_a_largest_size),
		TEST(a_database_that_turned_to_garbage_is_unavailable),
		TEST(options_tell_the_methods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
