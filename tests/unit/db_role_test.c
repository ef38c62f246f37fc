/*
 * The row filters of a role, as calls carry them: rows outside of them are
 * neither shown, counted, grouped, changed nor made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "middleware/principal.h"
#include "middleware/registry/row_filters.h"
#include "tests/support/db_world.h"

static const char script[] =
    "CREATE TABLE t (id INTEGER PRIMARY KEY, owner INTEGER, v INTEGER);"
    "INSERT INTO t VALUES (1, 7, 10), (2, 8, 20), (3, 7, 30);"
    "CREATE TABLE keyless (owner INTEGER, v INTEGER);"
    "INSERT INTO keyless VALUES (7, 1), (8, 2);"
    "CREATE TABLE greedy (id INTEGER PRIMARY KEY ON CONFLICT REPLACE,"
    " owner INTEGER, code TEXT UNIQUE ON CONFLICT REPLACE);"
    "INSERT INTO greedy VALUES (1, 7, 'a'), (2, 8, 'b');"
    "CREATE TABLE other (id INTEGER PRIMARY KEY);"
    "CREATE VIEW seen AS SELECT id, owner FROM t";

#define MINE "[{\"name\":\"owner\",\"operator\":\"=\",\"value\":\"7\"}]"

static int
set_up(void **state)
{
	struct world *w = malloc(sizeof(*w));

	assert_non_null(w);
	world_open(w, script, ",\"allow_upsert\":true");
	world_filter(w, MINE, "and");
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
assert_status(struct world *w, const char *method, const char *target,
    const char *body, int status)
{
	int got = world_call(w, method, target, body);

	if (got != status)
		fail_msg("%s %s: %d: %s", method, target, got, world_body(w));
}

static void
assert_get(struct world *w, const char *target, const char *want)
{
	world_expect(w, "GET", target, NULL, want);
}

/* The owners of t and their number of rows, so that a test sees any change. */
static void
assert_unchanged(struct world *w)
{
	assert_int_equal(
	    world_number(w, "SELECT sum(id * owner * v) FROM t"), 1020);
	assert_int_equal(world_number(w, "SELECT count(*) FROM t"), 3);
	assert_int_equal(
	    world_number(w, "SELECT sum(owner * v) FROM keyless"), 23);
}

static void
only_rows_of_the_role_are_shown_and_counted(void **state)
{
	struct world *w = *state;

	assert_get(w, "_table/t?fields=id&include_count=true",
	    "{\"resource\":[{\"id\":1},{\"id\":3}],\"meta\":{\"count\":2}}");
	assert_get(w, "_table/t?count_only=true", "2");
	assert_get(w, "_table/t/1?fields=v", "{\"v\":10}");
	assert_status(w, "GET", "_table/t/2", NULL, 404);
	assert_status(w, "GET", "_table/t?ids=1,2", NULL, 400);
	assert_get(w, "_table/t?filter=id%3D1%20or%20owner%3D8&fields=id",
	    "{\"resource\":[{\"id\":1}]}");
	assert_get(w, "_table/t?group=owner&fields=owner,COUNT(*),MAX(v)",
	    "{\"resource\":[{\"owner\":7,\"COUNT_ALL\":2,\"MAX_v\":30}]}");
	assert_get(
	    w, "_table/t?fields=SUM(v)", "{\"resource\":[{\"SUM_v\":40}]}");
	assert_get(w, "_table/seen?fields=id",
	    "{\"resource\":[{\"id\":1},{\"id\":3}]}");
}

/* "2", which is hidden, for "9", which does not exist. */
static const char *
told(struct world *w, const char *method, const char *target, const char *body)
{
	char *message;

	assert_in_range(world_call(w, method, target, body), 400, 404);
	message = (char *)(uintptr_t)world_message(w);
	for (char *c = message; *c != '\0'; c++) {
		if (*c == '9')
			*c = '2';
	}
	return message;
}

/* Nothing tells one that is hidden from one that does not exist. */
static void
a_hidden_row_is_a_missing_one(void **state)
{
	static const char *const calls[][4] = {
		{ "GET", "_table/t/2", "_table/t/9", NULL },
		{ "GET", "_table/t?ids=2", "_table/t?ids=9", NULL },
		{ "GET", "_table/t?id_field=v&ids=20",
		    "_table/t?id_field=v&ids=90", NULL },
		{ "PATCH", "_table/t/2", "_table/t/9", "{\"v\":0}" },
		{ "PATCH", "_table/t?ids=2", "_table/t?ids=9", "[{\"v\":0}]" },
		{ "DELETE", "_table/t/2", "_table/t/9", NULL },
		{ "DELETE", "_table/t/2?fields=*", "_table/t/9?fields=*",
		    NULL },
		{ "DELETE", "_table/t?ids=2", "_table/t?ids=9", NULL },
	};
	struct world w;

	(void)state;
	world_open(&w, script, "");
	world_filter(&w, MINE, "and");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		assert_string_equal(
		    told(&w, calls[i][0], calls[i][1], calls[i][3]),
		    told(&w, calls[i][0], calls[i][2], calls[i][3]));
	assert_unchanged(&w);
	world_close(&w);
}

static void
rows_of_the_role_can_be_changed_and_deleted(void **state)
{
	struct world *w = *state;

	assert_status(w, "PATCH", "_table/t/1", "{\"v\":11}", 200);
	assert_status(w, "DELETE", "_table/t/3", NULL, 200);
	assert_int_equal(world_number(w, "SELECT count(*) FROM t"), 2);
	world_expect(w, "PATCH", "_table/t?filter=v%3E0", "[{\"v\":12}]",
	    "{\"resource\":[{\"id\":1}]}");
	assert_int_equal(world_number(w, "SELECT v FROM t WHERE id = 2"), 20);
	world_expect(w, "DELETE", "_table/t?filter=v%3E0", NULL,
	    "{\"resource\":[{\"id\":1}]}");
	assert_int_equal(world_number(w, "SELECT id FROM t"), 2);
}

static void
a_delete_of_every_row_deletes_those_of_the_role(void **state)
{
	struct world *w = *state;

	assert_status(w, "DELETE", "_table/t?force=true", NULL, 200);
	assert_int_equal(world_number(w, "SELECT id FROM t"), 2);
}

static void
a_row_cannot_be_given_away(void **state)
{
	struct world *w = *state;

	assert_status(w, "PATCH", "_table/t/1", "{\"owner\":8}", 403);
	assert_status(w, "PATCH", "_table/t/1", "{\"owner\":null}", 403);
	assert_status(
	    w, "PUT", "_table/t?ids=1,3&continue=true", "[{\"owner\":8}]", 403);
	assert_status(
	    w, "PATCH", "_table/t?filter=id%3D1", "[{\"owner\":8}]", 403);
	assert_status(w, "PATCH", "_table/t",
	    "[{\"id\":1,\"v\":0},{\"id\":3,\"owner\":8}]", 403);
	assert_unchanged(w);
}

static void
a_row_of_others_cannot_be_made(void **state)
{
	struct world *w = *state;

	assert_status(
	    w, "POST", "_table/t", "[{\"owner\":7},{\"owner\":8}]", 403);
	assert_status(w, "POST", "_table/t?continue=true",
	    "[{\"owner\":7},{\"v\":8}]", 403);
	assert_unchanged(w);
	assert_status(w, "POST", "_table/t", "[{\"owner\":7}]", 200);
	assert_string_equal(world_body(w), "{\"resource\":[{\"id\":4}]}");
}

/* allow_upsert: a hidden row is in the way, and stays as it is. */
static void
an_upsert_makes_rows_of_the_role_and_overwrites_none(void **state)
{
	struct world *w = *state;

	assert_status(w, "PUT", "_table/t/2", "{\"owner\":7}", 409);
	assert_status(w, "PUT", "_table/t/9", "{\"owner\":8}", 403);
	assert_status(w, "PUT", "_table/t/9", "{\"v\":1}", 403);
	assert_unchanged(w);
	assert_status(w, "PUT", "_table/t/9", "{\"owner\":7}", 200);
	assert_int_equal(
	    world_number(w, "SELECT owner FROM t WHERE id = 9"), 7);
}

/* No key finds the row again, so nobody could tell whose it is then. */
static void
without_a_key_nothing_can_be_changed_or_made(void **state)
{
	static const char *const wrong[][3] = {
		{ "POST", "_table/keyless", "[{\"owner\":7}]" },
		{ "PATCH", "_table/keyless?id_field=v&ids=1",
		    "[{\"owner\":8,\"v\":2}]" },
		{ "PATCH", "_table/keyless?filter=v%3D1", "[{\"owner\":8}]" },
		{ "PUT", "_table/keyless?id_field=v&ids=5", "[{\"owner\":8}]" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_status(w, wrong[i][0], wrong[i][1], wrong[i][2], 403);
	assert_unchanged(w);
	world_expect(w, "DELETE", "_table/keyless?filter=v%3E0&fields=v", NULL,
	    "{\"resource\":[{\"v\":1}]}");
	assert_int_equal(world_number(w, "SELECT v FROM keyless"), 2);
}

/* What a table declares must not take a hidden row away. */
static void
no_hidden_row_is_replaced(void **state)
{
	static const char *const writes[][3] = {
		{ "POST", "_table/greedy", "{\"id\":2,\"owner\":7}" },
		{ "POST", "_table/greedy", "{\"code\":\"b\",\"owner\":7}" },
		{ "PUT", "_table/greedy/2", "{\"owner\":7}" },
		{ "PATCH", "_table/greedy/1", "{\"code\":\"b\"}" },
		{ "PATCH", "_table/greedy?filter=id%3D1",
		    "[{\"code\":\"b\"}]" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		assert_status(w, writes[i][0], writes[i][1], writes[i][2], 409);
	assert_int_equal(
	    world_number(w, "SELECT sum(id * owner) FROM greedy"), 23);
	w->rows[0].filters = NULL;
	assert_status(w, "POST", "_table/greedy", "{\"id\":2}", 200);
}

static void
filters_that_cannot_be_applied_deny_every_call(void **state)
{
	static const char *const filters[] = { "[", "{}", "[{\"name\":\"x\"}]",
		"[{\"name\":\"no\",\"operator\":\"is null\"}]",
		"[{\"name\":\"owner\",\"operator\":\"=\",\"value\":\"x\"}]" };
	static const char *const calls[][3] = { { "GET", "_table/t", NULL },
		{ "GET", "_table/t/1", NULL },
		{ "GET", "_table/t?count_only=true", NULL },
		{ "POST", "_table/t", "[{\"owner\":7}]" },
		{ "PATCH", "_table/t/1", "{\"v\":1}" },
		{ "PUT", "_table/t?ids=1", "[{\"v\":1}]" },
		{ "DELETE", "_table/t/1", NULL },
		{ "DELETE", "_table/t?force=true", NULL } };
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		world_filter(w, filters[i], "or");
		for (size_t k = 0; k < sizeof(calls) / sizeof(calls[0]); k++) {
			assert_status(
			    w, calls[k][0], calls[k][1], calls[k][2], 403);
			assert_string_equal(world_message(w),
			    "The row filters of the role cannot be applied to "
			    "'t'.");
		}
	}
	world_filter(w, MINE, "");
	assert_status(w, "GET", "_table/other", NULL, 403);
	assert_unchanged(w);
}

/* A user might have a value for it, a key alone has none. */
static void
a_lookup_without_a_value_denies_every_call(void **state)
{
	static const struct principal nobody = { .id = 0 };
	struct world *w = *state;

	world_filter(w,
	    "[{\"name\":\"owner\",\"operator\":\"=\","
	    "\"value\":\"{user.id}\"}]",
	    "");
	assert_status(w, "GET", "_table/t", NULL, 401);
	assert_status(w, "POST", "_table/t", "[{\"owner\":7}]", 401);
	assert_status(w, "DELETE", "_table/t?force=true", NULL, 401);
	w->principal = &nobody;
	assert_status(w, "GET", "_table/t", NULL, 403);
	assert_status(w, "DELETE", "_table/t?force=true", NULL, 403);
	assert_unchanged(w);
}

/* Each verb has its own row; what a write shows or compares is also read. */
static void
a_write_shows_nothing_that_may_not_be_read(void **state)
{
	struct world *w = *state;

	w->rows[1] = w->rows[0];
	w->rows[0].verb_mask = METHOD_GET;
	w->rows[1].verb_mask = METHOD_PATCH | METHOD_DELETE;
	w->rows[1].filters = NULL;
	w->role.n_rows = 2;
	world_expect(w, "PATCH", "_table/t/2", "{\"v\":21}", "{\"id\":2}");
	/* allow_upsert would make it */
	assert_status(w, "PATCH", "_table/t/2?fields=*", "{\"v\":0}", 409);
	world_expect(w, "PATCH", "_table/t?filter=v%3E20", "[{\"v\":31}]",
	    "{\"resource\":[{\"id\":3}]}");
	assert_status(w, "DELETE", "_table/t?ids=21&id_field=v", NULL, 400);
	assert_status(w, "DELETE", "_table/t/2?fields=*", NULL, 404);
	assert_int_equal(world_number(w, "SELECT v FROM t WHERE id = 2"), 21);
	world_expect(w, "DELETE", "_table/t/2", NULL, "{\"id\":2}");
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(only_rows_of_the_role_are_shown_and_counted),
		cmocka_unit_test(a_hidden_row_is_a_missing_one),
		TEST(rows_of_the_role_can_be_changed_and_deleted),
		TEST(a_delete_of_every_row_deletes_those_of_the_role),
		TEST(a_row_cannot_be_given_away),
		TEST(a_row_of_others_cannot_be_made),
		TEST(an_upsert_makes_rows_of_the_role_and_overwrites_none),
		TEST(without_a_key_nothing_can_be_changed_or_made),
		TEST(no_hidden_row_is_replaced),
		TEST(filters_that_cannot_be_applied_deny_every_call),
		TEST(a_lookup_without_a_value_denies_every_call),
		TEST(a_write_shows_nothing_that_may_not_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
