#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "middleware/registry/service_config.h"
#include "middleware/registry/service_records.h"
#include "middleware/registry/service_set.h"
#include "middleware/registry/words.h"
#include "tests/support/system.h"

static struct service_record
a_service(const char *name)
{
	return (struct service_record){ .name = str_of(name),
		.label = STR("Shop"),
		.type = STR("fake"),
		.config = STR("{\"database\":\"/x\"}"),
		.active = true,
		.cache_enabled = true,
		.cache_ttl = 60 };
}

static enum status
add(struct system_fixture *fix, const char *name, struct error *err)
{
	struct service_record record = a_service(name);

	return service_record_add(&fix->db, &record, err);
}

static struct service_record *
list(struct system_fixture *fix, size_t *n)
{
	struct service_record *records;

	assert_int_equal(
	    service_records_list(&fix->db, &fix->arena, &records, n, NULL),
	    ST_OK);
	return records;
}

static void
what_is_added_is_listed(void **state)
{
	struct system_fixture *fix = *state;
	struct service_record record = a_service("Shop");
	struct service_record *records;
	size_t n;

	assert_int_equal(add(fix, "zoo", NULL), ST_OK);
	assert_int_equal(service_record_add(&fix->db, &record, NULL), ST_OK);
	records = list(fix, &n);
	assert_int_equal(n, 2);
	assert_true(str_eq(records[0].name, STR("shop")));
	assert_true(str_eq(records[1].name, STR("zoo")));
	assert_int_equal(records[0].id, record.id);
	assert_true(str_eq(records[0].label, STR("Shop")));
	assert_true(str_is_null(records[0].description));
	assert_true(str_eq(records[0].type, STR("fake")));
	assert_true(str_eq(records[0].config, STR("{\"database\":\"/x\"}")));
	assert_true(records[0].active);
	assert_true(records[0].cache_enabled);
	assert_int_equal(records[0].cache_ttl, 60);
}

static void
a_name_is_given_once_in_any_case(void **state)
{
	struct system_fixture *fix = *state;
	struct error err = { 0 };

	assert_int_equal(add(fix, "db", NULL), ST_OK);
	assert_int_equal(add(fix, "DB", &err), ST_EXISTS);
	assert_non_null(strstr(err.text, "weir service remove db"));
}

static void
bad_names_texts_and_times_are_refused(void **state)
{
	struct system_fixture *fix = *state;
	struct service_record record = a_service("db");
	char text[DESCRIPTION_MAX + 1] = { 0 };

	assert_int_equal(add(fix, "system", NULL), ST_INVALID);
	record.cache_ttl = -1;
	assert_int_equal(
	    service_record_add(&fix->db, &record, NULL), ST_INVALID);
	record.cache_ttl = 0;
	memset(text, 'x', sizeof(text));
	record.description = str_make(text, sizeof(text));
	assert_int_equal(
	    service_record_add(&fix->db, &record, NULL), ST_INVALID);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM service"), 0);
}

static void
each_write_steps_the_version_and_a_failed_one_does_not(void **state)
{
	struct system_fixture *fix = *state;
	int64_t before, after;

	assert_int_equal(system_db_version(&fix->db, &before, NULL), ST_OK);
	assert_int_equal(add(fix, "db", NULL), ST_OK);
	assert_int_equal(system_db_version(&fix->db, &after, NULL), ST_OK);
	assert_int_equal(after, before + 1);
	assert_int_equal(add(fix, "db", NULL), ST_EXISTS);
	assert_int_equal(system_db_version(&fix->db, &after, NULL), ST_OK);
	assert_int_equal(after, before + 1);
}

static void
removing_takes_along_what_refers_to_it(void **state)
{
	struct system_fixture *fix = *state;

	assert_int_equal(add(fix, "db", NULL), ST_OK);
	assert_int_equal(add(fix, "other", NULL), ST_OK);
	system_script(fix,
	    "INSERT INTO role (name, created_date, last_modified_date)"
	    " VALUES ('r', '', '');"
	    "INSERT INTO role_service_access (role_id, service_id, component,"
	    " verb_mask, created_date, last_modified_date)"
	    " SELECT r.id, s.id, '*', 31, '', '' FROM role r, service s;"
	    "INSERT INTO limits (name, type, rate, period, service_id,"
	    " key_text, created_date, last_modified_date)"
	    " SELECT name, 'instance.service', 1, 60, id, name, '', ''"
	    " FROM service;");
	assert_int_equal(
	    service_record_remove(&fix->db, STR("DB"), NULL), ST_OK);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM service"), 1);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM service_cache_config"), 1);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM role_service_access"), 1);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM limits"), 1);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM role_service_access"
			       " WHERE service_id IS NULL"),
	    0);
}

static void
an_id_is_never_given_again(void **state)
{
	struct system_fixture *fix = *state;
	struct service_record first = a_service("db");
	struct service_record second = a_service("db");

	assert_int_equal(service_record_add(&fix->db, &first, NULL), ST_OK);
	assert_int_equal(
	    service_record_remove(&fix->db, STR("db"), NULL), ST_OK);
	assert_int_equal(service_record_add(&fix->db, &second, NULL), ST_OK);
	assert_true(second.id > first.id);
}

static void
removing_what_is_not_there_says_where_to_look(void **state)
{
	struct system_fixture *fix = *state;
	struct error err = { 0 };

	assert_int_equal(
	    service_record_remove(&fix->db, STR("nix"), &err), ST_MISSING);
	assert_non_null(strstr(err.text, "weir service list"));
}

struct config_case {
	struct config_member list[4];
	const char *json; /* NULL: refused */
	const char *why;  /* part of the message */
};

static void
a_config_is_what_its_type_asks_for(void **state)
{
	static const struct config_case cases[] = {
		{ { { { "database", 8 }, { "/a \"b\"", 6 } } },
		    "{\"database\":\"/a \\\"b\\\"\",\"read_only\":false}",
		    NULL },
		{ { { { "port", 4 }, { "5", 1 } },
		      { { "read_only", 9 }, { "YES", 3 } },
		      { { "database", 8 }, { "x", 1 } } },
		    "{\"database\":\"x\",\"read_only\":true,\"port\":5}",
		    NULL },
		{ { { { "port", 4 }, { "5", 1 } } }, NULL, "\"database\"" },
		{ { { { "database", 8 }, { "", 0 } } }, NULL, "required" },
		{ { { { "database", 8 }, { "x", 1 } },
		      { { "nix", 3 }, { "x", 1 } } },
		    NULL, "\"nix\" is not known" },
		{ { { { "databose", 8 }, { "x", 1 } } }, NULL,
		    "\"databose\" is not known: is \"database\" meant?" },
		{ { { { "database", 8 }, { "x", 1 } },
		      { { "port", 4 }, { "5a", 2 } } },
		    NULL, "\"port\" must be an integer from 1 to 65535" },
		{ { { { "database", 8 }, { "x", 1 } },
		      { { "port", 4 }, { "0", 1 } } },
		    NULL, "from 1 to 65535" },
		{ { { { "database", 8 }, { "x", 1 } },
		      { { "port", 4 }, { "70000", 5 } } },
		    NULL, "from 1 to 65535" },
		{ { { { "database", 8 }, { "x", 1 } },
		      { { "tls", 3 }, { "maybe", 5 } } },
		    NULL, "\"tls\" must be one of off, on, verify" },
		{ { { { "database", 8 }, { "x", 1 } },
		      { { "tls", 3 }, { "of", 2 } } },
		    NULL, "\"tls\" must be one of" },
		{ { { { "database", 8 }, { "x", 1 } },
		      { { "tls", 3 }, { "on", 2 } } },
		    "{\"database\":\"x\",\"read_only\":false,\"tls\":\"on\"}",
		    NULL },
		{ { { { "database", 8 }, { "x", 1 } },
		      { { "ca", 2 }, { "ca.pem", 6 } } },
		    NULL, "\"ca\" must be an absolute path" },
		{ { { { "database", 8 }, { "x", 1 } },
		      { { "ca", 2 }, { "/ca", 3 } } },
		    "{\"database\":\"x\",\"read_only\":false,\"ca\":\"/ca\"}",
		    NULL },
		{ { { { "database", 8 }, { "x", 1 } },
		      { { "read_only", 9 }, { "maybe", 5 } } },
		    NULL, "\"read_only\" must be true or false" },
		{ { { { "database", 8 }, { "x", 1 } },
		      { { "database", 8 }, { "y", 1 } } },
		    NULL, "twice" },
		{ { { { "database", 8 }, { "\xff", 1 } } }, NULL, "UTF-8" },
	};
	struct system_fixture *fix = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config_given given = { STR("fake"), cases[i].list, 0 };
		struct error err = { 0 };
		struct str json;

		while (given.n < 4 && cases[i].list[given.n].name.p != NULL)
			given.n++;
		if (cases[i].json == NULL) {
			assert_int_equal(service_config_make(
					     &fix->arena, &given, &json, &err),
			    ST_INVALID);
			assert_non_null(strstr(err.text, cases[i].why));
			continue;
		}
		assert_int_equal(
		    service_config_make(&fix->arena, &given, &json, NULL),
		    ST_OK);
		assert_true(str_eq(json, str_of(cases[i].json)));
	}
}

static void
an_unknown_type_names_those_there_are(void **state)
{
	struct system_fixture *fix = *state;
	struct config_given given = { .type = STR("oracle") };
	struct error err = { 0 };
	struct str json;

	assert_int_equal(
	    service_config_make(&fix->arena, &given, &json, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "fake"));
}

#define SYSTEM(test)                                                           \
	cmocka_unit_test_setup_teardown(test, system_setup, system_teardown)

static enum status
rename_edit(void *ctx, struct service_record *r, struct error *err)
{
	const struct str *name = ctx;

	(void)err;
	r->name = *name;
	return ST_OK;
}

static enum status
rename_to(struct system_fixture *fix, struct str name, struct error *err)
{
	struct service_order order = { STR("db"), rename_edit, &name };
	struct service_record r = { 0 };

	return service_record_set(&fix->db, &fix->arena, &order, &r, err);
}

static void
a_service_is_renamed_to_what_is_free(void **state)
{
	struct system_fixture *fix = *state;
	struct service_record r = {
		.name = STR("db"), .type = STR("fake"), .config = STR("{}")
	};
	struct error err = { 0 };

	assert_int_equal(service_record_add(&fix->db, &r, NULL), ST_OK);
	r.name = STR("other");
	assert_int_equal(service_record_add(&fix->db, &r, NULL), ST_OK);
	assert_int_equal(rename_to(fix, STR("other"), &err), ST_EXISTS);
	assert_non_null(strstr(err.text, "\"other\" already"));
	assert_int_equal(rename_to(fix, STR("a b"), NULL), ST_INVALID);
	assert_int_equal(rename_to(fix, STR("system"), NULL), ST_INVALID);
	assert_int_equal(rename_to(fix, STR("db"), NULL), ST_OK);
	assert_int_equal(rename_to(fix, STR("fresh"), NULL), ST_OK);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM service"
					    " WHERE name = 'fresh'"),
	    1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SYSTEM(what_is_added_is_listed),
		SYSTEM(a_name_is_given_once_in_any_case),
		SYSTEM(bad_names_texts_and_times_are_refused),
		SYSTEM(each_write_steps_the_version_and_a_failed_one_does_not),
		SYSTEM(removing_takes_along_what_refers_to_it),
		SYSTEM(an_id_is_never_given_again),
		SYSTEM(removing_what_is_not_there_says_where_to_look),
		SYSTEM(a_config_is_what_its_type_asks_for),
		SYSTEM(an_unknown_type_names_those_there_are),
		SYSTEM(a_service_is_renamed_to_what_is_free),
	};

	return SYSTEM_RUN("service_records", tests);
}
