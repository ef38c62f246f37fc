/* What is told of a limit store that is lost, and what rules meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "app/base/log.h"
#include "app/base/secret.h"
#include "drivers/cache/cache.h"
#include "middleware/stages/limit_trouble.h"
#include "tests/support/call.h"
#include "tests/support/folder.h"

#define THREADS 8
#define CALLS   500

static const struct cache_space space = { { "one", 3 }, false };
static struct limit_trouble *trouble;
static char folder[FOLDER_PATH_BYTES];

static enum on_error
rule_after(enum status failed, struct test_call *call, enum on_error policy,
    int64_t now_ms)
{
	struct request *req = call_begin(call, "GET", "/api/v2");
	struct cache_op op = { .kind = CACHE_COUNT,
		.space = &space,
		.key = STR("key"),
		.ttl = 3600,
		.limit = 3 };
	struct cache_op *ops[] = { &op };

	call->settings.limit_on_error = policy;
	op.status = failed;
	assert_int_equal(
	    limit_trouble_rule(trouble, req, ops, 1, now_ms), policy);
	if (policy == ON_ERROR_LOCAL)
		assert_in_range(op.count, 1, 3);
	return policy;
}

static enum on_error
rule(struct test_call *call, enum on_error policy, int64_t now_ms)
{
	return rule_after(ST_UNAVAILABLE, call, policy, now_ms);
}

/* How many lines of the log hold it. */
static int
told(const char *text)
{
	char path[FOLDER_PATH_BYTES + 8];
	char line[512];
	FILE *log;
	int n = 0;

	(void)snprintf(path, sizeof(path), "%s/log", folder);
	log = fopen(path, "r");
	assert_non_null(log);
	while (fgets(line, sizeof(line), log) != NULL)
		n += strstr(line, text) != NULL;
	(void)fclose(log);
	return n;
}

static void
each_policy_rules_in_its_way(void **state)
{
	struct test_call *call = *state;

	(void)rule(call, ON_ERROR_LOCAL, 1000);
	assert_int_equal(call->req.response.status, 0);
	assert_int_equal(call->req.limit_verdict, LIMIT_VERDICT_LOCAL);
	(void)rule(call, ON_ERROR_ALLOW, 1000);
	assert_int_equal(call->req.response.status, 0);
	assert_int_equal(call->req.limit_verdict, LIMIT_VERDICT_SKIPPED);
	(void)rule(call, ON_ERROR_DENY, 1000);
	assert_int_equal(call->req.response.status, 503);
	assert_int_equal(call->req.limit_verdict, LIMIT_VERDICT_DENIED);
}

static void
it_is_told_once_and_with_how_many_when_it_is_over(void **state)
{
	limit_trouble_over(trouble, 900);
	assert_int_equal(told("limit store"), 0);
	for (int i = 0; i < 5; i++)
		(void)rule(*state, ON_ERROR_LOCAL, 1000 + i);
	(void)rule(*state, ON_ERROR_ALLOW, 1005);
	(void)rule(*state, ON_ERROR_DENY, 1005);
	(void)rule(*state, ON_ERROR_DENY, 1005);
	assert_int_equal(told("limit store"), 1);
	assert_int_equal(told("limits are counted in this process"), 1);
	limit_trouble_over(trouble, 1005 + LIMIT_TROUBLE_CALM_MS);
	limit_trouble_over(trouble, 1006 + LIMIT_TROUBLE_CALM_MS);
	assert_int_equal(told("limit store"), 2);
	assert_int_equal(told("in 1005 ms 5 calls were counted in this "
			      "process, 1 allowed, 2 denied"),
	    1);
}

static void
a_store_that_some_still_miss_is_not_back(void **state)
{
	(void)rule(*state, ON_ERROR_ALLOW, 1000);
	limit_trouble_over(trouble, 1500);
	(void)rule(*state, ON_ERROR_ALLOW, 1600);
	limit_trouble_over(trouble, 2500);
	assert_int_equal(told("limit store"), 1);
	limit_trouble_over(trouble, 2600);
	assert_int_equal(told("counts again: in 1600 ms"), 1);
}

static void
the_next_trouble_is_told_anew(void **state)
{
	for (int64_t now_ms = 1000; now_ms < 9000; now_ms += 2000) {
		(void)rule(*state, ON_ERROR_DENY, now_ms);
		limit_trouble_over(trouble, now_ms + 1000);
	}
	assert_int_equal(told("limited calls are answered 503"), 4);
	assert_int_equal(told("0 allowed, 1 denied"), 4);
}

static void *
fall(void *arg)
{
	static const enum on_error policies[] = { ON_ERROR_LOCAL,
		ON_ERROR_ALLOW };
	struct test_call call;

	(void)arg;
	call_open(&call);
	for (int i = 0; i < CALLS; i++)
		(void)rule(&call, policies[i % 2], 1000);
	call_close(&call);
	return NULL;
}

static void
threads_tell_it_once(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, fall, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	limit_trouble_over(trouble, 5000);
	assert_int_equal(told("does not answer"), 1);
	assert_int_equal(told("2000 calls were counted in this process, 2000 "
			      "allowed, 0 denied"),
	    1);
}

static void
a_full_store_is_told_from_a_lost_one(void **state)
{
	struct test_call *call = *state;

	(void)rule_after(ST_FULL, call, ON_ERROR_DENY, 1000);
	assert_true(str_eq(
	    call->req.response.message, STR("The rate limit store is full.")));
	assert_int_equal(told("limit store is full: until"), 1);
	assert_int_equal(told("does not answer"), 0);
	limit_trouble_over(trouble, 5000);
	assert_int_equal(told("the limit store counts again: "), 1);
	(void)rule(call, ON_ERROR_DENY, 6000);
	assert_true(str_eq(call->req.response.message,
	    STR("The rate limit store cannot be reached.")));
	assert_int_equal(told("limit store does not answer: until"), 1);
}

static int
set_up(void **state)
{
	static struct test_call call;
	char path[FOLDER_PATH_BYTES + 8];
	struct error err = { 0 };

	folder_make(folder);
	(void)snprintf(path, sizeof(path), "%s/log", folder);
	if (!secret_init() || log_open(path, "off", LOG_INFO, &err) != ST_OK)
		return 1;
	trouble = limit_trouble_new();
	call_open(&call);
	*state = &call;
	return 0;
}

static int
tear_down(void **state)
{
	struct error err = { 0 };

	call_close(*state);
	limit_trouble_free(trouble);
	if (log_open("stderr", "off", LOG_INFO, &err) != ST_OK)
		return 1;
	folder_remove(folder);
	return 0;
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_policy_rules_in_its_way),
		TEST(it_is_told_once_and_with_how_many_when_it_is_over),
		TEST(a_store_that_some_still_miss_is_not_back),
		TEST(the_next_trouble_is_told_anew),
		TEST(threads_tell_it_once),
		TEST(a_full_store_is_told_from_a_lost_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
