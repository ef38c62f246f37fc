/* Which bodies store what: contract.md section 2, form by form. */
#include "app/services/cache/pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"

#define MAX_VALUE 20
#define TTL       60  /* what the query says */
#define TTL_OWN   300 /* the service's */

#define NO_PAYLOAD  "No value/payload provided to store in cache."
#define BAD_PAYLOAD "Invalid payload provided. Please provide a key/value pair."
#define BAD_FORM    "A body with a member 'key', 'value' or 'resource' must be"
#define BAD_TTL     "'ttl' must be a whole number of seconds from 1 to 315360000"

static struct arena arena;

static int
open_arena(void **state)
{
	(void)state;
	arena_init(&arena, 16384);
	return 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

/* "form key=value@ttl;..." of what a body stores, or its complaint. */
static const char *
shown(const struct pairs *pairs)
{
	static const char *const forms[] = {
		[PAIRS_ONE] = "one", [PAIRS_LIST] = "list", [PAIRS_MAP] = "map"
	};
	struct buf text = buf_in(&arena);

	buf_put(&text, str_of(forms[pairs->form]));
	for (size_t i = 0; i < pairs->n; i++)
		buf_printf(&text, " %.*s=%.*s@%u", STR_ARG(pairs->list[i].key),
		    STR_ARG(pairs->list[i].value), pairs->list[i].ttl);
	buf_put_char(&text, '\0');
	return text.p;
}

static const char *
read_body(const char *key, bool verbatim, const char *body)
{
	const struct pairs_source source = { .arena = &arena,
		.key = str_of(key),
		.verbatim = verbatim,
		.default_ttl = TTL_OWN,
		.ttl = TTL,
		.max_value = MAX_VALUE };
	struct json value = { STR_NULL };
	struct error err = { .text = "" };
	struct pairs pairs;
	enum status st;

	if (body[0] != '\0')
		assert_int_equal(
		    json_parse(&arena, str_of(body), &value, NULL), ST_OK);
	st = pairs_read(&source, value, &pairs, &err);
	if (st == ST_OK)
		return shown(&pairs);
	return arena_printf(
	    &arena, "%s: %s", st == ST_TOO_BIG ? "413" : "400", err.text)
	    .p;
}

struct body_case {
	const char *body;
	const char *outcome;
};

/* A complaint may go on. */
static void
expect(const char *key, bool verbatim, const struct body_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *got = read_body(key, verbatim, cases[i].body);
		size_t length = strlen(cases[i].outcome);

		if (got[0] == '4' ? strncmp(got, cases[i].outcome, length) != 0
				  : strcmp(got, cases[i].outcome) != 0)
			fail_msg("%s: %s", cases[i].body, got);
		arena_reset(&arena);
	}
}

#define EXPECT(key, verbatim, cases)                                           \
	expect(key, verbatim, cases, sizeof(cases) / sizeof((cases)[0]))

static void
a_service_takes_one_pair(void **state)
{
	static const struct body_case cases[] = {
		{ "{\"key\":\"k\",\"value\":1.10}", "one k=1.10@60" },
		{ "{\"value\":null,\"key\":\"k\",\"ttl\":5}", "one k=null@5" },
		{ "{\"key\":\"a/b:\\u00e4 \",\"value\":\"x\"}",
		    "one a/b:ä =\"x\"@60" },
		{ "{\"key\":\"k\",\"value\":{ \"b\": 1,\"a\":[]},\"ttl\":0}",
		    "one k={ \"b\": 1,\"a\":[]}@0" },
		{ "{\"key\":\"k\",\"value\":12345678901234567890}",
		    "one k=12345678901234567890@60" },
		{ "{\"key\":\"k\",\"value\":1,\"ttl\":-1}", "one k=1@300" },
		{ "{\"key\":\"k\",\"value\":1,\"ttl\":315360000}",
		    "one k=1@315360000" },
		{ "{\"key\":\"k\",\"value\":\"012345678901234567\"}",
		    "one k=\"012345678901234567\"@60" },
	};

	(void)state;
	EXPECT(NULL, false, cases);
}

static void
a_bad_pair_is_refused(void **state)
{
	static const struct body_case cases[] = {
		{ "{\"key\":\"k\"}", "400: " BAD_FORM },
		{ "{\"value\":1}", "400: " BAD_FORM },
		{ "{\"key\":\"k\",\"value\":1,\"more\":2}", "400: " BAD_FORM },
		{ "{\"key\":\"k\",\"value\":1,\"resource\":[]}",
		    "400: " BAD_FORM },
		{ "{\"key\":\"k\",\"other\":1}", "400: " BAD_FORM },
		{ "{\"key\":1,\"value\":1}",
		    "400: The body: 'key' must be a string." },
		{ "{\"key\":\"\",\"value\":1}",
		    "400: The body: the key is empty." },
		{ "{\"key\":\"a\\u0000b\",\"value\":1}",
		    "400: The body: the key holds a control character." },
		{ "{\"key\":\"a\\u007f\",\"value\":1}",
		    "400: The body: the key holds a control character." },
		{ "{\"key\":\"k\",\"value\":1,\"ttl\":-2}",
		    "400: Key 'k': " BAD_TTL },
		{ "{\"key\":\"k\",\"value\":1,\"ttl\":1.5}",
		    "400: Key 'k': " BAD_TTL },
		{ "{\"key\":\"k\",\"value\":1,\"ttl\":1e3}",
		    "400: Key 'k': " BAD_TTL },
		{ "{\"key\":\"k\",\"value\":1,\"ttl\":\"60\"}",
		    "400: Key 'k': " BAD_TTL },
		{ "{\"key\":\"k\",\"value\":1,\"ttl\":null}",
		    "400: Key 'k': " BAD_TTL },
		{ "{\"key\":\"k\",\"value\":1,\"ttl\":315360001}",
		    "400: Key 'k': " BAD_TTL },
		{ "{\"key\":\"k\",\"value\":\"0123456789012345678\"}",
		    "413: Key 'k': the value has 21 bytes; "
		    "CACHE_MAX_VALUE allows 20." },
	};

	(void)state;
	EXPECT(NULL, false, cases);
}

static void
a_service_takes_a_list(void **state)
{
	static const struct body_case cases[] = {
		{ "{\"resource\":[{\"key\":\"a\",\"value\":1},"
		  "{\"key\":\"b\",\"value\":[2],\"ttl\":7}]}",
		    "list a=1@60 b=[2]@7" },
		{ "{\"resource\":[]}", "400: " NO_PAYLOAD },
		{ "{\"resource\":{}}", "400: " BAD_FORM },
		{ "{\"resource\":[{\"key\":\"a\",\"value\":1}],\"ttl\":9}",
		    "400: " BAD_FORM },
		{ "{\"resource\":[{\"key\":\"a\",\"value\":1},7]}",
		    "400: resource[1] must be exactly" },
		{ "{\"resource\":[{\"key\":\"a\"}]}",
		    "400: resource[0] must be exactly" },
		{ "{\"resource\":[{\"key\":\"a\",\"value\":1,\"x\":1}]}",
		    "400: resource[0] must be exactly" },
		{ "{\"resource\":[{\"key\":\"a\",\"value\":1,"
		  "\"resource\":1}]}",
		    "400: resource[0] must be exactly" },
		{ "{\"resource\":[{\"key\":\"a\",\"value\":1},"
		  "{\"key\":false,\"value\":1}]}",
		    "400: resource[1]: 'key' must be a string." },
		{ "{\"resource\":[{\"key\":\"a\",\"value\":1},"
		  "{\"key\":\"b\",\"value\":1,\"ttl\":true}]}",
		    "400: resource[1] (key 'b'): " BAD_TTL },
		{ "{\"resource\":[{\"key\":\"a\",\"value\":1},"
		  "{\"key\":\"\\n\",\"value\":1}]}",
		    "400: resource[1]: the key holds a control character." },
		{ "{\"resource\":[{\"key\":\"a\",\"value\":1},"
		  "{\"key\":\"b\",\"value\":\"0123456789012345678\"}]}",
		    "413: resource[1] (key 'b'): the value has 21 bytes" },
		{ "{\"resource\":[{\"key\":\"a\",\"value\":1},"
		  "{\"key\":\"\\u0061\",\"value\":2}]}",
		    "400: resource[1] (key 'a'): an earlier element has the "
		    "same key." },
	};

	(void)state;
	EXPECT(NULL, false, cases);
}

static void
a_service_takes_a_map(void **state)
{
	static const struct body_case cases[] = {
		{ "{\"a\":1,\"b\":{\"key\":1}}",
		    "map a=1@60 b={\"key\":1}@60" },
		{ "{\"ttl\":5}", "map ttl=5@60" },
		{ "{}", "400: " NO_PAYLOAD },
		{ "", "400: " NO_PAYLOAD },
		{ "[]", "400: " BAD_PAYLOAD },
		{ "[{\"key\":\"a\",\"value\":1}]", "400: " BAD_PAYLOAD },
		{ "\"x\"", "400: " BAD_PAYLOAD },
		{ "0", "400: " BAD_PAYLOAD },
		{ "null", "400: " BAD_PAYLOAD },
		{ "{\"a\":1,\"\":2}", "400: The body: the key is empty." },
		{ "{\"a\":\"0123456789012345678\"}",
		    "413: Key 'a': the value has 21 bytes" },
	};

	(void)state;
	EXPECT(NULL, false, cases);
}

static void
a_map_may_have_any_member(void **state)
{
	static const struct body_case cases[] = {
		{ "{\"key\":\"k\",\"value\":1}",
		    "map key=\"k\"@60 value=1@60" },
		{ "{\"resource\":[1]}", "map resource=[1]@60" },
		{ "{\"key\":1}", "map key=1@60" },
		{ "{}", "400: " NO_PAYLOAD },
		{ "7", "400: " BAD_PAYLOAD },
	};

	(void)state;
	EXPECT(NULL, true, cases);
}

static void
a_key_takes_a_value(void **state)
{
	static const struct body_case cases[] = {
		{ "{\"value\":1.10}", "one k=1.10@60" },
		{ "{\"ttl\":5,\"value\":{\"value\":1}}",
		    "one k={\"value\":1}@5" },
		{ "{\"value\":1,\"more\":2}",
		    "one k={\"value\":1,\"more\":2}@60" },
		{ "{\"value\":1,\"key\":2}",
		    "one k={\"value\":1,\"key\":2}@60" },
		{ "{\"ttl\":5}", "one k={\"ttl\":5}@60" },
		{ "{}", "one k={}@60" },
		{ "[]", "one k=[]@60" },
		{ "0", "one k=0@60" },
		{ "\"\"", "one k=\"\"@60" },
		{ "null", "one k=null@60" },
		{ " 1e5 ", "one k=1e5@60" },
		{ "", "400: " NO_PAYLOAD },
		{ "{\"value\":1,\"ttl\":\"x\"}", "400: Key 'k': " BAD_TTL },
		{ "\"0123456789012345678\"",
		    "413: Key 'k': the value has 21 bytes" },
	};

	(void)state;
	EXPECT("k", false, cases);
}

static void
a_value_may_look_like_a_form(void **state)
{
	static const struct body_case cases[] = {
		{ "{\"value\":1}", "one k={\"value\":1}@60" },
		{ "{\"value\":1,\"ttl\":-9}",
		    "one k={\"value\":1,\"ttl\":-9}@60" },
	};

	(void)state;
	EXPECT("k", true, cases);
}

/* "{"k0":0,...}" of n members. */
static const char *
map_of(size_t n)
{
	struct buf body = buf_in(&arena);

	for (size_t i = 0; i < n; i++)
		buf_printf(&body, "%c\"k%zu\":0", i == 0 ? '{' : ',', i);
	buf_put_lit(&body, "}");
	buf_put_char(&body, '\0');
	return body.p;
}

static void
keys_are_bounded(void **state)
{
	struct buf body = buf_in(&arena);

	(void)state;
	assert_int_equal(
	    strncmp(read_body(NULL, false, map_of(1000)), "map k0=", 7), 0);
	assert_string_equal(read_body(NULL, false, map_of(1001)),
	    "400: The request has 1001 keys; at most 1000 are allowed.");
	buf_put_lit(&body, "{\"");
	for (int i = 0; i < 1025; i++)
		buf_put_char(&body, 'k');
	buf_put_lit(&body, "\":1}");
	buf_put_char(&body, '\0');
	assert_string_equal(read_body(NULL, false, body.p),
	    "400: The body: the key is longer than 1024 bytes.");
}

/* Cut between characters, not within one. */
static void
a_long_key_is_shown_in_part(void **state)
{
	struct buf body = buf_in(&arena);

	(void)state;
	buf_put_lit(&body, "{\"key\":\"x");
	for (int i = 0; i < 80; i++)
		buf_put_lit(&body, "ä");
	buf_put_lit(&body, "\",\"value\":1,\"ttl\":-3}");
	buf_put_char(&body, '\0');
	assert_non_null(strstr(read_body(NULL, false, body.p), "ä...': 'ttl'"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_takes_one_pair),
		cmocka_unit_test(a_bad_pair_is_refused),
		cmocka_unit_test(a_service_takes_a_list),
		cmocka_unit_test(a_service_takes_a_map),
		cmocka_unit_test(a_map_may_have_any_member),
		cmocka_unit_test(a_key_takes_a_value),
		cmocka_unit_test(a_value_may_look_like_a_form),
		cmocka_unit_test(keys_are_bounded),
		cmocka_unit_test(a_long_key_is_shown_in_part),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
