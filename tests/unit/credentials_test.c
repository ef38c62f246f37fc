#include "middleware/credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/call.h"

static struct test_call call;

static int
setup(void **state)
{
	(void)state;
	call_open(&call);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	call_close(&call);
	return 0;
}

/* A request as it comes to the stage. */
static struct request *
begin(const char *uri, const char *body)
{
	struct request *req = call_begin(&call, "POST", uri);

	assert_int_equal(request_route(req), ST_OK);
	req->body = str_of(body);
	return req;
}

static void
check(struct str got, const char *wanted)
{
	assert_true(str_eq(got, str_of(wanted)));
}

static void
the_first_place_that_is_not_empty_counts(void **state)
{
	struct request *req =
	    begin("/api/v2/db?api_key=q&session_token=t", NULL);
	struct credentials c;

	(void)state;
	req->param[PARAM_API_KEY] = STR("h");
	req->param[PARAM_API_KEY_ALIAS] = STR("a");
	req->param[PARAM_SESSION_TOKEN] = STR("s");
	req->param[PARAM_AUTHORIZATION] = STR("Bearer  b ");
	credentials_read(req, false, &c);
	check(c.key, "q");
	check(c.token, "b");
	req->param[PARAM_AUTHORIZATION] = STR("Bearer ");
	credentials_read(req, false, &c);
	check(c.token, "s");
	req->param[PARAM_SESSION_TOKEN] = STR("");
	credentials_read(req, false, &c);
	check(c.token, "t");
	req = begin("/api/v2/db?api_key=&session_token=", NULL);
	req->param[PARAM_API_KEY] = STR("");
	req->param[PARAM_API_KEY_ALIAS] = STR("a");
	credentials_read(req, false, &c);
	check(c.key, "a");
	check(c.token, "");
}

static void
schemes_are_told_apart_in_any_case(void **state)
{
	static const struct {
		const char *line, *token, *basic;
	} cases[] = {
		{ "Bearer x", "x", "" },
		{ "BEARER x", "x", "" },
		{ "Basic eA==", "", "eA==" },
		{ "basic eA==", "", "eA==" },
		{ "Bearerx", "", "" },
		{ "Basic", "", "" },
		{ "Digest x", "", "" },
		{ "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct request *req = begin("/api/v2/db", NULL);
		struct credentials c;

		req->param[PARAM_AUTHORIZATION] = str_of(cases[i].line);
		credentials_read(req, false, &c);
		check(c.token, cases[i].token);
		check(c.basic, cases[i].basic);
	}
}

static void
a_token_comes_before_basic(void **state)
{
	struct request *req = begin("/api/v2/db", NULL);
	struct credentials c;

	(void)state;
	req->param[PARAM_AUTHORIZATION] = STR("Basic eA==");
	req->param[PARAM_SESSION_TOKEN] = STR("s");
	credentials_read(req, false, &c);
	check(c.token, "s");
	check(c.basic, "");
}

static void
a_body_is_looked_into_without_a_key(void **state)
{
	static const char body[] =
	    "{\"api_key\":\"k\",\"session_token\":\"t\"}";
	struct request *req = begin("/api/v2/db", body);
	struct credentials c;

	(void)state;
	credentials_read(req, false, &c);
	check(c.key, "k");
	check(c.token, "t");
	req->param[PARAM_API_KEY] = STR("h");
	credentials_read(req, false, &c);
	check(c.key, "h");
	check(c.token, "");
	credentials_read(req, true, &c);
	check(c.key, "h");
	check(c.token, "t");
	req = begin("/api/v2/system/app/1", body);
	credentials_read(req, false, &c);
	check(c.key, "");
	check(c.token, "t");
	req = begin("/api/v2/SYSTEM/APP", body);
	credentials_read(req, false, &c);
	check(c.key, "");
}

static void
a_body_that_is_none_says_nothing(void **state)
{
	static const char *const bodies[] = { "", "{", "[]", "1", "null",
		"{\"api_key\":1,\"session_token\":null}",
		"{\"api_key\":\"a\",\"api_key\":\"b\"}",
		"{\"resource\":{\"api_key\":\"a\"}}", "api_key=a" };

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct request *req = begin("/api/v2/db", bodies[i]);
		struct credentials c;

		credentials_read(req, true, &c);
		check(c.key, "");
		check(c.token, "");
	}
}

static void
basic_is_a_name_and_a_password(void **state)
{
	struct request *req = begin("/api/v2/db", NULL);
	struct str name, password;

	(void)state;
	/* joe:a:b */
	assert_true(
	    credentials_basic(req, STR("am9lOmE6Yg=="), &name, &password));
	check(name, "joe");
	check(password, "a:b");
	/* joe: */
	assert_true(credentials_basic(req, STR("am9lOg=="), &name, &password));
	check(password, "");
	/* joe, :a, and no base64 */
	assert_false(credentials_basic(req, STR("am9l"), &name, &password));
	assert_false(credentials_basic(req, STR("OmE="), &name, &password));
	assert_false(credentials_basic(req, STR("???"), &name, &password));
	assert_false(credentials_basic(req, STR(""), &name, &password));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_place_that_is_not_empty_counts),
		cmocka_unit_test(schemes_are_told_apart_in_any_case),
		cmocka_unit_test(a_token_comes_before_basic),
		cmocka_unit_test(a_body_is_looked_into_without_a_key),
		cmocka_unit_test(a_body_that_is_none_says_nothing),
		cmocka_unit_test(basic_is_a_name_and_a_password),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
