/* Which of all who are named is the client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/network.h"
#include "middleware/client.h"
#include "tests/support/call.h"

#define TRUSTED "127.0.0.1, 10.0.0.0/8, 2001:db8:a::/48"

static struct test_call call;

static const char *
client_of(const char *trusted, const char *peer, const char *forwarded)
{
	struct request *req = call_begin(&call, "GET", "/api/v2");
	struct networks networks;
	struct str found;

	assert_true(networks_read(req->arena, str_of(trusted), &networks));
	req->param[PARAM_REMOTE_ADDR] = str_of(peer);
	if (forwarded != NULL)
		req->param[PARAM_X_FORWARDED_FOR] = str_of(forwarded);
	client_set(req, &networks);
	found = req->param[PARAM_REMOTE_ADDR];
	return arena_printf(req->arena, "%.*s", STR_ARG(found)).p;
}

static void
the_first_from_the_right_that_is_not_trusted(void **state)
{
	static const struct {
		const char *peer;
		const char *forwarded;
		const char *client;
	} cases[] = {
		/* nobody between */
		{ "203.0.113.7", NULL, "203.0.113.7" },
		{ "127.0.0.1", NULL, "127.0.0.1" },
		{ "127.0.0.1", "", "127.0.0.1" },
		/* one proxy, two, and what a client made up before them */
		{ "127.0.0.1", "203.0.113.7", "203.0.113.7" },
		{ "127.0.0.1", "203.0.113.7, 10.1.1.1", "203.0.113.7" },
		{ "10.1.1.1", "6.6.6.6, 203.0.113.7", "203.0.113.7" },
		{ "10.1.1.1", "10.9.9.9,203.0.113.7, 10.2.2.2", "203.0.113.7" },
		{ "10.1.1.1", "127.0.0.1, 203.0.113.7", "203.0.113.7" },
		/* who is not trusted says what he likes */
		{ "203.0.113.7", "6.6.6.6", "203.0.113.7" },
		{ "203.0.113.7", "127.0.0.1, 10.1.1.1", "203.0.113.7" },
		{ "unix:", "6.6.6.6", "unix:" },
		{ "", "6.6.6.6", "" },
		{ "localhost", "6.6.6.6", "localhost" },
		/* all are trusted: the furthest */
		{ "10.1.1.1", "10.3.3.3, 10.2.2.2", "10.3.3.3" },
		/* what is no address ends it at who passed it on */
		{ "10.1.1.1", "203.0.113.7, unknown", "10.1.1.1" },
		{ "10.1.1.1", "203.0.113.7, junk, 10.2.2.2", "10.2.2.2" },
		{ "10.1.1.1", "203.0.113.7 10.2.2.2", "10.1.1.1" },
		{ "10.1.1.1", "\"203.0.113.7\"", "10.1.1.1" },
		{ "10.1.1.1", "203.0.113.0/24", "10.1.1.1" },
		/* but what is empty is nothing */
		{ "10.1.1.1", "203.0.113.7,, 10.2.2.2, ", "203.0.113.7" },
		{ "10.1.1.1", " , ,\t", "10.1.1.1" },
		/* ports, brackets, IPv6 */
		{ "10.1.1.1", "203.0.113.7:4711", "203.0.113.7" },
		{ "10.1.1.1", "[2001:db8::7]:4711", "2001:db8::7" },
		{ "10.1.1.1", "[2001:db8::7]", "2001:db8::7" },
		{ "10.1.1.1", "2001:DB8:0::7", "2001:db8::7" },
		{ "2001:db8:a::1", "2001:db8:b::1, 2001:db8:a:9::9",
		    "2001:db8:b::1" },
		{ "::ffff:10.1.1.1", "::ffff:203.0.113.7", "203.0.113.7" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(
		    client_of(TRUSTED, cases[i].peer, cases[i].forwarded),
		    cases[i].client);
}

static void
nobody_is_trusted_unless_named(void **state)
{
	(void)state;
	assert_string_equal(
	    client_of("", "127.0.0.1", "203.0.113.7"), "127.0.0.1");
	assert_string_equal(client_of("", "unix:", "203.0.113.7"), "unix:");
}

static void
a_unix_socket_is_trusted_by_its_name(void **state)
{
	(void)state;
	assert_string_equal(
	    client_of("unix", "unix:", "203.0.113.7"), "203.0.113.7");
	assert_string_equal(
	    client_of("unix,10.0.0.0/8", "10.1.1.1", "203.0.113.7, unix:"),
	    "203.0.113.7");
}

static void
a_long_list_ends_at_the_last_hop_that_is_read(void **state)
{
	char text[40 * 16] = "203.0.113.7";
	char last[16];

	(void)state;
	for (int i = 1; i <= 30; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    ",10.0.0.%d", i);
	(void)snprintf(last, sizeof(last), "10.0.0.%d", 31 - CLIENT_HOPS_MAX);
	assert_string_equal(client_of(TRUSTED, "127.0.0.1", text), last);
}

static void
lines_are_one_list(void **state)
{
	struct request *req = call_begin(&call, "GET", "/api/v2");
	char much[CLIENT_FORWARDED_MAX + 1] = "";
	struct str one = client_forwarded(req->arena, STR_NULL, STR("1.1.1.1"));

	(void)state;
	memset(much, 'x', CLIENT_FORWARDED_MAX);
	assert_true(str_eq(one, STR("1.1.1.1")));
	one = client_forwarded(req->arena, one, STR("2.2.2.2"));
	assert_true(str_eq(one, STR("1.1.1.1,2.2.2.2")));
	one = client_forwarded(req->arena, str_of(much), STR("2.2.2.2"));
	assert_true(str_eq(one, STR("2.2.2.2")));
	one = client_forwarded(req->arena, STR("1.1.1.1"), str_of(much));
	assert_int_equal(one.n, CLIENT_FORWARDED_MAX);
}

static int
set_up(void **state)
{
	(void)state;
	call_open(&call);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	call_close(&call);
	return 0;
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_first_from_the_right_that_is_not_trusted),
		TEST(nobody_is_trusted_unless_named),
		TEST(a_unix_socket_is_trusted_by_its_name),
		TEST(a_long_list_ends_at_the_last_hop_that_is_read),
		TEST(lines_are_one_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
