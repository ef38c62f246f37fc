#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "middleware/registry/cors_records.h"
#include "tests/support/system.h"

static struct cors_record
a_record(const char *path)
{
	return (struct cors_record){ .path = str_of(path),
		.origin = STR("https://a.example"),
		.header = STR("*"),
		.max_age = 60,
		.verb_mask = 31,
		.enabled = true };
}

static struct cors_record *
list(struct system_fixture *fix, size_t *n)
{
	struct cors_record *records = NULL;

	assert_int_equal(
	    cors_records_list(&fix->db, &fix->arena, &records, n, NULL), ST_OK);
	return records;
}

static void
a_record_is_listed_as_it_was_added(void **state)
{
	struct system_fixture *fix = *state;
	struct cors_record r = a_record("api/v2/*");
	struct cors_record *records;
	size_t n;

	r.description = STR("the shop");
	r.exposed_header = STR("ETag");
	r.credentials = true;
	assert_int_equal(cors_record_add(&fix->db, &r, NULL), ST_OK);
	records = list(fix, &n);
	assert_int_equal(n, 1);
	assert_int_equal(records[0].id, r.id);
	assert_true(str_eq(records[0].path, r.path));
	assert_true(str_eq(records[0].description, r.description));
	assert_true(str_eq(records[0].origin, r.origin));
	assert_true(str_eq(records[0].header, r.header));
	assert_true(str_eq(records[0].exposed_header, r.exposed_header));
	assert_int_equal(records[0].max_age, 60);
	assert_int_equal(records[0].verb_mask, 31);
	assert_true(records[0].credentials);
	assert_true(records[0].enabled);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM audit WHERE resource ="
			       " 'cors' AND action = 'create'"),
	    1);
}

static void
a_path_has_one_record(void **state)
{
	struct system_fixture *fix = *state;
	struct cors_record r = a_record("*");
	struct error err = { 0 };

	assert_int_equal(cors_record_add(&fix->db, &r, NULL), ST_OK);
	assert_int_equal(cors_record_add(&fix->db, &r, &err), ST_EXISTS);
	assert_non_null(strstr(err.text, "already: change that one"));
}

static enum status
switch_off(void *ctx, struct cors_record *r, struct error *err)
{
	(void)err;
	r->enabled = false;
	r->origin = *(const struct str *)ctx;
	return ST_OK;
}

static void
a_change_is_checked_and_told(void **state)
{
	struct system_fixture *fix = *state;
	struct cors_record r = a_record("*");
	struct str good = STR("https://b.example"), bad = STR("b.example");
	struct cors_record *records;
	size_t n;

	assert_int_equal(cors_record_add(&fix->db, &r, NULL), ST_OK);
	assert_int_equal(cors_record_set(&fix->db, &fix->arena, STR("*"),
			     switch_off, &bad, &r, NULL),
	    ST_INVALID);
	assert_true(list(fix, &n)[0].enabled);
	assert_int_equal(cors_record_set(&fix->db, &fix->arena, STR("*"),
			     switch_off, &good, &r, NULL),
	    ST_OK);
	records = list(fix, &n);
	assert_false(records[0].enabled);
	assert_true(str_eq(records[0].origin, good));
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM audit WHERE resource ="
			       " 'cors' AND action = 'update'"),
	    1);
	assert_int_equal(cors_record_set(&fix->db, &fix->arena, STR("x"),
			     switch_off, &good, &r, NULL),
	    ST_MISSING);
}

static void
a_record_is_removed_by_its_path(void **state)
{
	struct system_fixture *fix = *state;
	struct cors_record r = a_record("*");
	size_t n;

	assert_int_equal(cors_record_add(&fix->db, &r, NULL), ST_OK);
	assert_int_equal(
	    cors_record_remove(&fix->db, STR("x"), NULL), ST_MISSING);
	assert_int_equal(cors_record_remove(&fix->db, STR("*"), NULL), ST_OK);
	(void)list(fix, &n);
	assert_int_equal(n, 0);
}

static void
what_makes_no_sense_is_refused(void **state)
{
	static const struct {
		const char *path, *origin, *header;
		const char *why; /* NULL: it does make sense */
	} cases[] = {
		{ "*", "*", "*", NULL },
		{ "^/api/v2/[a-z]+$", "null, http://localhost:*", "", NULL },
		{ "", "*", "*", "path:" },
		{ "a b", "*", "*", "path:" },
		{ "^/(", "*", "*", "no regular expression" },
		{ "^/\\d+", "*", "*", "[0-9] for \\d" },
		{ "^/(?:a)", "*", "*", "POSIX" },
		{ "*", "", "*", "origin:" },
		{ "*", "a.example", "*", "origin \"a.example\"" },
		{ "*", "https://a.example/", "*", "without a path" },
		{ "*", "https://a.example,,*", "*", "origin \"\"" },
		{ "*", "*", "X-A;X-B", "header \"X-A;X-B\"" },
		{ "*", "*", "X-A\r\nX-B", "header \"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct cors_record r = a_record(cases[i].path);
		struct error err = { 0 };
		enum status st;

		r.origin = str_of(cases[i].origin);
		r.header = str_of(cases[i].header);
		st = cors_record_check(&r, &err);
		assert_int_equal(st, cases[i].why == NULL ? ST_OK : ST_INVALID);
		if (cases[i].why != NULL &&
		    strstr(err.text, cases[i].why) == NULL)
			fail_msg("case %zu: %s", i, err.text);
	}
}

static void
methods_are_words(void **state)
{
	struct system_fixture *fix = *state;
	unsigned mask;

	assert_int_equal(
	    cors_methods_parse(STR("get, Delete"), &mask, NULL), ST_OK);
	assert_int_equal(mask, 17);
	assert_true(
	    str_eq(cors_methods_text(&fix->arena, mask), STR("GET, DELETE")));
	assert_int_equal(cors_methods_parse(STR("none"), &mask, NULL), ST_OK);
	assert_int_equal(mask, 0);
	assert_int_equal(cors_methods_parse(STR("all"), &mask, NULL), ST_OK);
	assert_int_equal(mask, 127);
	assert_int_equal(
	    cors_methods_parse(STR("GET,FETCH"), &mask, NULL), ST_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_record_is_listed_as_it_was_added, system_setup,
		    system_teardown),
		cmocka_unit_test_setup_teardown(
		    a_path_has_one_record, system_setup, system_teardown),
		cmocka_unit_test_setup_teardown(a_change_is_checked_and_told,
		    system_setup, system_teardown),
		cmocka_unit_test_setup_teardown(a_record_is_removed_by_its_path,
		    system_setup, system_teardown),
		cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused,
		    system_setup, system_teardown),
		cmocka_unit_test_setup_teardown(
		    methods_are_words, system_setup, system_teardown),
	};

	return SYSTEM_RUN("cors_records", tests);
}
