/* What a service on a server is told when its record says little. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/settings.h"
#include "app/services/db/config.h"
#include "app/services/db/db.h"
#include "app/services/db/types.h"
#include "drivers/db/mysql.h"
#include "middleware/registry/snapshot.h"

static int
set_up(void **state)
{
	static struct db_service service;

	service = (struct db_service){ .driver = &db_mysql };
	arena_init(&service.arena, 1024);
	*state = &service;
	return 0;
}

static int
tear_down(void **state)
{
	struct db_service *service = *state;

	arena_close(&service->arena);
	return 0;
}

static void
read_config(struct db_service *service, const char *json)
{
	struct service record = { .type = &service_mysql,
		.config = str_of(json) };
	struct settings settings = { .db_max_records = 5000 };
	struct error err = { .text = "" };

	assert_int_equal(config_read(service, &record, &settings, &err), ST_OK);
}

static void
what_is_not_said_is_what_the_form_says(void **state)
{
	struct db_service *service = *state;

	read_config(service, "{\"database\":\"shop\"}");
	assert_string_equal(service->config.host, "127.0.0.1");
	assert_null(service->config.socket);
	assert_int_equal(service->config.port, 0);
	assert_int_equal(service->max_connections, 16);
	assert_int_equal(service->max_records, 1000);
	assert_int_equal(service->config.tls, DB_TLS_OFF);
	assert_false(service->config.read_only);
	assert_null(service->config.timezone);
	assert_false(service->json_as_object);
}

static void
a_socket_is_used_instead_of_the_host(void **state)
{
	struct db_service *service = *state;

	read_config(service, "{\"database\":\"shop\",\"host\":\"127.0.0.1\","
			     "\"unix_socket\":\"/run/s\"}");
	assert_null(service->config.host);
	assert_string_equal(service->config.socket, "/run/s");
}

static void
values_may_be_asked_for_in_other_forms(void **state)
{
	struct db_service *service = *state;

	read_config(service, "{\"database\":\"shop\","
			     "\"timezone\":\"+01:00\","
			     "\"json_as_object\":\"yes\"}");
	assert_string_equal(service->config.timezone, "+01:00");
	assert_true(service->json_as_object);
}

static void
the_settings_bound_the_records(void **state)
{
	struct db_service *service = *state;

	read_config(
	    service, "{\"database\":\"shop\",\"max_records\":\"9000\"}");
	assert_int_equal(service->max_records, 5000);
}

static void
a_table_may_have_a_time_of_its_own(void **state)
{
	static const char *const wrong[] = { "a", "a=", "=5", "a=-1", "a=x",
		"a=1,,b=2", "a=1,", "a=315360001" };
	struct db_service *service = *state;
	struct table_ttls ttls;
	struct error err = { .text = "" };

	assert_int_equal(
	    table_ttls_read(&service->arena, STR(" a=1 ,b b = 0"), &ttls, &err),
	    ST_OK);
	assert_int_equal(ttls.n, 2);
	assert_true(str_eq(ttls.list[0].table, STR("a")));
	assert_int_equal(ttls.list[0].ttl, 1);
	assert_true(str_eq(ttls.list[1].table, STR("b b")));
	assert_int_equal(ttls.list[1].ttl, 0);
	assert_int_equal(
	    table_ttls_read(&service->arena, STR_NULL, &ttls, &err), ST_OK);
	assert_int_equal(ttls.n, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(table_ttls_read(&service->arena,
				     str_of(wrong[i]), &ttls, NULL),
		    ST_INVALID);
}

static void
routines_may_say_what_they_write(void **state)
{
	static const char *const wrong[] = { "a", "=t", "a=t,", "a=t, b", "," };
	struct db_service *service = *state;
	struct error err = { .text = "" };
	struct routine_tables all;

	assert_int_equal(routine_tables_read(&service->arena,
			     STR(" a = t  u , b= "), &all, &err),
	    ST_OK);
	assert_int_equal(all.n, 2);
	assert_true(
	    str_eq(routine_tables_find(&all, STR("A"))->tables, STR("t  u")));
	assert_int_equal(routine_tables_find(&all, STR("b"))->tables.n, 0);
	assert_null(routine_tables_find(&all, STR("c")));
	assert_int_equal(
	    routine_tables_read(&service->arena, STR(" "), &all, &err), ST_OK);
	assert_int_equal(all.n, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(routine_tables_read(&service->arena,
				     str_of(wrong[i]), &all, NULL),
		    ST_INVALID);
	read_config(service,
	    "{\"database\":\"shop\",\"cache_tables_by_routine\":\"a=t\"}");
	assert_int_equal(service->routine_tables.n, 1);
}

static void
answers_count_as_the_config_says(void **state)
{
	struct db_service *service = *state;

	read_config(service, "{\"database\":\"shop\"}");
	assert_int_equal(service->fresh.missing, 10);
	assert_int_equal(service->fresh.revalidate, 0);
	assert_int_equal(service->fresh.on_error, 0);
	assert_false(service->fresh.shared);
	read_config(service,
	    "{\"database\":\"shop\",\"cache_ttl_missing\":0,"
	    "\"stale_while_revalidate\":\"5\",\"stale_if_error\":600,"
	    "\"client_ttl\":7,\"cache_ttl_by_table\":\"a=1\","
	    "\"cache_scope\":\"public\"}");
	assert_int_equal(service->fresh.missing, 0);
	assert_int_equal(service->fresh.revalidate, 5);
	assert_int_equal(service->fresh.on_error, 600);
	assert_int_equal(service->fresh.client, 7);
	assert_true(service->fresh.shared);
	assert_int_equal(service->ttls.n, 1);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_is_not_said_is_what_the_form_says),
		TEST(a_socket_is_used_instead_of_the_host),
		TEST(values_may_be_asked_for_in_other_forms),
		TEST(the_settings_bound_the_records),
		TEST(a_table_may_have_a_time_of_its_own),
		TEST(routines_may_say_what_they_write),
		TEST(answers_count_as_the_config_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
