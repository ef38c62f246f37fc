#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "middleware/registry/words.h"

#define NAME_40 "abcdefghijabcdefghijabcdefghijabcdefghij"

static void
names_of_services_fit_into_a_url(void **state)
{
	static const char *const good[] = { "db", "My-Shop_2", "a", "_x", "-",
		"v", "vv2", "v2x", "systems", NAME_40 };
	static const char *const bad[] = { "", "a b", "a.b", "a/b",
		"caf\xc3\xa9", "a\n", "*", NAME_40 "k", "system", "SYSTEM",
		"user", "api_docs", "v2", "V10" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(
		    service_name_check(str_of(good[i]), NULL), ST_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct error err = { 0 };

		assert_int_equal(
		    service_name_check(str_of(bad[i]), &err), ST_INVALID);
		assert_true(err.text[0] != '\0');
	}
}

static void
names_of_records_are_any_short_text(void **state)
{
	static const char *const good[] = { "a", "My app", "caf\xc3\xa9",
		"a/b.c" };
	static const char *const bad[] = { "", " a", "a ", "a\tb", "\x7f",
		NAME_40 NAME_40 };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(
		    record_name_check(str_of(good[i]), "app", NULL), ST_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    record_name_check(str_of(bad[i]), "app", NULL), ST_INVALID);
}

static unsigned
verbs(const char *text)
{
	unsigned mask = 0;

	assert_int_equal(verbs_parse(str_of(text), &mask, NULL), ST_OK);
	return mask;
}

static void
verbs_become_a_mask(void **state)
{
	unsigned mask;

	(void)state;
	assert_int_equal(verbs("GET"), 1);
	assert_int_equal(verbs("get, Post"), 3);
	assert_int_equal(verbs("PUT,PATCH,DELETE"), 28);
	assert_int_equal(verbs("all"), 31);
	assert_int_equal(verbs("none"), 0);
	assert_int_equal(verbs_parse(STR(""), &mask, NULL), ST_INVALID);
	assert_int_equal(verbs_parse(STR("GET,"), &mask, NULL), ST_INVALID);
	assert_int_equal(verbs_parse(STR("FETCH"), &mask, NULL), ST_INVALID);
	assert_int_equal(verbs_parse(STR("HEAD"), &mask, NULL), ST_INVALID);
}

static void
a_mask_becomes_verbs(void **state)
{
	struct buf text = { 0 };

	(void)state;
	verbs_put(&text, 31);
	buf_put_char(&text, ' ');
	verbs_put(&text, 9);
	buf_put_char(&text, ' ');
	verbs_put(&text, 0);
	assert_true(str_eq(
	    buf_str(&text), STR("GET,POST,PUT,PATCH,DELETE GET,PATCH none")));
	buf_free(&text);
}

struct period_case {
	const char *text;
	uint32_t seconds; /* 0: refused */
};

static void
periods_have_names_or_seconds(void **state)
{
	static const struct period_case cases[] = { { "minute", 60 },
		{ "hour", 3600 }, { "day", 86400 }, { "7-day", 604800 },
		{ "30-day", 2592000 }, { "10s", 10 }, { "1s", 1 },
		{ "31622400s", 31622400 }, { "", 0 }, { "s", 0 }, { "0s", 0 },
		{ "31622401s", 0 }, { "10", 0 }, { "-1s", 0 }, { "week", 0 },
		{ "0", 0 }, { "3", 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = { 0 };
		uint32_t seconds = 0;
		enum status st =
		    period_parse(str_of(cases[i].text), &seconds, NULL);

		if (cases[i].seconds == 0) {
			assert_int_equal(st, ST_INVALID);
			continue;
		}
		assert_int_equal(st, ST_OK);
		assert_int_equal(seconds, cases[i].seconds);
		period_put(&text, seconds);
		assert_true(str_eq(buf_str(&text), str_of(cases[i].text)));
		buf_free(&text);
	}
}

static void
what_dreamfactory_sends_may_be_a_number(void **state)
{
	static const struct period_case cases[] = { { "0", 60 }, { "1", 3600 },
		{ "2", 86400 }, { "3", 604800 }, { "4", 2592000 },
		{ "hour", 3600 }, { "10s", 10 }, { "5", 0 }, { "-1", 0 },
		{ "", 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t seconds = 0;

		assert_int_equal(
		    period_parse_sent(str_of(cases[i].text), &seconds, NULL),
		    cases[i].seconds == 0 ? ST_INVALID : ST_OK);
		assert_int_equal(seconds, cases[i].seconds);
	}
}

static void
requestors_are_a_mask(void **state)
{
	struct buf text = { 0 };
	unsigned mask;

	(void)state;
	assert_int_equal(requestors_parse(STR("API"), &mask, NULL), ST_OK);
	assert_int_equal(mask, 1);
	assert_int_equal(requestors_parse(STR("all"), &mask, NULL), ST_OK);
	assert_int_equal(mask, 3);
	assert_int_equal(
	    requestors_parse(STR("script, api"), &mask, NULL), ST_OK);
	requestors_put(&text, mask);
	assert_true(str_eq(buf_str(&text), STR("api,script")));
	buf_free(&text);
	assert_int_equal(requestors_parse(STR(""), &mask, NULL), ST_INVALID);
	assert_int_equal(
	    requestors_parse(STR("api,x"), &mask, NULL), ST_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_services_fit_into_a_url),
		cmocka_unit_test(names_of_records_are_any_short_text),
		cmocka_unit_test(verbs_become_a_mask),
		cmocka_unit_test(a_mask_becomes_verbs),
		cmocka_unit_test(periods_have_names_or_seconds),
		cmocka_unit_test(what_dreamfactory_sends_may_be_a_number),
		cmocka_unit_test(requestors_are_a_mask),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
