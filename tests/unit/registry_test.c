#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "middleware/registry/registry.h"
#include "middleware/registry/service_records.h"
#include "middleware/service.h"
#include "middleware/stores.h"
#include "tests/support/system.h"
#include "tests/support/types.h"

#define PATIENCE_MS 20000
#define READERS     4
#define CHANGES     20

static int
setup(void **state)
{
	fake_reset();
	assert_int_equal(log_open("/dev/null", "off", LOG_ERROR, NULL), ST_OK);
	return system_setup(state);
}

static int
teardown(void **state)
{
	assert_int_equal(fake_open(), 0);
	return system_teardown(state);
}

/* Nobody keeps answers there. */
static struct stores_shared *
no_stores(void)
{
	static struct stores_shared shared;

	if (shared.table == NULL)
		shared.table = store_table_new();
	return &shared;
}

static struct registry *
registry_of(struct system_fixture *fix)
{
	const struct service_host host = { .settings = &fix->settings };
	struct registry *reg;

	assert_int_equal(registry_open(&host, false, &reg, NULL), ST_OK);
	assert_int_equal(registry_start(reg, no_stores(), NULL), ST_OK);
	return reg;
}

static void
service_add(struct system_fixture *fix, const char *name)
{
	struct service_record record = { .name = str_of(name),
		.type = STR("fake"),
		.config = STR("{}"),
		.active = true };

	assert_int_equal(service_record_add(&fix->db, &record, NULL), ST_OK);
}

static bool
has_service(struct registry *reg, const char *name)
{
	struct snapshot *cached = NULL;
	struct snapshot *s = registry_pin(reg, &cached);
	bool found = snapshot_service(s, str_of(name)) != NULL;

	snapshot_unref(s);
	snapshot_unref(cached);
	return found;
}

static void
nap(void)
{
	const struct timespec ts = { .tv_nsec = 5000000 };

	(void)nanosleep(&ts, NULL);
}

/* Waits, with much patience, until the registry knows the service. */
static void
wait_for_service(struct registry *reg, const char *name)
{
	int64_t end_ms = clock_boot_ms() + PATIENCE_MS;

	while (!has_service(reg, name)) {
		assert_true(clock_boot_ms() < end_ms);
		nap();
	}
}

static void
wait_for_health(struct registry *reg, bool healthy)
{
	int64_t end_ms = clock_boot_ms() + PATIENCE_MS;

	while (registry_healthy(reg) != healthy) {
		assert_true(clock_boot_ms() < end_ms);
		nap();
	}
}

static void
what_another_process_changes_is_seen(void **state)
{
	struct system_fixture *fix = *state;
	struct registry *one = registry_of(fix), *two = registry_of(fix);

	assert_false(has_service(one, "db"));
	service_add(fix, "db");
	wait_for_service(one, "db");
	wait_for_service(two, "db");
	service_add(fix, "other");
	wait_for_service(two, "other");
	wait_for_service(one, "other");
	registry_close(one);
	registry_close(two);
}

static void
a_poke_looks_at_once(void **state)
{
	struct system_fixture *fix = *state;
	struct registry *reg = registry_of(fix);

	service_add(fix, "db");
	registry_poke(reg);
	wait_for_service(reg, "db");
	registry_close(reg);
}

static void
a_pinned_snapshot_sees_nothing_of_later_changes(void **state)
{
	struct system_fixture *fix = *state;
	struct registry *reg = registry_of(fix);
	struct snapshot *cached = NULL;
	struct snapshot *before = registry_pin(reg, &cached);
	struct snapshot *again = registry_pin(reg, &cached);
	struct snapshot *after;

	assert_ptr_equal(before, again);
	service_add(fix, "db");
	wait_for_service(reg, "db");
	after = registry_pin(reg, &cached);
	assert_ptr_not_equal(before, after);
	assert_null(snapshot_service(before, STR("db")));
	assert_non_null(snapshot_service(after, STR("db")));
	snapshot_unref(before);
	snapshot_unref(again);
	snapshot_unref(after);
	snapshot_unref(cached);
	registry_close(reg);
}

static void
a_write_that_changes_no_record_keeps_the_snapshot(void **state)
{
	struct system_fixture *fix = *state;
	struct registry *reg = registry_of(fix);
	struct snapshot *cached = NULL;
	struct snapshot *before = registry_pin(reg, &cached);

	system_script(fix, "UPDATE app SET description = 'x'");
	for (int i = 0; i < 200; i++) {
		registry_poke(reg);
		nap();
	}
	snapshot_unref(before);
	assert_ptr_equal(before, registry_pin(reg, &cached));
	snapshot_unref(before);
	snapshot_unref(cached);
	registry_close(reg);
}

static void
without_the_database_the_last_records_serve(void **state)
{
	struct system_fixture *fix = *state;
	struct registry *reg;

	service_add(fix, "db");
	reg = registry_of(fix);
	system_away(fix);
	wait_for_health(reg, false);
	assert_true(has_service(reg, "db"));
	system_back(fix);
	wait_for_health(reg, true);
	service_add(fix, "later");
	wait_for_service(reg, "later");
	registry_close(reg);
}

static void
a_database_put_in_its_place_is_read(void **state)
{
	struct system_fixture *fix = *state;
	struct registry *reg = registry_of(fix);

	system_replace(fix);
	service_add(fix, "restored");
	wait_for_service(reg, "restored");
	wait_for_health(reg, true);
	registry_close(reg);
}

static void
a_service_that_changed_is_opened_anew(void **state)
{
	struct system_fixture *fix = *state;
	int64_t end_ms = clock_boot_ms() + PATIENCE_MS;
	struct registry *reg;

	service_add(fix, "db");
	reg = registry_of(fix);
	assert_int_equal(fake_opened(), 1);
	fake_change();
	while (fake_opened() < 2 || fake_open() > 1) {
		assert_true(clock_boot_ms() < end_ms);
		nap();
	}
	registry_close(reg);
}

static void
a_database_that_is_slow_to_open_delays_no_news(void **state)
{
	struct system_fixture *fix = *state;
	struct registry *reg = registry_of(fix);
	struct snapshot *cached = NULL, *s;

	fake_block(true);
	service_add(fix, "slow");
	wait_for_service(reg, "slow");
	s = registry_pin(reg, &cached);
	assert_null(snapshot_service(s, STR("slow"))->instance);
	assert_non_null(snapshot_service(s, STR("slow"))->open_error);
	service_add(fix, "later");
	wait_for_service(reg, "later");
	fake_block(false);
	snapshot_unref(s);
	snapshot_unref(cached);
	registry_close(reg);
}

struct reader {
	struct registry *reg;
	pthread_t thread;
	atomic_bool *stop;
	uint64_t seen;
};

/* What a front does: pins, looks, lets go, and keeps its last one. */
static void *
read_on(void *arg)
{
	struct reader *reader = arg;
	struct snapshot *cached = NULL;

	while (!atomic_load(reader->stop)) {
		struct snapshot *s = registry_pin(reader->reg, &cached);
		size_t n;
		const struct service *list = snapshot_services(s, &n);

		for (size_t i = 0; i < n; i++)
			reader->seen += list[i].instance != NULL ? 1 : 0;
		snapshot_unref(s);
	}
	snapshot_unref(cached);
	return NULL;
}

static void
many_threads_may_pin_while_records_change(void **state)
{
	struct system_fixture *fix = *state;
	struct registry *reg = registry_of(fix);
	struct reader readers[READERS];
	atomic_bool stop = false;
	char name[16];

	for (size_t i = 0; i < READERS; i++) {
		readers[i] = (struct reader){ .reg = reg, .stop = &stop };
		assert_int_equal(pthread_create(&readers[i].thread, NULL,
				     read_on, &readers[i]),
		    0);
	}
	for (int i = 0; i < CHANGES; i++) {
		(void)snprintf(name, sizeof(name), "s%d", i);
		service_add(fix, name);
		registry_poke(reg);
		fake_change();
		wait_for_service(reg, name);
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < READERS; i++)
		(void)pthread_join(readers[i].thread, NULL);
	registry_close(reg);
}

#define REGISTRY(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const void *
handle_of(struct registry *reg, const char *name)
{
	struct snapshot *cached = NULL;
	struct snapshot *s = registry_pin(reg, &cached);
	const struct service *service = snapshot_service(s, str_of(name));
	const void *handle = service == NULL ? NULL : service->instance;

	snapshot_unref(s);
	snapshot_unref(cached);
	return handle;
}

/* Renews, and drops the snapshot it got. */
static enum status
renew(struct registry *reg, const char *name, const void *handle, bool any)
{
	struct snapshot *later = NULL;
	enum status st =
	    registry_renew(reg, str_of(name), handle, any, &later, NULL);

	if (st == ST_OK)
		assert_true(snapshot_service(later, str_of(name))->instance ==
			    handle_of(reg, name));
	snapshot_unref(later);
	return st;
}

static void
an_outdated_service_is_opened_anew_at_once(void **state)
{
	struct system_fixture *fix = *state;
	struct registry *reg;
	const void *old;

	service_add(fix, "db");
	reg = registry_of(fix);
	old = handle_of(reg, "db");
	assert_int_equal(renew(reg, "db", old, false), ST_OK);
	assert_true(handle_of(reg, "db") != old);
	assert_int_equal(fake_opened(), 2);
	registry_close(reg);
}

static void
what_another_has_renewed_is_not_renewed_again(void **state)
{
	struct system_fixture *fix = *state;
	struct snapshot *cached = NULL, *s;
	struct registry *reg;
	const void *old;

	service_add(fix, "db");
	reg = registry_of(fix);
	s = registry_pin(reg, &cached); /* keeps the old one open */
	old = handle_of(reg, "db");
	assert_int_equal(renew(reg, "db", old, false), ST_OK);
	assert_int_equal(renew(reg, "db", old, false), ST_OK);
	assert_int_equal(fake_opened(), 2);
	assert_int_equal(renew(reg, "db", old, true), ST_OK);
	assert_int_equal(fake_opened(), 3);
	snapshot_unref(s);
	snapshot_unref(cached);
	registry_close(reg);
}

static void
what_cannot_be_opened_anew_goes_on_serving(void **state)
{
	struct system_fixture *fix = *state;
	struct registry *reg;
	const void *old;

	service_add(fix, "db");
	reg = registry_of(fix);
	old = handle_of(reg, "db");
	fake_fail("it is broken");
	assert_int_equal(renew(reg, "db", old, true), ST_INVALID);
	fake_fail(NULL);
	assert_ptr_equal(handle_of(reg, "db"), old);
	assert_int_equal(renew(reg, "none", NULL, true), ST_MISSING);
	registry_close(reg);
}

struct renewer {
	pthread_t thread;
	struct registry *reg;
	const void *handle;
	bool any;
	enum status st;
};

static void *
renewer_main(void *arg)
{
	struct renewer *r = arg;

	r->st = renew(r->reg, "db", r->handle, r->any);
	return NULL;
}

static void
renew_at_once(struct registry *reg, bool any)
{
	struct renewer list[READERS];
	const void *old = handle_of(reg, "db");

	for (int i = 0; i < READERS; i++) {
		list[i] =
		    (struct renewer){ .reg = reg, .handle = old, .any = any };
		assert_int_equal(pthread_create(&list[i].thread, NULL,
				     renewer_main, &list[i]),
		    0);
	}
	for (int i = 0; i < READERS; i++) {
		assert_int_equal(pthread_join(list[i].thread, NULL), 0);
		assert_int_equal(list[i].st, ST_OK);
	}
}

static void
many_at_once_open_it_once(void **state)
{
	struct system_fixture *fix = *state;
	struct snapshot *cached = NULL, *s;
	struct registry *reg;

	service_add(fix, "db");
	reg = registry_of(fix);
	s = registry_pin(reg, &cached);
	renew_at_once(reg, false);
	assert_int_equal(fake_opened(), 2);
	renew_at_once(reg, true);
	assert_int_equal(fake_opened(), 2 + READERS);
	snapshot_unref(s);
	snapshot_unref(cached);
	registry_close(reg);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REGISTRY(what_another_process_changes_is_seen),
		REGISTRY(a_poke_looks_at_once),
		REGISTRY(a_pinned_snapshot_sees_nothing_of_later_changes),
		REGISTRY(a_write_that_changes_no_record_keeps_the_snapshot),
		REGISTRY(without_the_database_the_last_records_serve),
		REGISTRY(a_database_put_in_its_place_is_read),
		REGISTRY(a_service_that_changed_is_opened_anew),
		REGISTRY(a_database_that_is_slow_to_open_delays_no_news),
		REGISTRY(many_threads_may_pin_while_records_change),
		REGISTRY(an_outdated_service_is_opened_anew_at_once),
		REGISTRY(what_another_has_renewed_is_not_renewed_again),
		REGISTRY(what_cannot_be_opened_anew_goes_on_serving),
		REGISTRY(many_at_once_open_it_once),
	};

	return SYSTEM_RUN("registry", tests);
}
