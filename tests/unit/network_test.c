/* Addresses and networks as people and proxies write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/network.h"

static struct arena arena;

/* What is read of it, as it is written; NULL: it is none. */
static const char *
read_as(const char *text)
{
	struct address a;

	if (!address_read(str_of(text), &a))
		return NULL;
	return arena_printf(&arena, "%.*s", STR_ARG(address_text(&arena, &a)))
	    .p;
}

static void
an_address_has_one_shortest_form(void **state)
{
	static const struct {
		const char *text;
		const char *form;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "192.0.2.1:65535", "192.0.2.1" },
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "::FFFF:c000:201", "192.0.2.1" },
		{ "[::ffff:192.0.2.1]:80", "192.0.2.1" },
		{ "2001:DB8:0:0::1", "2001:db8::1" },
		{ "[2001:db8::1]", "2001:db8::1" },
		{ "[2001:db8::1]:443", "2001:db8::1" },
		{ "::", "::" },
		{ "unix:", "unix:" },
		{ "unix:/run/x.sock", "unix:" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_non_null(read_as(cases[i].text));
		assert_string_equal(read_as(cases[i].text), cases[i].form);
	}
}

static void
all_else_is_no_address(void **state)
{
	static const char *const texts[] = { "", "unknown", "_hidden", "unix",
		"192.0.2", "192.0.2.256", "0x7f.1", "192.0.2.1 ",
		"192.0.2.1:", "192.0.2.1:x", "192.0.2.1:65536",
		"192.0.2.1:123456", "192.0.2.1/32",
		"2001:db8::1::", "[2001:db8::1", "[]", "[", "[2001:db8::1]443",
		"[2001:db8::1]:", "[2001:db8::1]:x", "[192.0.2.1]",
		"[192.0.2.1]:80", "fe80::1%eth0", "localhost", "\"192.0.2.1\"",
		("00000000000000000000000000000000000000000000000000000000000"
		 "0000000000000000000000000000192.0.2.1") };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_null(read_as(texts[i]));
}

static void
a_text_with_an_end_inside_is_none(void **state)
{
	struct address a;

	(void)state;
	assert_false(address_read(str_make("192.0.2.1\0x", 11), &a));
}

static bool
holds(const char *list, const char *text)
{
	struct networks networks;
	struct address a;

	assert_true(networks_check(str_of(list)));
	assert_true(networks_read(&arena, str_of(list), &networks));
	assert_true(address_read(str_of(text), &a));
	return networks_hold(&networks, &a);
}

static void
a_network_holds_what_begins_like_it(void **state)
{
	(void)state;
	assert_true(holds("10.0.0.0/8", "10.255.255.255"));
	assert_false(holds("10.0.0.0/8", "11.0.0.0"));
	assert_true(holds("10.1.2.3/8", "10.9.9.9"));
	assert_true(holds("192.0.2.128/25", "192.0.2.129"));
	assert_false(holds("192.0.2.128/25", "192.0.2.127"));
	assert_true(holds("192.0.2.1", "::ffff:192.0.2.1"));
	assert_false(holds("192.0.2.1", "192.0.2.2"));
	assert_true(holds("192.0.2.1/32", "192.0.2.1"));
	assert_true(holds("2001:db8::/33", "2001:db8:7fff::1"));
	assert_false(holds("2001:db8::/33", "2001:db8:8000::1"));
	assert_true(holds("2001:db8::1/128", "2001:db8::1"));
	assert_true(holds("127.0.0.1, 2001:db8::/32 ,10.0.0.0/8", "10.1.1.1"));
}

static void
all_of_one_kind_is_none_of_the_other(void **state)
{
	(void)state;
	assert_true(holds("0.0.0.0/0", "203.0.113.1"));
	assert_false(holds("0.0.0.0/0", "2001:db8::1"));
	assert_true(holds("::/0", "2001:db8::1"));
	assert_false(holds("::/0", "203.0.113.1"));
	assert_true(holds("::ffff:0:0/96", "203.0.113.1"));
	assert_true(holds("unix", "unix:"));
	assert_false(holds("unix", "::"));
	assert_false(holds("::/0", "unix:"));
}

static void
nobody_is_in_the_empty_list(void **state)
{
	(void)state;
	assert_false(holds("", "127.0.0.1"));
	assert_false(holds("", "::"));
}

static void
what_is_no_list_is_refused(void **state)
{
	static const char *const lists[] = { "10.0.0.0/33", "10.0.0.0/",
		"10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "::/1000", "localhost",
		"10.0.0.1,", ",10.0.0.1", "10.0.0.1,,10.0.0.2",
		"10.0.0.1 10.0.0.2", "10.0.0.1:80", "unix:/run/x", "unix/8",
		"all" };
	struct networks networks;

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		assert_false(networks_check(str_of(lists[i])));
		assert_false(
		    networks_read(&arena, str_of(lists[i]), &networks));
	}
}

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 4096);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_address_has_one_shortest_form),
		TEST(all_else_is_no_address),
		TEST(a_text_with_an_end_inside_is_none),
		TEST(a_network_holds_what_begins_like_it),
		TEST(all_of_one_kind_is_none_of_the_other),
		TEST(nobody_is_in_the_empty_list),
		TEST(what_is_no_list_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
