/* What the Cache API says when its store fails or a role does not allow all
 * that a call names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "middleware/registry/row_filters.h"
#include "middleware/service.h"
#include "tests/support/cache_world.h"

static int
set_up(void **state)
{
	struct cache_world *w = malloc(sizeof(*w));

	assert_non_null(w);
	assert_int_equal(log_open("/dev/null", "off", LOG_ERROR, NULL), ST_OK);
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
#define ABC  "{\"a\":1,\"b\":2,\"c\":3}"

/* From here on operations from..to-1 of each call fail so. */
static void
failing(struct cache_world *w, size_t from, size_t to, enum status st)
{
	w->fail_from = from;
	w->fail_to = to;
	w->fail_with = st;
}

static void
a_store_that_is_away_is_503(void **state)
{
	struct cache_world *w = *state;

	failing(w, 0, 9, ST_UNAVAILABLE);
	w->flush_with = w->ping_with = ST_UNAVAILABLE;
	w->pages = 1;
	REFUSES(
	    "GET", "k", NONE, 503, "of service 'mem' cannot be reached now.");
	REFUSES("GET", "?keys=a,b", NONE, 503, "cannot be reached now.");
	REFUSES("GET", "k?clear=1", NONE, 503, "cannot be reached now.");
	REFUSES("GET", "", NONE, 503, "cannot be reached now.");
	REFUSES("GET", "?stats=1", NONE, 503, "cannot be reached now.");
	REFUSES("POST", "k", "1", 503, "cannot be reached now.");
	REFUSES("POST", "", ABC, 503, "cannot be reached now.");
	REFUSES("DELETE", "k", NONE, 503, "cannot be reached now.");
	REFUSES("DELETE", "?keys=a,b", NONE, 503, "cannot be reached now.");
	REFUSES("DELETE", "", NONE, 503, "cannot be reached now.");
}

static void
a_store_that_is_slow_leaves_doubt(void **state)
{
	struct cache_world *w = *state;

	failing(w, 0, 9, ST_TIMEOUT);
	w->flush_with = ST_TIMEOUT;
	REFUSES("GET", "k", NONE, 503, "did not answer in time.");
	REFUSES("GET", "k?clear=1", NONE, 503,
	    "did not answer in time: the value may have been deleted.");
	REFUSES("PUT", "k", "1", 503,
	    "did not answer in time: the value may have been stored.");
	REFUSES("PUT", "", ABC, 503, "values may have been stored.");
	REFUSES("DELETE", "k", NONE, 503, "the value may have been deleted.");
	REFUSES("DELETE", "", NONE, 503, "values may have been deleted.");
}

static void
a_late_store_is_tried_by_one_call_at_a_time(void **state)
{
	struct cache_world *w = *state;

	w->instance.gate.late_ms = clock_boot_ms();
	w->instance.gate.tried = true;
	REFUSES("PUT", "k", "1", 503, "this call did not wait for it.");
	REFUSES("DELETE", "", NONE, 503, "this call did not wait for it.");
	assert_int_equal(w->n_ops, 0);
	w->instance.gate.tried = false;
	EXPECT("PUT", "k", "1", 200, "{\"key\":\"k\",\"success\":true}");
	assert_int_equal(w->instance.gate.late_ms, 0);
	assert_false(w->instance.gate.tried);
}

static void
one_flush_at_a_time(void **state)
{
	struct cache_world *w = *state;

	w->instance.gate.flushing = true;
	REFUSES("DELETE", "", NONE, 503, "emptied by another call.");
	w->instance.gate.flushing = false;
	EXPECT("DELETE", "", NONE, 200, "{\"success\":true}");
	EXPECT("DELETE", "", NONE, 200, "{\"success\":true}");
}

static void
other_failures_have_their_own_status(void **state)
{
	failing(*state, 0, 9, ST_FULL);
	REFUSES("PUT", "k", "1", 503, "The store of service 'mem' is full.");
	failing(*state, 0, 9, ST_TOO_BIG);
	REFUSES("PUT", "k", "1", 413, "takes no value of this size.");
	failing(*state, 0, 9, ST_ERROR);
	REFUSES("GET", "k", NONE, 500, "The store of service 'mem' failed.");
}

static void
a_list_says_what_became_of_each(void **state)
{
	failing(*state, 1, 2, ST_FULL);
	REFUSES("PUT", "", ABC, 503,
	    "\"context\":{\"resource\":[{\"key\":\"a\",\"success\":true},"
	    "{\"key\":\"b\",\"success\":false},"
	    "{\"key\":\"c\",\"success\":true}]}");
	failing(*state, 1, 9, ST_TIMEOUT);
	REFUSES("DELETE", "?keys=a,b", NONE, 503,
	    "\"context\":{\"resource\":[{\"key\":\"a\",\"success\":true},"
	    "{\"key\":\"b\",\"success\":null}]}");
	cache_world_put(*state, "a", "\"A\"");
	REFUSES("GET", "?keys=a,b&clear=1", NONE, 503,
	    "\"context\":{\"resource\":[{\"key\":\"a\",\"value\":\"A\"}]}");
}

static void
keys_are_created_all_or_none(void **state)
{
	struct cache_world *w = *state;

	cache_world_put(w, "b", "0");
	REFUSES("POST", "?create=1", ABC, 400, "Nothing was stored in cache.");
	assert_int_equal(w->n_ops, 3);
	assert_int_equal(w->n_items, 1);
	/* It cannot be seen whether they exist. */
	failing(w, 1, 9, ST_TIMEOUT);
	REFUSES("POST", "?create=1", "{\"x\":1,\"y\":2}", 503,
	    "did not answer in time.");
	assert_int_equal(w->n_items, 1);
}

/* What was stored meanwhile may be another's by now, so it stays. */
static void
what_was_created_is_not_taken_back(void **state)
{
	struct cache_world *w = *state;

	/* b comes to exist after the look. */
	failing(w, 4, 5, ST_EXISTS);
	REFUSES("POST", "?create=1", ABC, 400,
	    "One or more key(s) already exists (b). The others were stored.");
	assert_non_null(strstr(cache_world_body(w),
	    "\"context\":{\"resource\":[{\"key\":\"a\",\"success\":true},"
	    "{\"key\":\"b\",\"success\":false},"
	    "{\"key\":\"c\",\"success\":true}]}"));
	assert_int_equal(w->n_items, 2);
	w->n_items = 0;
	failing(w, 4, 5, ST_FULL);
	REFUSES("POST", "?create=1", ABC, 503,
	    "{\"key\":\"a\",\"success\":true},"
	    "{\"key\":\"b\",\"success\":false},"
	    "{\"key\":\"c\",\"success\":true}");
	assert_int_equal(w->n_items, 2);
}

/* "k0,...": of n keys. */
static const char *
keys_of(struct cache_world *w, size_t n)
{
	struct buf text = buf_in(&w->arena);

	buf_put_lit(&text, "?keys=");
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%sk%zu", i == 0 ? "" : ",", i);
	buf_put_char(&text, '\0');
	return text.p;
}

static void
many_keys_go_in_chunks(void **state)
{
	struct cache_world *w = *state;

	assert_int_equal(
	    cache_world_call(w, "DELETE", keys_of(w, 1000), NONE), 200);
	assert_int_equal(w->n_ops, 1000);
	assert_int_equal(w->largest, 768);
	REFUSES("DELETE", keys_of(w, 1001), NONE, 400,
	    "names 1001 keys; at most 1000 are allowed.");
	/* Behind a failure nothing is tried. */
	failing(w, 0, 1, ST_UNAVAILABLE);
	assert_int_equal(
	    cache_world_call(w, "DELETE", keys_of(w, 1000), NONE), 503);
	assert_int_equal(w->n_ops, 768);
}

static void
what_is_read_at_once_is_bounded(void **state)
{
	struct cache_world *w = *state;

	w->instance.max_value = (size_t)64 << 20;
	assert_int_equal(cache_world_call(w, "GET", keys_of(w, 10), NONE), 200);
	assert_int_equal(w->largest, 2);
	/* Others hold no more than they were sent. */
	assert_int_equal(
	    cache_world_call(w, "DELETE", keys_of(w, 10), NONE), 200);
	assert_int_equal(w->largest, 10);
	REFUSES("GET", arena_printf(&w->arena, "%s&clear=1", keys_of(w, 3)).p,
	    NONE, 400, "with 'clear' at most 2 are allowed.");
}

/* And so is what an answer holds. */
static void
what_is_answered_at_once_is_bounded(void **state)
{
	const size_t n = (size_t)9 << 20;
	struct cache_world *w = *state;
	char *value = arena_alloc(&w->arena, n + 1);

	memset(value, '1', n);
	value[n] = '\0';
	cache_world_put(w, "k0", value);
	assert_int_equal(cache_world_call(w, "GET", keys_of(w, 2), NONE), 200);
	cache_world_put(w, "k1", value);
	REFUSES("GET", keys_of(w, 2), NONE, 400, "ask for fewer keys.");
}

/* What was found is not lost for what comes behind it. */
static void
a_page_may_end_early(void **state)
{
	struct cache_world *w = *state;

	cache_world_put(w, "a", "1");
	cache_world_put(w, "b", "1");
	cache_world_put(w, "c", "1");
	w->page_max = 1;
	w->pages = 3;
	w->fail_with = ST_TIMEOUT;
	EXPECT("GET", "", NONE, 200,
	    "{\"resource\":[{\"key\":\"a\"},{\"key\":\"b\"}],"
	    "\"meta\":{\"next\":\"2\"}}");
}

static void
each_key_is_judged_by_the_role(void **state)
{
	struct cache_world *w = *state;

	cache_world_put(w, "open/a", "1");
	cache_world_put(w, "secret", "1");
	w->rows[1] = (struct access){
		.service_id = 1, .component = STR("secret"), .requestor_mask = 1
	};
	w->role.n_rows = 2;
	assert_int_equal(cache_world_call(w, "GET", "?keys=open/a", NONE), 200);
	REFUSES("GET", "?keys=open/a,secret", NONE, 401, "Unauthorized.");
	REFUSES("POST", "", "{\"secret\":1}", 401, "Unauthorized.");
	REFUSES("PUT", "", "{\"key\":\"secret\",\"value\":1}", 401,
	    "Unauthorized.");
	REFUSES("DELETE", "?keys=secret", NONE, 401, "Unauthorized.");
	assert_string_equal(cache_world_value(w, "secret"), "1");
}

static void
to_clear_is_to_delete(void **state)
{
	struct cache_world *w = *state;

	cache_world_put(w, "k", "1");
	w->rows[0].verb_mask = METHOD_GET;
	assert_int_equal(cache_world_call(w, "GET", "k", NONE), 200);
	REFUSES("GET", "k?clear=1", NONE, 401, "Unauthorized.");
	REFUSES("GET", "?keys=k&clear=1", NONE, 401, "Unauthorized.");
	assert_non_null(cache_world_value(w, "k"));
	w->rows[0].verb_mask |= METHOD_DELETE;
	assert_int_equal(cache_world_call(w, "GET", "k?clear=1", NONE), 200);
}

static void
row_filters_open_nothing(void **state)
{
	struct row_filters any = { .fault = "for a table" };
	struct cache_world *w = *state;

	w->rows[0].filters = &any;
	REFUSES("GET", "k", NONE, 403, "row filters");
	REFUSES("GET", "?keys=k", NONE, 403, "row filters");
	cache_world_request(w, "GET", "k", NONE);
	assert_false(w->service.type->plan(&w->req));
}

/* In the front: one operation, and an answer whatever came of it. */
static void
a_plain_read_is_planned(void **state)
{
	static const char *const targets[] = { "k", "k?raw=1",
		"k?check_exist=1", "k?default=1", "a%2Fb/" };
	struct cache_world *w = *state;

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		struct batch *batch = &w->req.batch[STORE_SERVICE];

		cache_world_request(w, "GET", targets[i], NONE);
		w->req.may_block = false;
		assert_true(w->service.type->plan(&w->req));
		assert_int_equal(batch->n, 1);
		assert_ptr_equal(w->req.store, &w->store);
		assert_int_equal(w->req.store_timeout, 250);
		batch->ops[0].status = ST_TIMEOUT;
		assert_true(w->service.type->answer(&w->req));
		assert_int_equal(w->req.response.status, 503);
	}
	cache_world_request(w, "HEAD", "k?clear=1", NONE);
	assert_true(w->service.type->plan(&w->req));
}

static void
other_calls_are_not_planned(void **state)
{
	static const char *const targets[] = { "", "k?clear=1", "k?pull=1",
		"?keys=k", "?stats=1", "%01", "/" };
	struct cache_world *w = *state;

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		cache_world_request(w, "GET", targets[i], NONE);
		assert_false(w->service.type->plan(&w->req));
		assert_int_equal(w->req.batch[STORE_SERVICE].n, 0);
	}
	cache_world_request(w, "DELETE", "k", NONE);
	assert_false(w->service.type->plan(&w->req));
	cache_world_request(w, "GET", "k", "{}");
	assert_false(w->service.type->plan(&w->req));
}

#define CACHE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CACHE(a_store_that_is_away_is_503),
		CACHE(a_store_that_is_slow_leaves_doubt),
		CACHE(a_late_store_is_tried_by_one_call_at_a_time),
		CACHE(one_flush_at_a_time),
		CACHE(other_failures_have_their_own_status),
		CACHE(a_list_says_what_became_of_each),
		CACHE(keys_are_created_all_or_none),
		CACHE(what_was_created_is_not_taken_back),
		CACHE(many_keys_go_in_chunks),
		CACHE(what_is_read_at_once_is_bounded),
		CACHE(what_is_answered_at_once_is_bounded),
		CACHE(a_page_may_end_early),
		CACHE(each_key_is_judged_by_the_role),
		CACHE(to_clear_is_to_delete),
		CACHE(row_filters_open_nothing),
		CACHE(a_plain_read_is_planned),
		CACHE(other_calls_are_not_planned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
