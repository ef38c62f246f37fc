/* POST of records to a database service, over a real file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/db_world.h"

static const char script[] =
    "CREATE TABLE todo (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
    "done BOOLEAN, price DECIMAL, due DATE, at DATETIME, data BLOB, "
    "twice INTEGER GENERATED ALWAYS AS (id * 2) VIRTUAL, more JSON, "
    "free);"
    "INSERT INTO todo (id, name) VALUES (1, 'one'), (2, 'two');"
    "CREATE TABLE pair (a INTEGER NOT NULL, b TEXT NOT NULL, v INTEGER, "
    "PRIMARY KEY (a, b));"
    "CREATE TABLE drawn (k TEXT PRIMARY KEY DEFAULT ('k-' || 7), v INTEGER);"
    "CREATE TABLE price (k DECIMAL(10,2) PRIMARY KEY, v INTEGER);"
    "CREATE TABLE keyless (v INTEGER);"
    "CREATE TABLE later (id INTEGER PRIMARY KEY, t INTEGER "
    "REFERENCES todo DEFERRABLE INITIALLY DEFERRED);"
    "CREATE TABLE harsh (id INTEGER PRIMARY KEY ON CONFLICT ROLLBACK);"
    "CREATE TABLE gentle (id INTEGER PRIMARY KEY, "
    "u INTEGER UNIQUE ON CONFLICT IGNORE);"
    "CREATE TABLE mute (k TEXT PRIMARY KEY DEFAULT 'k', "
    "v INTEGER UNIQUE ON CONFLICT IGNORE);"
    "CREATE TABLE picky (id INTEGER PRIMARY KEY, v INTEGER);"
    "CREATE TRIGGER no BEFORE INSERT ON picky WHEN new.v = 7 BEGIN "
    "INSERT INTO trace VALUES (new.v); SELECT RAISE(IGNORE); END;"
    "CREATE TABLE traced (id INTEGER PRIMARY KEY, v INTEGER);"
    "CREATE TABLE trace (v INTEGER);"
    "CREATE TRIGGER g AFTER INSERT ON traced BEGIN "
    "INSERT INTO trace VALUES (new.v);"
    "UPDATE traced SET v = v + 100 WHERE id = new.id; END";

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

static void
assert_batch(
    struct world *w, const char *target, const char *body, const char *context)
{
	assert_int_equal(world_call(w, "POST", target, body), 400);
	if (strstr(world_body(w), context) == NULL)
		assert_string_equal(world_body(w), context);
}

static int64_t
count(struct world *w)
{
	return world_number(w, "SELECT count(*) FROM todo");
}

static void
a_number_that_would_not_be_kept_is_refused(void **state)
{
	static const struct {
		const char *body;
		const char *why;
	} cases[] = {
		{ "[{\"name\":\"a\",\"price\":1e400}]",
		    "Field 'price' is out of the range that the database "
		    "has." },
		{ "[{\"name\":\"a\",\"price\":-1e-400}]",
		    "Field 'price' is out of the range that the database "
		    "has." },
		{ "[{\"name\":\"a\",\"price\":0.1234567890123456}]",
		    "Field 'price' has more than the 15 significant digits "
		    "that the database keeps." },
		{ "[{\"name\":\"a\",\"price\":\"12345678901234567890\"}]",
		    "Field 'price' has more than the 15 significant digits "
		    "that the database keeps." },
		{ "[{\"name\":\"a\",\"id\":9223372036854775808}]",
		    "Field 'id' must be an integer of 64 bits with sign." },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_batch(
		    *state, "_table/todo", cases[i].body, cases[i].why);
	assert_int_equal(count(*state), 2);
}

static void
a_number_that_is_kept_is_read_back(void **state)
{
	static const char *const kept[] = { "0", "0.00000123456789012345",
		"-9223372036854775808", "9223372036854775807",
		"123456789012.345", "12345678901234567" };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		struct str body = arena_printf(&w->arena,
		    "[{\"name\":\"n%zu\",\"price\":%s}]", i, kept[i]);
		struct str want =
		    arena_printf(&w->arena, "{\"resource\":[{\"price\":%s}]}",
			i == 1 ? "1.23456789012345e-06" : kept[i]);

		world_expect(
		    w, "POST", "_table/todo?fields=price", body.p, want.p);
	}
}

static void
a_new_record_answers_its_key(void **state)
{
	world_expect(*state, "POST", "_table/todo",
	    "{\"resource\":[{\"name\":\"a\"},{\"id\":9,\"name\":\"b\"}]}",
	    "{\"resource\":[{\"id\":3},{\"id\":9}]}");
	world_expect(*state, "POST", "_table/todo", "[{\"name\":\"c\"}]",
	    "{\"resource\":[{\"id\":10}]}");
	world_expect(
	    *state, "POST", "_table/todo", "{\"name\":\"d\"}", "{\"id\":11}");
	assert_int_equal(count(*state), 6);
}

static void
fields_of_a_new_record_are_read_back(void **state)
{
	world_expect(*state, "POST", "_table/todo?fields=name,done,twice",
	    "{\"resource\":[{\"name\":\"a\",\"done\":\"yes\"}]}",
	    "{\"resource\":[{\"name\":\"a\",\"done\":true,\"twice\":6}]}");
	world_expect(*state, "POST", "_table/todo",
	    "{\"resource\":[{\"name\":\"b\"}],\"fields\":\"id,name\"}",
	    "{\"resource\":[{\"id\":4,\"name\":\"b\"}]}");
}

static void
keys_are_told_however_they_came(void **state)
{
	world_expect(*state, "POST", "_table/drawn", "[{\"v\":1}]",
	    "{\"resource\":[{\"k\":\"k-7\"}]}");
	world_expect(*state, "POST", "_table/pair",
	    "[{\"a\":1,\"b\":\"y\",\"v\":3}]",
	    "{\"resource\":[{\"a\":1,\"b\":\"y\"}]}");
	world_expect(*state, "POST", "_table/price", "[{\"k\":1.50,\"v\":3}]",
	    "{\"resource\":[{\"k\":1.5}]}");
	world_expect(*state, "POST", "_table/keyless", "[{\"v\":3}]",
	    "{\"resource\":[{\"v\":3}]}");
}

static void
every_type_is_taken_as_json_writes_it(void **state)
{
	world_expect(*state, "POST",
	    "_table/todo?fields=done,price,due,at,data,more,free",
	    "[{\"name\":\"a\",\"done\":false,\"price\":\"12.25\","
	    "\"due\":\"2024-02-29\",\"at\":\"2024-02-29T23:59:59Z\","
	    "\"data\":\"AP8=\",\"more\":{\"a\":[1,2]},\"free\":1.5}]",
	    "{\"resource\":[{\"done\":false,\"price\":12.25,"
	    "\"due\":\"2024-02-29\",\"at\":\"2024-02-29T23:59:59Z\","
	    "\"data\":\"AP8=\",\"more\":\"{\\\"a\\\":[1,2]}\","
	    "\"free\":1.5}]}");
	world_expect(*state, "POST", "_table/todo?fields=at,due",
	    "[{\"name\":\"b\",\"at\":1700000000,\"due\":19000}]",
	    "{\"resource\":[{\"at\":1700000000,\"due\":19000}]}");
	world_expect(*state, "POST", "_table/todo?fields=name,done,free",
	    "[{\"name\":17,\"done\":null,\"free\":true}]",
	    "{\"resource\":[{\"name\":\"17\",\"done\":null,\"free\":1}]}");
}

static void
a_wrong_value_names_record_and_field(void **state)
{
	static const struct {
		const char *record;
		const char *message;
	} wrong[] = {
		{ "\"name\":\"x\",\"id\":1.5",
		    "Field 'id' must be a valid integer." },
		{ "\"name\":\"x\",\"id\":\"x\"",
		    "Field 'id' must be a valid integer." },
		{ "\"name\":\"x\",\"done\":\"maybe\"",
		    "Field 'done' must be true or false." },
		{ "\"name\":\"x\",\"price\":\"much\"",
		    "Field 'price' must be a valid number." },
		{ "\"name\":\"x\",\"due\":\"2023-02-29\"",
		    "Field 'due' must be a date (YYYY-MM-DD)." },
		{ "\"name\":\"x\",\"at\":\"noon\"",
		    "Field 'at' must be a date and time "
		    "(YYYY-MM-DD HH:MM:SS)." },
		{ "\"name\":\"x\",\"data\":\"?\"",
		    "Field 'data' must be a string in base64." },
		{ "\"name\":[]", "Field 'name' must be a string." },
		{ "\"name\":null", "Field 'name' can not be NULL." },
		{ "\"name\":\"x\",\"NAME\":\"x\"",
		    "Field 'name' is given twice." },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct str body = arena_printf(
		    &w->arena, "[{\"name\":\"good\"},{%s}]", wrong[i].record);
		struct str context = arena_printf(&w->arena,
		    "{\"error\":[1],\"resource\":[{\"id\":3},{\"code\":400,"
		    "\"context\":null,\"message\":\"%s\"",
		    wrong[i].message);

		assert_batch(w, "_table/todo?rollback=true", body.p, context.p);
	}
	assert_int_equal(count(w), 2);
}

static void
required_and_unknown_members(void **state)
{
	assert_batch(*state, "_table/todo", "[{\"done\":true}]",
	    "Required field 'name' can not be NULL.");
	assert_batch(*state, "_table/todo", "[{\"other\":1}]",
	    "No valid fields were found in record.");
	world_expect(*state, "POST", "_table/todo",
	    "[{\"name\":\"a\",\"other\":1,\"twice\":5}]",
	    "{\"resource\":[{\"id\":3}]}");
}

static void
a_failure_keeps_what_came_before(void **state)
{
	assert_batch(*state, "_table/todo",
	    "[{\"name\":\"a\"},{\"name\":\"one\"},{\"name\":\"b\"}]",
	    "{\"error\":[1],\"resource\":[{\"id\":3},{\"code\":409,"
	    "\"context\":null,\"message\":\"UNIQUE constraint failed: "
	    "todo.name\",\"status_code\":409}]}");
	assert_string_equal(world_message(*state),
	    "Batch Error: Not all requested records could be created.");
	assert_int_equal(count(*state), 3);
}

static void
continue_goes_on_after_failures(void **state)
{
	assert_batch(*state, "_table/todo?continue=true",
	    "[{\"name\":\"a\"},{\"name\":\"one\"},{\"name\":\"b\"},{}]",
	    "{\"error\":[1,3],");
	assert_int_equal(count(*state), 4);
}

static void
rollback_keeps_nothing(void **state)
{
	static const char body[] =
	    "{\"resource\":[{\"name\":\"a\"},{\"name\":\"one\"}],"
	    "\"rollback\":true}";

	assert_batch(*state, "_table/todo", body, "{\"error\":[1],");
	assert_string_equal(world_message(*state),
	    "Batch Error: Not all requested records could be created. All "
	    "changes rolled back.");
	assert_int_equal(count(*state), 2);
	world_expect_refusal(*state, "POST",
	    "_table/todo?continue=1&rollback=1", body,
	    "Rollback and continue operations can not be requested at the "
	    "same time.");
}

static void
a_record_may_take_the_transaction_with_it(void **state)
{
	static const char *const targets[] = { "_table/harsh",
		"_table/harsh?continue=true" };

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		assert_batch(*state, targets[i],
		    "[{\"id\":1},{\"id\":1},{\"id\":2}]",
		    "{\"error\":[1],\"resource\":[{\"id\":1},{\"code\":409,");
		assert_string_equal(world_message(*state),
		    "Batch Error: Not all requested records could be created. "
		    "All changes rolled back.");
		assert_int_equal(
		    world_number(*state, "SELECT count(*) FROM harsh"), 0);
	}
}

static void
one_record_that_exists_is_a_conflict(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    world_call(w, "POST", "_table/todo", "{\"name\":\"one\"}"), 409);
	assert_int_equal(world_call(w, "POST", "_table/todo",
			     "{\"resource\":[{\"name\":\"one\"}]}"),
	    409);
	assert_int_equal(world_call(w, "POST", "_table/todo?continue=true",
			     "[{\"name\":\"one\"}]"),
	    400);
}

/* SQLite says nothing of it, but nothing was made. */
static void
a_record_that_the_database_passes_over_is_not_made(void **state)
{
	static const char why[] =
	    "The database did not take the record: another is in its way, or "
	    "a trigger.";
	static const char batch[] = "[{\"u\":7},{\"u\":7},{\"u\":8}]";
	struct world *w = *state;

	assert_batch(w, "_table/gentle", batch, "\"error\":[1],");
	assert_int_equal(world_number(w, "SELECT count(*) FROM gentle"), 1);
	assert_batch(w, "_table/gentle?continue=true", batch,
	    "\"error\":[0,1],\"resource\":[{\"code\":409,");
	assert_batch(w, "_table/gentle?rollback=true", "[{\"u\":9},{\"u\":7}]",
	    "\"error\":[1],");
	assert_int_equal(world_number(w, "SELECT sum(u) FROM gentle"), 15);
	world_expect_refusal(w, "POST", "_table/gentle", "[{\"u\":7}]", why);
	assert_int_equal(w->req.response.status, 409);
	world_expect(w, "POST", "_table/mute", "[{\"v\":1}]",
	    "{\"resource\":[{\"k\":\"k\"}]}");
	world_expect_refusal(w, "POST", "_table/mute", "[{\"v\":1}]", why);
	world_expect_refusal(w, "POST", "_table/picky", "[{\"v\":7}]", why);
	world_expect(w, "POST", "_table/picky", "[{\"id\":4,\"v\":8}]",
	    "{\"resource\":[{\"id\":4}]}");
}

static void
what_fails_at_the_commit_is_the_clients_too(void **state)
{
	struct world *w = *state;

	assert_batch(w, "_table/later",
	    "[{\"id\":1,\"t\":77},{\"id\":2,\"t\":1}]",
	    "\"code\":1000,\"context\":{\"error\":[0,1],\"resource\":[{"
	    "\"code\":"
	    "400,\"context\":null,\"message\":\"FOREIGN KEY constraint "
	    "failed\"");
	assert_string_equal(world_message(w),
	    "Batch Error: Not all requested records could be created. All "
	    "changes rolled back.");
	assert_int_equal(world_number(w, "SELECT count(*) FROM later"), 0);
	world_expect(w, "POST", "_table/later", "[{\"id\":1,\"t\":1}]",
	    "{\"resource\":[{\"id\":1}]}");
}

static void
a_body_without_records_is_refused(void **state)
{
	struct world *w = *state;

	assert_int_equal(world_call(w, "POST", "_table/todo", "[]"), 400);
	assert_int_equal(world_call(w, "POST", "_table/todo", NULL), 400);
	assert_int_equal(world_call(w, "POST", "_table/todo", "{\"a\""), 400);
	assert_non_null(strstr(world_message(w), "line 1 column"));
	assert_int_equal(count(w), 2);
}

static void
what_a_trigger_did_is_seen(void **state)
{
	world_expect(*state, "POST", "_table/traced?fields=*", "[{\"v\":1}]",
	    "{\"resource\":[{\"id\":1,\"v\":101}]}");
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_number_that_would_not_be_kept_is_refused),
		TEST(a_number_that_is_kept_is_read_back),
		TEST(a_new_record_answers_its_key),
		TEST(fields_of_a_new_record_are_read_back),
		TEST(keys_are_told_however_they_came),
		TEST(every_type_is_taken_as_json_writes_it),
		TEST(a_wrong_value_names_record_and_field),
		TEST(required_and_unknown_members),
		TEST(a_failure_keeps_what_came_before),
		TEST(continue_goes_on_after_failures),
		TEST(rollback_keeps_nothing),
		TEST(a_record_may_take_the_transaction_with_it),
		TEST(one_record_that_exists_is_a_conflict),
		TEST(a_record_that_the_database_passes_over_is_not_made),
		TEST(what_fails_at_the_commit_is_the_clients_too),
		TEST(a_body_without_records_is_refused),
		TEST(what_a_trigger_did_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
