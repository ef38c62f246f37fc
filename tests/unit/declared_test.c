#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/env.h"
#include "app/base/settings.h"
#include "middleware/registry/access.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/declared.h"
#include "middleware/service.h"

#define APP_KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define ROLE    "ROLE_R_ACCESS=\"shop:_table/a:GET;*:*:GET\"\n"
#define FILTER  "[{\"name\":\"x\",\"operator\":\"is null\"}]"
#define HASH_A                                                                 \
	"00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"
#define HASH_B                                                                 \
	"ff112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"

struct fixture {
	struct arena arena;
	struct settings settings;
	struct declared d;
	struct buf problems, warnings;
};

static int
setup(void **state)
{
	static struct fixture fix;

	assert_true(secret_init());
	arena_init(&fix.arena, 4096);
	*state = &fix;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *fix = *state;

	arena_close(&fix->arena);
	return 0;
}

/* Reads the text of a file; problems and warnings end with a NUL. */
static enum status
declare(struct fixture *fix, const char *text)
{
	enum status st;

	fix->problems = buf_in(&fix->arena);
	fix->warnings = buf_in(&fix->arena);
	fix->settings =
	    (struct settings){ .app_key = APP_KEY, .env_path = "f.env" };
	assert_int_equal(env_parse(&fix->arena, str_of(text), NULL, NULL,
			     &fix->settings.declared, NULL),
	    ST_OK);
	st = declared_read(&fix->arena, &fix->settings, &fix->d, &fix->problems,
	    &fix->warnings);
	assert_int_equal(st == ST_OK, fix->problems.n == 0);
	buf_put_char(&fix->problems, '\0');
	buf_put_char(&fix->warnings, '\0');
	return st;
}

static void
a_service_is_what_its_lines_say(void **state)
{
	struct fixture *fix = *state;
	const struct config_owner owner = { STR("shop"),
		service_type_find(STR("fake")) };
	const struct service_record *r;
	struct app_keys keys;
	struct str config;

	assert_int_equal(declare(fix, "\nSERVICE_SHOP_TYPE=fake\n"
				      "SERVICE_SHOP_DATABASE=/x\n"
				      "SERVICE_SHOP_PORT=5\n"
				      "SERVICE_SHOP_PASSWORD=hush\n"
				      "SERVICE_SHOP_LABEL=\"The shop\"\n"
				      "SERVICE_SHOP_DESCRIPTION=all\n"
				      "SERVICE_SHOP_CACHE_ENABLED=true\n"
				      "SERVICE_SHOP_CACHE_TTL=60\n"),
	    ST_OK);
	assert_int_equal(fix->d.n_services, 1);
	r = &fix->d.services[0];
	assert_true(str_eq(r->name, STR("shop")));
	assert_true(str_eq(r->label, STR("The shop")));
	assert_true(str_eq(r->description, STR("all")));
	assert_true(str_eq(r->place, STR("f.env:2")));
	assert_true(r->id < 0);
	assert_true(r->active);
	assert_true(r->cache_enabled);
	assert_int_equal(r->cache_ttl, 60);
	config = r->config;
	assert_null(memmem(config.p, config.n, "hush", 4));
	assert_int_equal(app_keys_read(&fix->settings, &keys, NULL), ST_OK);
	assert_int_equal(
	    config_unseal(&fix->arena, &keys, &owner, &config, NULL), ST_OK);
	assert_true(str_eq(
	    config, STR("{\"database\":\"/x\",\"read_only\":false,\"port\":5,"
			"\"password\":\"hush\"}")));
}

static void
an_id_is_the_names_alone(void **state)
{
	struct fixture *fix = *state;
	int64_t a, b;

	assert_int_equal(
	    declare(fix, "SERVICE_A_TYPE=fake\nSERVICE_A_DATABASE=/x\n"
			 "SERVICE_B_TYPE=fake\nSERVICE_B_DATABASE=/x\n"),
	    ST_OK);
	a = fix->d.services[0].id;
	b = fix->d.services[1].id;
	assert_true(a != b);
	assert_int_equal(
	    declare(fix, "SERVICE_B_TYPE=fake\nSERVICE_B_DATABASE=/y\n"
			 "SERVICE_a_TYPE=fake\nSERVICE_a_DATABASE=/y\n"),
	    ST_OK);
	assert_true(fix->d.services[0].id == b);
	assert_true(fix->d.services[1].id == a);
}

static void
a_role_has_its_rows(void **state)
{
	struct fixture *fix = *state;
	const struct access_record *rows;

	assert_int_equal(
	    declare(fix, "ROLE_READER_ACCESS=\"Shop:/_table/a:b*:GET,POST; "
			 "*:*:none;;crm::all;\"\nROLE_READER_ACTIVE=no\n"),
	    ST_OK);
	assert_int_equal(fix->d.n_roles, 1);
	assert_true(str_eq(fix->d.roles[0].name, STR("reader")));
	assert_false(fix->d.roles[0].active);
	assert_int_equal(fix->d.roles[0].n_rows, 3);
	rows = fix->d.roles[0].rows;
	assert_true(str_eq(rows[0].service_name, STR("shop")));
	assert_true(str_eq(rows[0].component, STR("_table/a:b*")));
	assert_int_equal(rows[0].verb_mask, 3);
	assert_int_equal(rows[0].requestor_mask, REQUESTOR_API);
	assert_true(str_is_null(rows[1].service_name));
	assert_int_equal(rows[1].verb_mask, 0);
	assert_int_equal(rows[2].component.n, 0);
	assert_int_equal(rows[2].verb_mask, 31);
}

static void
a_roles_rows_may_be_about_some_rows_of_tables(void **state)
{
	struct fixture *fix = *state;
	const struct access_record *rows;

	assert_int_equal(
	    declare(fix,
		"ROLE_R_ACCESS=\"shop:_table/a/*:GET;shop:_table/A/*:POST;"
		"shop:_table/b:GET;crm:_table/b:GET\"\n"
		"ROLE_R_FILTERS='{\"Shop:/_TABLE/a/*\":[{\"name\":\"x\","
		"\"operator\":\"=\",\"value\":1}],\"crm:_table/b\":"
		"{\"filter_op\":\"OR\",\"filters\":[{\"name\":\"y\","
		"\"operator\":\"is null\"}]}}'\n"),
	    ST_OK);
	rows = fix->d.roles[0].rows;
	assert_true(str_starts(rows[0].filters, STR("[{\"name\":\"x\"")));
	assert_true(str_eq(rows[0].filter_op, STR("and")));
	assert_true(str_eq(rows[1].filters, rows[0].filters));
	assert_true(str_is_null(rows[2].filters));
	assert_true(str_starts(rows[3].filters, STR("[{\"name\":\"y\"")));
	assert_true(str_eq(rows[3].filter_op, STR("OR")));
}

static void
an_app_has_its_keys(void **state)
{
	struct fixture *fix = *state;

	assert_int_equal(
	    declare(fix, "KEY_WEB_HASH='" HASH_A ", " HASH_B "'\n"
			 "KEY_WEB_ROLE=reader\n"
			 "KEY_WEB_EXPIRES=2030-01-02\n"
			 "KEY_APP_HASH=" HASH_B "\n"
			 "KEY_APP_ROLE=reader\n"
			 "KEY_APP_EXPIRES='2030-01-02 00:00:01'\n"),
	    ST_OK);
	assert_int_equal(fix->d.n_apps, 2);
	assert_int_equal(fix->d.n_keys, 3);
	assert_true(str_eq(fix->d.apps[0].name, STR("web")));
	assert_true(str_eq(fix->d.apps[0].role_name, STR("reader")));
	assert_int_equal(fix->d.keys[0].hash[1], 0x11);
	assert_int_equal(fix->d.keys[1].hash[0], 0xff);
	assert_true(fix->d.keys[0].expires_ms == 1893628799000);
	assert_true(fix->d.keys[2].expires_ms == 1893542401000);
	assert_true(fix->d.keys[2].app_id == fix->d.apps[1].id);
	assert_true(fix->d.keys[0].app_id == fix->d.apps[0].id);
}

#define SHOP "SERVICE_SHOP_TYPE=fake\nSERVICE_SHOP_DATABASE=/x\n"

struct wrong_case {
	const char *text;
	const char *place;
	const char *why;
};

static void
what_is_wrong_is_said_with_its_place(void **state)
{
	static const struct wrong_case cases[] = {
		{ SHOP "SERVICE_SHOP_PORT=70000", "f.env:3: SERVICE_SHOP_PORT ",
		    "must be an integer from 1 to 65535" },
		{ SHOP "SERVICE_SHOP_TLS=maybe", "f.env:3: SERVICE_SHOP_TLS ",
		    "must be one of off, on, verify" },
		{ SHOP "SERVICE_SHOP_PROT=1", "f.env:3: SERVICE_SHOP_PROT ",
		    "SERVICE_SHOP has no \"PROT\"" },
		{ SHOP "SERVICE_SHPO_PORT=1", "f.env:3: SERVICE_SHPO_PORT ",
		    "belongs to nothing" },
		{ SHOP "SERVICE_SHOP_CACHE_TTL=-1",
		    "f.env:3: SERVICE_SHOP_CACHE_TTL ", "seconds" },
		{ SHOP "SERVICE_SHOP_ACTIVE=perhaps",
		    "f.env:3: SERVICE_SHOP_ACTIVE ", "true or false" },
		{ SHOP "SERVICE_SHOP_DATABASE=/y",
		    "f.env:3: SERVICE_SHOP_DATABASE ",
		    "given already, at f.env:2" },
		{ SHOP "SERVICE_shop_TYPE=fake", "f.env:3: SERVICE_shop_TYPE ",
		    "given already, at f.env:1" },
		{ "SERVICE_SHOP_TYPE=fake", "f.env:1: SERVICE_SHOP_TYPE ",
		    "SERVICE_SHOP_DATABASE" },
		{ "SERVICE_SHOP_TYPE=oracle\nSERVICE_SHOP_HOST=x",
		    "f.env:1: SERVICE_SHOP_TYPE ", "fake" },
		{ "SERVICE_SYSTEM_TYPE=fake\nSERVICE_SYSTEM_DATABASE=x",
		    "f.env:1: SERVICE_SYSTEM_TYPE ", "reserved" },
		{ "ROLE_R_ACCESS=shop", "f.env:1: ROLE_R_ACCESS ",
		    "SERVICE:COMPONENT:VERBS is expected" },
		{ "ROLE_R_ACCESS=shop:GET", "f.env:1: ROLE_R_ACCESS ",
		    "SERVICE:COMPONENT:VERBS is expected" },
		{ "ROLE_R_ACCESS=shop:*:FETCH", "f.env:1: ROLE_R_ACCESS ",
		    "FETCH" },
		{ "ROLE_R_ACCESS=shop:a*b:GET", "f.env:1: ROLE_R_ACCESS ",
		    "at the end only" },
		{ ROLE "ROLE_R_FILTERS=[]", "f.env:2: ROLE_R_FILTERS ",
		    "must be a JSON object" },
		{ ROLE "ROLE_R_FILTERS='{\"shop:x\":[1]}'",
		    "f.env:2: ROLE_R_FILTERS \"shop:x\": ",
		    "must be an object" },
		{ ROLE "ROLE_R_FILTERS='{\"shop:_table/a\":[]}'",
		    "f.env:2: ROLE_R_FILTERS ", "there are no filters" },
		{ ROLE "ROLE_R_FILTERS='{\"shop\":" FILTER "}'",
		    "f.env:2: ROLE_R_FILTERS \"shop\": ", "no row" },
		{ ROLE "ROLE_R_FILTERS='{\"*:*\":" FILTER "}'",
		    "f.env:2: ROLE_R_FILTERS \"*:*\": ", "no row" },
		{ "KEY_WEB_HASH=" HASH_A, "f.env:1: KEY_WEB_HASH ",
		    "KEY_WEB_ROLE" },
		{ "KEY_WEB_HASH=12\nKEY_WEB_ROLE=r", "f.env:1: KEY_WEB_HASH ",
		    "64 hexadecimal digits" },
		{ "KEY_WEB_HASH=" HASH_A "\nKEY_WEB_ROLE=r\n"
		  "KEY_WEB_EXPIRES=soon",
		    "f.env:3: KEY_WEB_EXPIRES ", "2026-12-31" },
	};
	struct fixture *fix = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *found;

		assert_int_equal(declare(fix, cases[i].text), ST_INVALID);
		found = strstr(fix->problems.p, cases[i].place);
		if (found == NULL || strstr(found, cases[i].why) == NULL)
			fail_msg("%s", fix->problems.p);
	}
}

static void
no_secret_is_said(void **state)
{
	struct fixture *fix = *state;

	assert_int_equal(
	    declare(fix, SHOP "SERVICE_SHOP_PASSWORD=\"hush\xff\"\n"
			      "SERVICE_SHOP_PASSWORT=hush\n"),
	    ST_INVALID);
	assert_non_null(strstr(fix->problems.p, "must be UTF-8"));
	assert_null(strstr(fix->problems.p, "hush"));
}

static void
what_another_program_has_in_the_environment_is_a_warning(void **state)
{
	static struct env_entry entries[] = {
		{ { "SERVICE_SHOP_TYPE", 17 }, { "fake", 4 }, 7 },
		{ { "SERVICE_SHOP_DATABASE", 21 }, { "/x", 2 }, 0 },
		{ { "KEY_VAULT_URL", 13 }, { "x", 1 }, 0 },
	};
	struct fixture *fix = *state;

	(void)declare(fix, "");
	fix->settings.declared = (struct env){ entries, 3 };
	fix->problems.n = fix->warnings.n = 0;
	assert_int_equal(declared_read(&fix->arena, &fix->settings, &fix->d,
			     &fix->problems, &fix->warnings),
	    ST_OK);
	assert_int_equal(fix->d.n_services, 1);
	buf_put_char(&fix->warnings, '\0');
	assert_string_equal(fix->warnings.p,
	    "environment: KEY_VAULT_URL belongs to nothing that is "
	    "declared\n");
	entries[2].name = STR("SERVICE_SHOP_NIX");
	assert_int_equal(declared_read(&fix->arena, &fix->settings, &fix->d,
			     &fix->problems, &fix->warnings),
	    ST_INVALID);
}

static void
places_are_found_by_noun_and_name(void **state)
{
	struct fixture *fix = *state;

	assert_int_equal(declare(fix, SHOP "ROLE_R_ACCESS=\n"
					   "KEY_WEB_HASH=" HASH_A "\n"
					   "KEY_WEB_ROLE=r\n"),
	    ST_OK);
	assert_true(str_eq(declared_place(&fix->d, NOUN_SERVICE, STR("Shop")),
	    STR("f.env:1")));
	assert_true(str_eq(
	    declared_place(&fix->d, NOUN_ROLE, STR("r")), STR("f.env:3")));
	assert_true(str_eq(
	    declared_place(&fix->d, NOUN_APP, STR("web")), STR("f.env:4")));
	assert_true(
	    str_is_null(declared_place(&fix->d, NOUN_APP, STR("shop"))));
	assert_true(
	    str_is_null(declared_place(&fix->d, NOUN_LIMIT, STR("web"))));
}

#define DECLARED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DECLARED(a_service_is_what_its_lines_say),
		DECLARED(an_id_is_the_names_alone),
		DECLARED(a_role_has_its_rows),
		DECLARED(a_roles_rows_may_be_about_some_rows_of_tables),
		DECLARED(an_app_has_its_keys),
		DECLARED(what_is_wrong_is_said_with_its_place),
		DECLARED(no_secret_is_said),
		DECLARED(
		    what_another_program_has_in_the_environment_is_a_warning),
		DECLARED(places_are_found_by_noun_and_name),
	};

	return cmocka_run_group_tests_name("declared", tests, NULL, NULL);
}
