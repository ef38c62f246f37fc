/* PUT, PATCH and DELETE on a database service, over a real file; what every
 * write owes to the cache. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "middleware/pending.h"
#include "tests/support/db_world.h"

static const char script[] =
    "CREATE TABLE todo (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
    "done BOOLEAN);"
    "INSERT INTO todo (id, name) VALUES (1, 'one'), (2, 'two');"
    "CREATE TABLE pair (a INTEGER NOT NULL, b TEXT NOT NULL, v INTEGER, "
    "PRIMARY KEY (a, b));"
    "INSERT INTO pair VALUES (1, 'x', 10);"
    "CREATE TABLE parent (id INTEGER PRIMARY KEY);"
    "CREATE TABLE child (id INTEGER PRIMARY KEY, "
    "p INTEGER REFERENCES parent ON DELETE CASCADE);"
    "CREATE TABLE strict_child (id INTEGER PRIMARY KEY, "
    "t INTEGER REFERENCES todo);"
    "CREATE TABLE traced (id INTEGER PRIMARY KEY, v INTEGER);"
    "CREATE TABLE trace (v INTEGER);"
    "CREATE TRIGGER g AFTER INSERT ON traced BEGIN "
    "INSERT INTO trace VALUES (new.v); END;"
    "CREATE TABLE gentle (id INTEGER PRIMARY KEY, "
    "u INTEGER UNIQUE ON CONFLICT IGNORE);"
    "INSERT INTO gentle VALUES (1, 7), (2, 8);"
    "CREATE TABLE loose (k TEXT COLLATE NOCASE PRIMARY KEY, v INTEGER);"
    "INSERT INTO loose VALUES ('abc', 1);"
    "CREATE VIEW names AS SELECT name FROM todo;"
    "CREATE TABLE a (id INTEGER PRIMARY KEY, "
    "d INTEGER REFERENCES d ON UPDATE CASCADE, "
    "a INTEGER REFERENCES a ON DELETE CASCADE);"
    "CREATE TABLE b (id INTEGER PRIMARY KEY, "
    "a INTEGER REFERENCES a ON DELETE CASCADE);"
    "CREATE TABLE c (id INTEGER PRIMARY KEY, "
    "A INTEGER REFERENCES A ON DELETE SET NULL);"
    "CREATE TABLE d (id INTEGER PRIMARY KEY, "
    "b INTEGER REFERENCES b ON UPDATE SET DEFAULT);"
    "CREATE TABLE calm (id INTEGER PRIMARY KEY);"
    "CREATE TABLE calm_child (id INTEGER PRIMARY KEY, "
    "c INTEGER REFERENCES calm ON DELETE RESTRICT);"
    "CREATE TABLE bad (id INTEGER PRIMARY KEY);"
    "CREATE TABLE bad_child (id INTEGER PRIMARY KEY, "
    "b INTEGER REFERENCES bad ON DELETE CASCADE);"
    "CREATE TRIGGER h AFTER DELETE ON bad_child BEGIN "
    "DELETE FROM calm; END;"
    "CREATE TABLE wide (id INTEGER PRIMARY KEY);"
#define WIDE(n)                                                                \
	"CREATE TABLE wide_" #n                                                \
	" (w INTEGER REFERENCES wide ON DELETE CASCADE);"
    WIDE(1) WIDE(2) WIDE(3) WIDE(4) WIDE(5) WIDE(6) WIDE(7) WIDE(8) WIDE(9)
	WIDE(10) WIDE(11) WIDE(12) WIDE(13);

static int
set_up(void **state)
{
	struct world *w = malloc(sizeof(*w));

	assert_non_null(w);
	world_open(w, script, "");
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

static int64_t
count(struct world *w)
{
	return world_number(w, "SELECT count(*) FROM todo");
}

static void
a_change_answers_the_key_or_the_fields(void **state)
{
	world_expect(
	    *state, "PATCH", "_table/todo/1", "{\"done\":true}", "{\"id\":1}");
	world_expect(*state, "PUT", "_table/todo/1?fields=id,name,done",
	    "{\"resource\":[{\"name\":\"uno\",\"id\":99}]}",
	    "{\"id\":1,\"name\":\"uno\",\"done\":true}");
	world_expect(
	    *state, "PATCH", "_table/todo/1", "{\"done\":true}", "{\"id\":1}");
}

static void
a_key_can_be_changed(void **state)
{
	world_expect(*state, "PATCH", "_table/pair/(1,x)?fields=*",
	    "{\"b\":\"z\"}", "{\"a\":1,\"b\":\"z\",\"v\":10}");
	assert_int_equal(
	    world_call(*state, "PATCH", "_table/pair/(1,x)", "{\"v\":1}"), 404);
}

static void
a_change_that_the_database_passes_over_is_a_conflict(void **state)
{
	struct world *w = *state;

	world_expect_refusal(w, "PATCH", "_table/gentle/2", "{\"u\":7}",
	    "The database did not take the record: another is in its way, or "
	    "a trigger.");
	assert_int_equal(w->req.response.status, 409);
	assert_int_equal(
	    world_call(w, "PATCH", "_table/gentle/3", "{\"u\":7}"), 404);
	world_expect(w, "PATCH", "_table/gentle/2", "{\"u\":9}", "{\"id\":2}");
}

static void
a_change_of_nothing_is_missing(void **state)
{
	struct world *w = *state;

	world_expect_refusal(w, "PATCH", "_table/todo/9", "{\"done\":true}",
	    "Record with identifier '9' not found.");
	assert_int_equal(w->req.response.status, 404);
	world_expect_refusal(w, "DELETE", "_table/todo/9", NULL,
	    "Record with identifier '9' not found.");
	assert_int_equal(w->req.response.status, 404);
	world_expect_refusal(w, "PATCH", "_table/todo/1", "{\"id\":1}",
	    "No valid fields were found in record.");
	assert_int_equal(w->req.response.status, 400);
}

static void
a_change_into_another_record_is_a_conflict(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    world_call(w, "PATCH", "_table/todo/1", "{\"name\":\"two\"}"), 409);
	assert_int_equal(
	    world_number(w, "SELECT count(*) FROM todo WHERE name = 'one'"), 1);
}

static void
a_delete_answers_what_was_there(void **state)
{
	world_expect(*state, "DELETE", "_table/todo/1", NULL, "{\"id\":1}");
	world_expect(*state, "DELETE", "_table/todo/2?fields=id,name", NULL,
	    "{\"id\":2,\"name\":\"two\"}");
	assert_int_equal(count(*state), 0);
}

static void
a_referenced_record_is_not_deleted(void **state)
{
	struct world *w = *state;

	world_script(w, "INSERT INTO strict_child VALUES (1, 2)");
	assert_int_equal(world_call(w, "DELETE", "_table/todo/2", NULL), 400);
	assert_non_null(strstr(world_message(w), "FOREIGN KEY"));
	assert_int_equal(count(w), 2);
}

static void
a_key_is_answered_as_it_is_stored(void **state)
{
	world_expect(*state, "PATCH", "_table/loose/ABC", "{\"v\":2}",
	    "{\"k\":\"abc\"}");
	world_expect(
	    *state, "DELETE", "_table/loose/aBc", NULL, "{\"k\":\"abc\"}");
}

static void
tags_are_deleted_before_and_after_the_write(void **state)
{
	struct world *w = *state;

	w->watch_sql = "SELECT count(*) FROM todo";
	assert_int_equal(
	    world_call(w, "POST", "_table/todo", "[{\"name\":\"a\"}]"), 200);
	assert_string_equal(w->deleted, "todo ? |todo ? |");
	assert_int_equal(w->watched[0], 2);
	assert_int_equal(w->watched[1], 3);
}

static void
writes_that_reach_further_drop_everything(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    world_call(w, "POST", "_table/parent", "[{\"id\":1}]"), 200);
	assert_string_equal(w->deleted, "parent child ? |parent child ? |");
	assert_int_equal(
	    world_call(w, "POST", "_table/child", "[{\"id\":1,\"p\":1}]"), 200);
	assert_string_equal(w->deleted, "child ? |child ? |");
	assert_int_equal(
	    world_call(w, "POST", "_table/traced", "[{\"v\":1}]"), 200);
	assert_string_equal(w->deleted, "traced ? * |traced ? * |");
}

/* Of what may happen to a row, in one loop of keys: a table reaches itself. */
static void
cascades_are_followed_to_their_ends(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    world_call(w, "POST", "_table/a", "[{\"id\":1}]"), 200);
	assert_string_equal(w->deleted, "a c b d ? |a c b d ? |");
	assert_int_equal(
	    world_call(w, "POST", "_table/d", "[{\"id\":1}]"), 200);
	assert_string_equal(w->deleted, "d a c b ? |d a c b ? |");
	assert_int_equal(
	    world_call(w, "POST", "_table/calm", "[{\"id\":1}]"), 200);
	assert_string_equal(w->deleted, "calm ? |calm ? |");
	assert_int_equal(
	    world_call(w, "POST", "_table/bad", "[{\"id\":1}]"), 200);
	assert_string_equal(w->deleted, "bad ? * |bad ? * |");
	assert_int_equal(
	    world_call(w, "POST", "_table/wide", "[{\"id\":1}]"), 200);
	assert_non_null(strstr(w->deleted, "* |"));
}

static enum status
count_tag(void *ctx, struct str tag)
{
	unsigned *n = ctx;

	(void)tag;
	++*n;
	return ST_OK;
}

static void
a_trigger_of_this_moment_drops_everything(void **state)
{
	struct world *w = *state;

	world_script(w, "CREATE TRIGGER fresh AFTER INSERT ON todo BEGIN "
			"UPDATE parent SET id = id + 1; END");
	assert_int_equal(
	    world_call(w, "POST", "_table/todo", "[{\"name\":\"a\"}]"), 200);
	assert_string_equal(w->deleted, "todo ? |todo ? * |todo ? * |");
}

static void
without_the_store_a_write_is_done_and_its_tags_wait(void **state)
{
	struct world *w = *state;
	unsigned waiting = 0;

	w->store_status = ST_UNAVAILABLE;
	assert_int_equal(
	    world_call(w, "POST", "_table/todo", "[{\"name\":\"a\"}]"), 200);
	assert_int_equal(count(w), 3);
	pending_retry(w->stores.pending, count_tag, &waiting);
	assert_int_equal(waiting, 2); /* the table's, and "?" */
}

static void
without_the_store_a_strict_weir_writes_nothing(void **state)
{
	struct world *w = *state;

	w->store_status = ST_UNAVAILABLE;
	w->settings.cache_write_on_error = WRITE_ON_ERROR_REFUSE;
	assert_int_equal(
	    world_call(w, "POST", "_table/todo", "[{\"name\":\"a\"}]"), 503);
	assert_true(world_has_header(w, "Retry-After: 1"));
	assert_int_equal(count(w), 2);
}

static void
a_locked_database_is_unavailable(void **state)
{
	struct world *w = *state;

	world_script(w, "BEGIN IMMEDIATE");
	w->settings.statement_timeout = 100;
	assert_int_equal(
	    world_call(w, "POST", "_table/todo", "[{\"name\":\"a\"}]"), 503);
	assert_true(world_has_header(w, "Retry-After: 1"));
	world_script(w, "ROLLBACK");
	w->settings.statement_timeout = 60000;
	assert_int_equal(
	    world_call(w, "POST", "_table/todo", "[{\"name\":\"a\"}]"), 200);
}

static void
a_change_of_a_locked_database_is_unavailable(void **state)
{
	struct world *w = *state;

	world_script(w, "BEGIN IMMEDIATE");
	w->settings.statement_timeout = 100;
	assert_int_equal(
	    world_call(w, "PATCH", "_table/todo/1", "{\"done\":1}"), 503);
	world_script(w, "ROLLBACK");
	assert_int_equal(
	    world_number(w, "SELECT count(*) FROM todo WHERE done IS NULL"), 2);
}

static void
a_body_that_is_no_record_changes_nothing(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    world_call(w, "PATCH", "_table/todo/1", "{\"done\":"), 400);
	assert_int_equal(
	    world_call(w, "PATCH", "_table/todo/1", "[{\"done\":1},{}]"), 400);
	assert_int_equal(
	    world_call(w, "DELETE", "_table/todo/1", "{\"a\""), 400);
	assert_int_equal(w->n_batches, 0);
	assert_int_equal(count(w), 2);
}

static void
methods_that_do_not_fit_are_told(void **state)
{
	struct world *w = *state;

	assert_int_equal(world_call(w, "POST", "_table/names", "[{}]"), 405);
	assert_true(world_has_header(w, "Allow: GET, HEAD, OPTIONS"));
	world_expect_refusal(w, "POST", "_table/todo/1", "{}",
	    "Create record by identifier not currently supported.");
	world_expect_refusal(w, "DELETE", "_table/todo/1?force=true", NULL,
	    "Parameter 'force' is not supported here.");
	world_expect_refusal(w, "PATCH", "_table/todo/1?ids=2", "{\"done\":1}",
	    "Parameter 'ids' is not supported here.");
	assert_int_equal(count(w), 2);
}

static void
a_read_only_service_writes_nothing(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, script, ",\"read_only\":\"true\"");
	assert_int_equal(world_call(&w, "GET", "_table/todo/1", NULL), 200);
	assert_int_equal(world_call(&w, "DELETE", "_table/todo/1", NULL), 405);
	assert_int_equal(w.n_batches, 0);
	assert_int_equal(count(&w), 2);
	world_close(&w);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_change_answers_the_key_or_the_fields),
		TEST(a_key_can_be_changed),
		TEST(a_change_that_the_database_passes_over_is_a_conflict),
		TEST(a_change_of_nothing_is_missing),
		TEST(a_change_into_another_record_is_a_conflict),
		TEST(a_delete_answers_what_was_there),
		TEST(a_referenced_record_is_not_deleted),
		TEST(a_key_is_answered_as_it_is_stored),
		TEST(tags_are_deleted_before_and_after_the_write),
		TEST(writes_that_reach_further_drop_everything),
		TEST(a_trigger_of_this_moment_drops_everything),
		TEST(cascades_are_followed_to_their_ends),
		TEST(without_the_store_a_write_is_done_and_its_tags_wait),
		TEST(without_the_store_a_strict_weir_writes_nothing),
		TEST(a_locked_database_is_unavailable),
		TEST(a_change_of_a_locked_database_is_unavailable),
		TEST(a_body_that_is_no_record_changes_nothing),
		TEST(methods_that_do_not_fit_are_told),
		TEST(a_read_only_service_writes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
