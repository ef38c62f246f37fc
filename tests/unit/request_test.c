#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "middleware/request.h"
#include "tests/support/call.h"

static int
open_call(void **state)
{
	static struct test_call call;

	call_open(&call);
	*state = &call;
	return 0;
}

static int
close_call(void **state)
{
	call_close(*state);
	return 0;
}

static void
a_new_request_is_empty(void **state)
{
	struct test_call *call = *state;
	struct request *req = &call->req;

	memset(req, 0xA5, sizeof(*req));
	req = call_begin(call, "GET", "/");
	assert_ptr_equal(req->arena, &call->arena);
	assert_ptr_equal(req->settings, &call->settings);
	assert_true(req->arrived.wall_ms > 0 && req->arrived_us > 0);
	assert_true(str_is_null(req->body));
	assert_int_equal(req->response.status, 0);
	assert_int_equal(req->batch[STORE_CACHE].n, 0);
	assert_int_equal(req->batch[STORE_LIMIT].n, 0);
	assert_null(req->service);
	assert_null(req->slot[0]);
}

static void
a_planned_operation_is_cleared(void **state)
{
	struct request *req = call_begin(*state, "GET", "/");
	struct cache_op *op = request_plan_op(req, STORE_LIMIT);

	memset(op, 0xA5, sizeof(*op));
	req->batch[STORE_LIMIT].n = 0;
	op = request_plan_op(req, STORE_LIMIT);
	assert_true(str_is_null(op->key));
	assert_int_equal(op->ttl, 0);
	assert_int_equal(req->batch[STORE_LIMIT].n, 1);
	assert_int_equal(req->batch[STORE_CACHE].n, 0);
}

static void
a_full_batch_takes_no_more(void **state)
{
	struct request *req = call_begin(*state, "GET", "/");

	for (size_t i = 0; i < BATCH_OPS_MAX; i++)
		assert_non_null(request_plan_op(req, STORE_CACHE));
	assert_null(request_plan_op(req, STORE_CACHE));
	assert_non_null(request_plan_op(req, STORE_LIMIT));
}

static void
each_parameter_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int p = 0; p < PARAM_COUNT; p++) {
		struct str name = request_param_name((enum request_param)p);

		assert_true(name.n > 0);
		for (int q = 0; q < p; q++)
			assert_false(str_eq(
			    name, request_param_name((enum request_param)q)));
	}
	assert_true(str_eq(request_param_name(PARAM_API_KEY),
	    STR("HTTP_X_DREAMFACTORY_API_KEY")));
}

static void
methods_are_read_back(void **state)
{
	(void)state;
	for (int m = METHOD_GET; m <= METHOD_HEAD; m *= 2) {
		struct str name = method_name((enum method)m);

		assert_true(name.n > 0);
		assert_int_equal(method_parse(name), m);
	}
	assert_int_equal(method_parse(STR("MERGE")), METHOD_PATCH);
	assert_int_equal(method_parse(STR("patch")), METHOD_PATCH);
	assert_true(str_eq(method_name(METHOD_PATCH), STR("PATCH")));
	assert_int_equal(method_parse(STR("TRACE")), METHOD_NONE);
	assert_int_equal(method_parse(STR("")), METHOD_NONE);
	assert_int_equal(method_parse(STR_NULL), METHOD_NONE);
	assert_int_equal(method_name(METHOD_NONE).n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_request_is_empty),
		cmocka_unit_test(a_planned_operation_is_cleared),
		cmocka_unit_test(a_full_batch_takes_no_more),
		cmocka_unit_test(each_parameter_has_a_name_of_its_own),
		cmocka_unit_test(methods_are_read_back),
	};

	return cmocka_run_group_tests(tests, open_call, close_call);
}
