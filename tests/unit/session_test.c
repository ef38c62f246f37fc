/* The protocol between requests, the session store and the system database:
 * what is read anew when, on a local store, and on each system database. */
#include "middleware/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/cache/cache_config.h"
#include "middleware/people.h"
#include "middleware/registry/session_records.h"
#include "middleware/registry/system_pool.h"
#include "middleware/registry/user_records.h"
#include "middleware/request.h"
#include "middleware/session_memory.h"
#include "middleware/stores.h"
#include "tests/support/folder.h"
#include "tests/support/system.h"

#define HASH           "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
#define TOKEN          STR("0123456789abcdef0123456789abcdef")
#define BYTES          (8 << 20)
#define SOON           (clock_boot_ms() + 5000)
#define PATH_MAX_BYTES 128

/* A process: its request, and what it remembers. */
struct process {
	struct people people;
	struct stores stores;
	struct request req;
	struct arena arena;
};

struct fixture {
	struct system_fixture *system;
	char folder[PATH_MAX_BYTES];
	struct settings settings;
	struct stores_shared shared;
	struct process one, two;
	struct user_record user;
	struct session_record session;
	struct jwt claims;
};

static struct fixture fix;

static void
process_open(struct process *p)
{
	memset(p, 0, sizeof(*p));
	arena_init(&p->arena, 4096);
	p->people.memory = session_memory_new();
	assert_int_equal(
	    system_pool_open(&fix.system->settings, 2, &p->people.pool, NULL),
	    ST_OK);
	stores_connect(&fix.shared, &p->stores);
	p->req.arena = &p->arena;
	p->req.settings = &fix.settings;
	p->req.stores = &p->stores;
	p->req.people = &p->people;
	p->req.may_block = true;
	p->req.arrived = clock_now();
	p->req.deadline_ms = clock_boot_ms() + 60000;
}

static void
process_close(struct process *p)
{
	stores_disconnect(&p->stores);
	system_pool_close(p->people.pool);
	session_memory_free(p->people.memory);
	arena_close(&p->arena);
}

static void
store_open(void)
{
	const struct cache_driver *driver = cache_driver_find(STR("local"));
	struct cache_config config = cache_config_none;

	config.prefix = "weir";
	config.path = fix.folder;
	config.bytes = BYTES;
	config.max_value = 1 << 20;
	fix.shared.table = store_table_new();
	assert_int_equal(store_take(fix.shared.table, driver, &config,
			     &fix.shared.store[STORE_SESSION], NULL),
	    ST_OK);
}

static void
session_add(void)
{
	int64_t now = clock_now().wall_ms / 1000;
	bool ended;

	fix.user = (struct user_record){
		.email = STR("joe@x.org"), .password = STR(HASH), .active = true
	};
	assert_int_equal(user_record_add(&fix.system->db, &fix.system->arena,
			     &fix.user, NULL),
	    ST_OK);
	fix.session = (struct session_record){ .token_id = TOKEN,
		.begun = now,
		.issued = now,
		.expires = now + 1000 };
	assert_int_equal(session_record_add(&fix.system->db, &fix.user,
			     &fix.session, &ended, NULL),
	    ST_OK);
	fix.claims = (struct jwt){ .id = TOKEN,
		.user_id = fix.user.id,
		.issued = now,
		.expires = now + 500 };
}

static int
setup(void **state)
{
	int rc = system_setup(state);

	if (rc != 0)
		return rc;
	fix.system = *state;
	fix.system->db.wall_ms = clock_now().wall_ms;
	fix.settings = fix.system->settings;
	fix.settings.store_timeout = 2000;
	(void)snprintf(
	    fix.folder, sizeof(fix.folder), "%s/store", fix.system->dir);
	store_open();
	process_open(&fix.one);
	process_open(&fix.two);
	session_add();
	return 0;
}

static int
teardown(void **state)
{
	process_close(&fix.one);
	process_close(&fix.two);
	store_give(fix.shared.store[STORE_SESSION]);
	store_table_free(fix.shared.table);
	folder_remove(fix.folder);
	return system_teardown(state);
}

/* Asks as a front would: plans, runs the batch, takes. */
static enum session_answer
ask(struct process *p, struct session_ask *out)
{
	struct batch *batch = &p->req.batch[STORE_SESSION];
	struct cache_op *ops[BATCH_OPS_MAX];

	*out = (struct session_ask){ .claims = fix.claims };
	batch->n = 0;
	session_plan(&p->req, out);
	for (size_t i = 0; i < batch->n; i++)
		ops[i] = &batch->ops[i];
	assert_int_equal(
	    stores_exec(&p->req, STORE_SESSION, ops, batch->n), ST_OK);
	return session_take(&p->req, out);
}

static void
load(struct process *p, struct session_ask *asked)
{
	bool store = true;

	assert_int_equal(session_load(&p->req, asked, &store, NULL), ST_OK);
	assert_true(store);
	assert_true(asked->is_known);
}

/* It becomes known to the process, and is good. */
static void
learn(struct process *p)
{
	struct session_ask asked;

	if (ask(p, &asked) == SESSION_UNKNOWN)
		load(p, &asked);
	assert_int_equal(asked.view.state, SESSION_GOOD);
}

static void
what_one_process_reads_the_other_need_not(void **state)
{
	struct session_ask asked;

	(void)state;
	assert_int_equal(ask(&fix.one, &asked), SESSION_UNKNOWN);
	load(&fix.one, &asked);
	assert_int_equal(asked.view.state, SESSION_GOOD);
	assert_int_equal(asked.view.who.id, fix.user.id);
	assert_int_equal(asked.view.who.session_id, fix.session.id);
	assert_int_equal(ask(&fix.two, &asked), SESSION_TOLD);
	assert_int_equal(asked.view.state, SESSION_GOOD);
	assert_true(str_eq(asked.view.who.email, STR("joe@x.org")));
}

static void
who_remembers_asks_for_the_version_alone(void **state)
{
	struct session_ask asked;

	(void)state;
	learn(&fix.one);
	assert_int_equal(ask(&fix.one, &asked), SESSION_AS_THOUGHT);
	assert_int_equal(fix.one.req.batch[STORE_SESSION].n, 1);
	assert_int_equal(ask(&fix.two, &asked), SESSION_TOLD);
	assert_int_equal(fix.two.req.batch[STORE_SESSION].n, 2);
	assert_int_equal(ask(&fix.two, &asked), SESSION_AS_THOUGHT);
}

static void
what_is_forgotten_is_read_anew_everywhere(void **state)
{
	struct session_ask asked;

	(void)state;
	learn(&fix.one);
	learn(&fix.two);
	assert_int_equal(
	    session_forget(&fix.one.stores, fix.user.id, SOON), ST_OK);
	assert_int_equal(ask(&fix.one, &asked), SESSION_UNKNOWN);
	assert_int_equal(ask(&fix.two, &asked), SESSION_UNKNOWN);
	assert_int_equal(
	    session_records_end(&fix.system->db, fix.user.id, 0, NULL), ST_OK);
	assert_int_equal(
	    session_forget(&fix.one.stores, fix.user.id, SOON), ST_OK);
	assert_int_equal(ask(&fix.two, &asked), SESSION_UNKNOWN);
	load(&fix.two, &asked);
	assert_int_equal(asked.view.state, SESSION_ENDED);
	assert_int_equal(ask(&fix.one, &asked), SESSION_UNKNOWN);
	assert_false(asked.is_known && asked.view.state == SESSION_GOOD);
	assert_int_equal(
	    session_forget(&fix.one.stores, fix.user.id, SOON), ST_OK);
	assert_int_equal(
	    session_forget(&fix.one.stores, fix.user.id + 1, SOON), ST_OK);
}

/* Who has read before the change may be slow to put what it has read. */
static void
what_was_read_before_a_change_counts_for_nobody(void **state)
{
	struct session_ask before, asked;
	struct cache_op set = { .kind = CACHE_SET };
	struct cache_op *list[] = { &set };

	(void)state;
	assert_int_equal(ask(&fix.one, &before), SESSION_UNKNOWN);
	set.space = before.stored->space;
	set.key = before.stored->key;
	set.shard = before.stored->shard;
	set.ttl = 100;
	load(&fix.one, &before);
	set.value = before.bytes;
	assert_int_equal(
	    session_forget(&fix.two.stores, fix.user.id, SOON), ST_OK);
	assert_int_equal(
	    session_records_end(&fix.system->db, fix.user.id, 0, NULL), ST_OK);
	assert_int_equal(
	    session_forget(&fix.two.stores, fix.user.id, SOON), ST_OK);
	assert_int_equal(
	    stores_exec(&fix.one.req, STORE_SESSION, list, 1), ST_OK);
	assert_int_equal(ask(&fix.two, &asked), SESSION_UNKNOWN);
	load(&fix.two, &asked);
	assert_int_equal(asked.view.state, SESSION_ENDED);
	assert_int_equal(
	    stores_exec(&fix.one.req, STORE_SESSION, list, 1), ST_OK);
	assert_int_equal(ask(&fix.one, &asked), SESSION_UNKNOWN);
	load(&fix.one, &asked);
	assert_int_equal(asked.view.state, SESSION_ENDED);
}

static void
each_reason_to_be_nobody_is_told(void **state)
{
	struct session_view view;
	struct jwt other = fix.claims;
	struct system_fixture *system = fix.system;

	(void)state;
	other.id = STR("another");
	assert_int_equal(
	    session_read(&system->db, &system->arena, &other, &view, NULL),
	    ST_OK);
	assert_int_equal(view.state, SESSION_ENDED);
	system->db.wall_ms += 1000000;
	assert_int_equal(
	    session_read(&system->db, &system->arena, &fix.claims, &view, NULL),
	    ST_OK);
	assert_int_equal(view.state, SESSION_ENDED);
	system->db.wall_ms -= 1000000;
	system_script(system, "UPDATE user SET is_active = 0");
	assert_int_equal(
	    session_read(&system->db, &system->arena, &fix.claims, &view, NULL),
	    ST_OK);
	assert_int_equal(view.state, SESSION_INACTIVE);
	assert_int_equal(
	    user_record_remove(&system->db, fix.user.id, NULL), ST_OK);
	assert_int_equal(
	    session_read(&system->db, &system->arena, &fix.claims, &view, NULL),
	    ST_OK);
	assert_int_equal(view.state, SESSION_NOBODY);
	assert_int_equal(view.who.id, fix.user.id);
}

static void
roles_and_lookups_come_along(void **state)
{
	struct session_ask asked;

	(void)state;
	system_script(fix.system,
	    "INSERT INTO role (name, created_date, last_modified_date)"
	    " VALUES ('r', '', '');"
	    "INSERT INTO user_to_app_to_role (user_id, app_id, role_id)"
	    " SELECT u.id, a.id, r.id FROM user u, app a, role r"
	    " WHERE a.name IN ('admin', 'api_docs');"
	    "INSERT INTO lookup (name, value, private, user_id, created_date,"
	    " last_modified_date) SELECT 'region', 'north', 0, id, '', ''"
	    " FROM user;"
	    "INSERT INTO lookup (name, value, private, user_id, created_date,"
	    " last_modified_date) SELECT 'hush', 'secret', 1, id, '', ''"
	    " FROM user;"
	    "INSERT INTO lookup (name, value, private, created_date,"
	    " last_modified_date) VALUES ('all', 'x', 0, '', '')");
	assert_int_equal(ask(&fix.one, &asked), SESSION_UNKNOWN);
	load(&fix.one, &asked);
	assert_int_equal(ask(&fix.two, &asked), SESSION_TOLD);
	assert_int_equal(asked.view.who.n_roles, 2);
	assert_int_equal(asked.view.who.n_lookups, 1);
	assert_true(str_eq(asked.view.who.lookups[0].name, STR("region")));
	assert_true(str_eq(asked.view.who.lookups[0].value, STR("north")));
}

static void
without_the_database_nothing_is_known(void **state)
{
	struct session_ask asked;
	struct error err = { 0 };
	bool store = true;

	(void)state;
	assert_int_equal(ask(&fix.one, &asked), SESSION_UNKNOWN);
	system_away(fix.system);
	assert_int_not_equal(
	    session_load(&fix.one.req, &asked, &store, &err), ST_OK);
	assert_false(asked.is_known);
	assert_string_not_equal(err.text, "");
	system_back(fix.system);
	load(&fix.one, &asked);
	assert_int_equal(asked.view.state, SESSION_GOOD);
}

static void
without_the_store_nothing_is_remembered(void **state)
{
	struct session_ask asked;
	bool store = false;

	(void)state;
	assert_int_equal(ask(&fix.one, &asked), SESSION_UNKNOWN);
	assert_int_equal(
	    session_load(&fix.one.req, &asked, &store, NULL), ST_OK);
	assert_int_equal(asked.view.state, SESSION_GOOD);
	assert_int_equal(ask(&fix.one, &asked), SESSION_UNKNOWN);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_one_process_reads_the_other_need_not),
		TEST(who_remembers_asks_for_the_version_alone),
		TEST(what_is_forgotten_is_read_anew_everywhere),
		TEST(what_was_read_before_a_change_counts_for_nobody),
		TEST(each_reason_to_be_nobody_is_told),
		TEST(roles_and_lookups_come_along),
		TEST(without_the_database_nothing_is_known),
		TEST(without_the_store_nothing_is_remembered),
	};

	return SYSTEM_RUN("session", tests);
}
