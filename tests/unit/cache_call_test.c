/* What the Cache API answers when all goes well, call by call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "middleware/service.h"
#include "tests/support/cache_world.h"

static int
set_up(void **state)
{
	struct cache_world *w = malloc(sizeof(*w));

	assert_non_null(w);
	cache_world_open(w);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	cache_world_close(*state);
	free(*state);
	return 0;
}

#define EXPECT(method, target, body, status, want)                             \
	cache_world_expect(*state, method, target, body, status, want)
#define REFUSES(method, target, body, status, words)                           \
	cache_world_refuses(*state, method, target, body, status, words)
#define NONE NULL

static void
a_value_comes_back_as_it_was_written(void **state)
{
	static const char *const values[] = { "1.10", "12345678901234567890",
		"1e5", "\"\xc3\xa4\"", "\"\\u00e4\\/\"", "null", "false",
		"\"\"", "{\"b\": 1,\"a\":{ }}", "[1, 2]" };
	struct cache_world *w = *state;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const char *want = arena_printf(
		    &w->arena, "{\"key\":\"k\",\"value\":%s}", values[i])
				       .p;

		assert_int_equal(
		    cache_world_call(w, "POST", "k?raw=true", values[i]), 201);
		EXPECT("GET", "k", NONE, 200, want);
	}
}

static void
a_bare_value_is_text_or_json(void **state)
{
	struct cache_world *w = *state;

	cache_world_put(w, "s", "\"a\\n\\\"b\\\"\"");
	cache_world_put(w, "n", "1.10");
	EXPECT("GET", "s?raw=true", NONE, 200, "a\n\"b\"");
	assert_true(
	    str_eq(w->req.response.type, STR("text/plain; charset=utf-8")));
	assert_true(
	    cache_world_has_header(w, "X-Content-Type-Options: nosniff"));
	EXPECT("GET", "n?raw=true", NONE, 200, "1.10");
	assert_true(str_eq(w->req.response.type, STR("application/json")));
	w->instance.bare_values = true;
	EXPECT("GET", "n", NONE, 200, "1.10");
	EXPECT("GET", "s", NONE, 200, "a\n\"b\"");
}

/* Somebody else wrote it. */
static void
what_is_no_json_is_not_decoded(void **state)
{
	static const char *const texts[] = { "\"", "\"\\\"", "\"a\"b",
		"\"\\u12\"", "x", "" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		cache_world_put(*state, "k", texts[i]);
		EXPECT("GET", "k?raw=1", NONE, 200, texts[i]);
	}
}

static void
a_missing_value_may_be_replaced(void **state)
{
	REFUSES("GET", "k", NONE, 404, "No value found for key 'k'.");
	REFUSES("HEAD", "k", NONE, 404, "No value found for key 'k'.");
	EXPECT(
	    "GET", "k?default=5", NONE, 200, "{\"key\":\"k\",\"value\":\"5\"}");
	EXPECT(
	    "GET", "k?default=", NONE, 200, "{\"key\":\"k\",\"value\":\"\"}");
	EXPECT("GET", "k?default=a%20b&raw=1", NONE, 200, "a b");
	EXPECT("GET", "k?check_exist=true", NONE, 200,
	    "{\"key\":\"k\",\"exists\":false}");
	cache_world_put(*state, "k", "1");
	EXPECT("GET", "k?default=5", NONE, 200, "{\"key\":\"k\",\"value\":1}");
	EXPECT("GET", "k?check_exist=true", NONE, 200,
	    "{\"key\":\"k\",\"exists\":true}");
}

static void
a_value_may_go_as_it_is_read(void **state)
{
	static const char *const words[] = { "k?clear=true", "k?pull=1" };

	for (size_t i = 0; i < 2; i++) {
		cache_world_put(*state, "k", "1");
		EXPECT(
		    "HEAD", words[i], NONE, 200, "{\"key\":\"k\",\"value\":1}");
		EXPECT(
		    "GET", words[i], NONE, 200, "{\"key\":\"k\",\"value\":1}");
		REFUSES("GET", words[i], NONE, 404, "No value found");
	}
	cache_world_put(*state, "k", "1");
	REFUSES("GET", "k?clear=1&check_exist=1", NONE, 400, "together");
	REFUSES("GET", "?keys=k&clear=1&check_exist=1", NONE, 400, "together");
	assert_non_null(cache_world_value(*state, "k"));
}

static void
several_keys_are_read_at_once(void **state)
{
	cache_world_put(*state, "a", "1");
	cache_world_put(*state, "b,c", "2");
	EXPECT("GET", "?keys=a,x,b%2Cc", NONE, 200,
	    "{\"resource\":[{\"key\":\"a\",\"value\":1},"
	    "{\"key\":\"b,c\",\"value\":2}]}");
	EXPECT("GET", "?keys=x", NONE, 200, "{\"resource\":[]}");
	EXPECT("GET", "?keys=a,x&default=d", NONE, 200,
	    "{\"resource\":[{\"key\":\"a\",\"value\":1},"
	    "{\"key\":\"x\",\"value\":\"d\"}]}");
	EXPECT("GET", "?keys=a,x&check_exist=1", NONE, 200,
	    "{\"resource\":[{\"key\":\"a\",\"exists\":true},"
	    "{\"key\":\"x\",\"exists\":false}]}");
	EXPECT("GET", "?keys=a,x&clear=1", NONE, 200,
	    "{\"resource\":[{\"key\":\"a\",\"value\":1}]}");
	assert_null(cache_world_value(*state, "a"));
	REFUSES("GET", "?keys=", NONE, 400, "keys[0] is empty.");
	REFUSES("GET", "?keys=a,,b", NONE, 400, "keys[1] is empty.");
	REFUSES("GET", "?keys=a,b,%61", NONE, 400,
	    "keys[2] is the same as an earlier one.");
	REFUSES("DELETE", "?keys=a,a", NONE, 400,
	    "keys[1] is the same as an earlier one.");
	REFUSES("GET", "?keys=a,%0A", NONE, 400,
	    "keys[1] holds a control character.");
}

static void
the_key_is_the_path(void **state)
{
	cache_world_put(*state, "a/b", "1");
	cache_world_put(*state, "a/b/", "2");
	cache_world_put(*state, "/a+b", "3");
	cache_world_put(*state, "%41", "4");
	EXPECT("GET", "a/b?raw=1", NONE, 200, "1");
	EXPECT("GET", "a%2Fb?raw=1", NONE, 200, "1");
	EXPECT("GET", "a/b/?raw=1", NONE, 200, "1");
	EXPECT("GET", "a/b//?raw=1", NONE, 200, "2");
	EXPECT("GET", "a%2Fb%2F?raw=1", NONE, 200, "2");
	EXPECT("GET", "/a+b?raw=1", NONE, 200, "3");
	EXPECT("GET", "%2Fa+b?raw=1", NONE, 200, "3");
	EXPECT("GET", "%2541?raw=1", NONE, 200, "4");
	REFUSES("GET", "/", NONE, 400, "The key is empty.");
	REFUSES("GET", "a%1Fb", NONE, 400, "The key holds a control character");
	REFUSES("DELETE", "/", NONE, 400, "The key is empty.");
	REFUSES("GET", "//", NONE, 400, "The key holds nothing but slashes.");
	REFUSES("PUT", "%2F%2F", "1", 400, "nothing but slashes.");
	REFUSES("GET", "?keys=a,%2F", NONE, 400,
	    "keys[1] holds nothing but slashes.");
	REFUSES("PUT", "", "{\"/\":1}", 400, "nothing but slashes");
	REFUSES("GET", "a%FF", NONE, 400, "The key is not UTF-8.");
}

static void
keys_are_listed_in_pages(void **state)
{
	struct cache_world *w = *state;

	EXPECT("GET", "", NONE, 200, "{\"resource\":[],\"meta\":{}}");
	cache_world_put(w, "u:1", "1");
	cache_world_put(w, "v:1", "1");
	cache_world_put(w, "u:2", "1");
	EXPECT("GET", "?prefix=u:", NONE, 200,
	    "{\"resource\":[{\"key\":\"u:1\"},{\"key\":\"u:2\"}],\"meta\":{}}");
	EXPECT("GET", "?limit=2", NONE, 200,
	    "{\"resource\":[{\"key\":\"u:1\"},{\"key\":\"v:1\"}],"
	    "\"meta\":{\"next\":\"2\"}}");
	EXPECT("GET", "?limit=2&cursor=2", NONE, 200,
	    "{\"resource\":[{\"key\":\"u:2\"}],\"meta\":{}}");
	/* A store that gives its keys one by one. */
	w->page_max = 1;
	EXPECT("GET", "?limit=2", NONE, 200,
	    "{\"resource\":[{\"key\":\"u:1\"},{\"key\":\"v:1\"}],"
	    "\"meta\":{\"next\":\"2\"}}");
	REFUSES("GET", "?limit=0", NONE, 400, "from 1 to 1000");
	REFUSES("GET", "?limit=1001", NONE, 400, "from 1 to 1000");
	REFUSES("GET", "?limit=x", NONE, 400, "from 1 to 1000");
	REFUSES("GET", "?cursor=x", NONE, 400, "'cursor' is not the 'next'");
	w->cannot_list = true;
	REFUSES("GET", "", NONE, 501, "cannot say which keys it holds");
}

static void
statistics_are_what_the_store_knows(void **state)
{
	cache_world_put(*state, "a", "1");
	EXPECT("GET", "?stats=true", NONE, 200,
	    "{\"store\":\"fake\",\"hits\":0,\"items\":1,\"bytes\":7}");
	REFUSES("GET", "?stats=true&keys=a", NONE, 400, "together.");
}

static void
what_is_stored_is_told(void **state)
{
	EXPECT("POST", "", "{\"key\":\"k\",\"value\":1}", 201,
	    "{\"key\":\"k\",\"success\":true}");
	EXPECT("PUT", "", "{\"key\":\"k\",\"value\":2}", 200,
	    "{\"key\":\"k\",\"success\":true}");
	EXPECT("PATCH", "k", "{\"value\":3}", 200,
	    "{\"key\":\"k\",\"success\":true}");
	EXPECT("POST", "k", "4", 201, "{\"key\":\"k\",\"success\":true}");
	EXPECT("POST", "", "{\"a\":1,\"b\":2}", 201, "{\"success\":true}");
	EXPECT("PUT", "", "{\"a\":1,\"b\":2}", 200, "{\"success\":true}");
	EXPECT("POST", "",
	    "{\"resource\":[{\"key\":\"a\",\"value\":5},"
	    "{\"key\":\"b\",\"value\":6}]}",
	    201,
	    "{\"resource\":[{\"key\":\"a\",\"success\":true},"
	    "{\"key\":\"b\",\"success\":true}]}");
	assert_string_equal(cache_world_value(*state, "b"), "6");
	EXPECT("POST", "?map=true", "{\"key\":\"k\",\"value\":7}", 201,
	    "{\"success\":true}");
	assert_string_equal(cache_world_value(*state, "value"), "7");
}

static void
a_text_is_a_string(void **state)
{
	struct cache_world *w = *state;

	cache_world_request(w, "PUT", "k", "{\"value\": \"1\"}");
	w->req.param[PARAM_CONTENT_TYPE] = STR("Text/Plain; charset=utf-8");
	w->service.type->handle(&w->req);
	assert_int_equal(w->req.response.status, 200);
	assert_string_equal(
	    cache_world_value(w, "k"), "\"{\\\"value\\\": \\\"1\\\"}\"");
	cache_world_request(w, "PUT", "k", "");
	w->req.param[PARAM_CONTENT_TYPE] = STR("text/plain");
	w->service.type->handle(&w->req);
	assert_string_equal(cache_world_value(w, "k"), "\"\"");
	cache_world_request(w, "PUT", "k", "\xff");
	w->req.param[PARAM_CONTENT_TYPE] = STR("text/plain");
	w->service.type->handle(&w->req);
	assert_int_equal(w->req.response.status, 400);
	cache_world_request(w, "PUT", "", "k");
	w->req.param[PARAM_CONTENT_TYPE] = STR("text/plain");
	w->service.type->handle(&w->req);
	assert_int_equal(w->req.response.status, 415);
}

static void
a_time_to_live_is_said_in_several_ways(void **state)
{
	static const struct {
		const char *target, *body;
		uint32_t ttl;
	} cases[] = {
		{ "k", "1", 300 },
		{ "k?ttl=5", "1", 5 },
		{ "k?ttl=0", "1", 0 },
		{ "k?ttl=-1", "1", 300 },
		{ "k?ttl=5&forever=true", "1", 0 },
		{ "k?ttl=5", "{\"value\":1,\"ttl\":6}", 6 },
		{ "k?forever=1", "{\"value\":1,\"ttl\":6}", 6 },
		{ "k?ttl=5", "{\"value\":1,\"ttl\":-1}", 300 },
		{ "?ttl=7", "{\"k\":1}", 7 },
		{ "?ttl=7", "{\"key\":\"k\",\"value\":1}", 7 },
	};
	static const char *const bad[] = { "", "-2", "1.5", "x", "315360001",
		"%2B", "1e3" };
	struct cache_world *w = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    cache_world_call(w, "POST", cases[i].target, cases[i].body),
		    201);
		assert_int_equal(w->items[0].ttl, cases[i].ttl);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *target =
		    arena_printf(&w->arena, "k?ttl=%s", bad[i]).p;

		REFUSES("PUT", target, "{\"value\":1,\"ttl\":1}", 400,
		    "'ttl' must be a whole number");
	}
}

static void
what_exists_is_only_created_once(void **state)
{
	struct cache_world *w = *state;

	EXPECT("POST", "k?create=true", "1", 201,
	    "{\"key\":\"k\",\"success\":true}");
	REFUSES("POST", "k?create=true", "2", 400,
	    "Key 'k' already exists in cache. Use PUT to update existing key.");
	REFUSES("POST", "?create=true", "{\"key\":\"k\",\"value\":2}", 400,
	    "Key 'k' already exists in cache. Use PUT to update existing key.");
	REFUSES("POST", "?create=1", "{\"a\":1,\"k\":2,\"b\":3}", 400,
	    "Nothing was stored in cache. One or more key(s) already exists "
	    "(k)");
	assert_int_equal(w->n_items, 1);
	assert_string_equal(cache_world_value(w, "k"), "1");
	EXPECT("PUT", "k?create=true", "3", 200,
	    "{\"key\":\"k\",\"success\":true}");
	w->instance.bare_values = true;
	REFUSES("POST", "k", "2", 400, "Key 'k' already exists in cache.");
	EXPECT("PUT", "k", "{\"value\":1}", 200,
	    "{\"key\":\"k\",\"success\":true}");
	assert_string_equal(cache_world_value(w, "k"), "{\"value\":1}");
	EXPECT("POST", "", "{\"key\":\"x\",\"value\":1}", 201,
	    "{\"success\":true}");
	assert_string_equal(cache_world_value(w, "key"), "\"x\"");
}

static void
what_is_deleted_is_told(void **state)
{
	cache_world_put(*state, "a", "1");
	cache_world_put(*state, "b", "1");
	EXPECT("DELETE", "a", NONE, 200, "{\"success\":true}");
	EXPECT("DELETE", "a", NONE, 200, "{\"success\":false}");
	EXPECT("DELETE", "?keys=a,b", NONE, 200,
	    "{\"resource\":[{\"key\":\"a\",\"success\":false},"
	    "{\"key\":\"b\",\"success\":true}]}");
	cache_world_put(*state, "c", "1");
	EXPECT("DELETE", "", NONE, 200, "{\"success\":true}");
	assert_null(cache_world_value(*state, "c"));
}

static void
a_flush_is_not_done_by_mistake(void **state)
{
	static const char *const targets[] = { "?key=a", "?ids=a",
		"?keys=", "?prefix=a", "?limit=1&x=1", "/", "?KEYS=a",
		"?keys[]=a", "?Key=a", "?clear=true", "?api_key=x&x", "?%ff=a",
		"?=a" };

	cache_world_put(*state, "a", "1");
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		assert_int_equal(
		    cache_world_call(*state, "DELETE", targets[i], NONE), 400);
	REFUSES("DELETE", "", "{\"keys\":[\"b\"]}", 400, "nothing was deleted");
	assert_non_null(cache_world_value(*state, "a"));
	EXPECT("DELETE", "?api_key=x&session_token=y&_method=DELETE", NONE, 200,
	    "{\"success\":true}");
	assert_null(cache_world_value(*state, "a"));
}

static void
options_say_what_may_be_done(void **state)
{
	static const char *const targets[] = { "", "k" };

	for (size_t i = 0; i < 2; i++) {
		EXPECT("OPTIONS", targets[i], NONE, 200, "");
		assert_true(cache_world_has_header(*state,
		    "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
	}
}

#define CACHE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CACHE(a_value_comes_back_as_it_was_written),
		CACHE(a_bare_value_is_text_or_json),
		CACHE(what_is_no_json_is_not_decoded),
		CACHE(a_missing_value_may_be_replaced),
		CACHE(a_value_may_go_as_it_is_read),
		CACHE(several_keys_are_read_at_once),
		CACHE(the_key_is_the_path),
		CACHE(keys_are_listed_in_pages),
		CACHE(statistics_are_what_the_store_knows),
		CACHE(what_is_stored_is_told),
		CACHE(a_text_is_a_string),
		CACHE(a_time_to_live_is_said_in_several_ways),
		CACHE(what_exists_is_only_created_once),
		CACHE(what_is_deleted_is_told),
		CACHE(a_flush_is_not_done_by_mistake),
		CACHE(options_say_what_may_be_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
