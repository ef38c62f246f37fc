#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "middleware/registry/migrations.h"
#include "tests/support/system.h"

#define PROCESSES 4

static enum status
migrate(struct system_fixture *fix, int64_t last, unsigned *applied)
{
	struct error err = { 0 };

	return migrations_run(&fix->db, last, &fix->keys, applied, &err);
}

static void
a_new_database_gets_every_step(void **state)
{
	struct system_fixture *fix = *state;
	unsigned applied = 0;

	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_OK);
	assert_int_equal(applied, MIGRATION_NEWEST);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM schema_migration"),
	    MIGRATION_NEWEST);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM service"), 3);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM service WHERE type = name"
			       " AND name IN ('system', 'user', 'api_docs')"),
	    3);
}

static void
documents_come_to_an_older_platform(void **state)
{
	struct system_fixture *fix = *state;
	unsigned applied = 0;

	assert_int_equal(migrate(fix, 7, &applied), ST_OK);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM service"), 2);
	system_script(fix, "DELETE FROM service WHERE name = 'user'");
	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_OK);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM service WHERE name IN"
			       " ('system', 'api_docs')"),
	    2);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM service"), 2);
}

static void
running_again_changes_nothing(void **state)
{
	struct system_fixture *fix = *state;
	unsigned applied = 0;

	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_OK);
	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_OK);
	assert_int_equal(applied, 0);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM app"), 3);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM app_key"), 3);
}

static void
an_older_schema_gets_the_steps_it_lacks(void **state)
{
	struct system_fixture *fix = *state;
	unsigned applied = 0;

	assert_int_equal(migrate(fix, 1, &applied), ST_OK);
	assert_int_equal(applied, 1);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM app"), 0);
	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_OK);
	assert_int_equal(applied, MIGRATION_NEWEST - 1);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM app"), 3);
}

static void
a_schema_that_is_not_the_newest_asks_for_setup(void **state)
{
	struct system_fixture *fix = *state;
	struct error empty = { 0 };
	struct error older = { 0 };
	unsigned applied;

	assert_int_equal(migrations_check(&fix->db, &empty), ST_INVALID);
	assert_non_null(strstr(empty.text, "weir setup"));
	assert_int_equal(migrate(fix, 1, &applied), ST_OK);
	assert_int_equal(migrations_check(&fix->db, &older), ST_INVALID);
	assert_non_null(strstr(older.text, "weir setup"));
	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_OK);
	assert_int_equal(migrations_check(&fix->db, NULL), ST_OK);
}

static void
the_schema_of_a_newer_weir_is_left_alone(void **state)
{
	struct system_fixture *fix = *state;
	struct error err = { 0 };
	unsigned applied;

	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_OK);
	system_script(
	    fix, "INSERT INTO schema_migration VALUES (999, 'later')");
	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_INVALID);
	assert_int_equal(applied, 0);
	assert_int_equal(migrations_check(&fix->db, &err), ST_INVALID);
	assert_non_null(strstr(err.text, "newer"));
}

static void
a_known_app_that_was_removed_stays_away(void **state)
{
	struct system_fixture *fix = *state;
	unsigned applied;

	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_OK);
	system_script(fix, "DELETE FROM app_key; DELETE FROM app");
	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_OK);
	assert_int_equal(system_number(fix, "SELECT COUNT(*) FROM app"), 0);
}

static void
public_keys_name_apps_without_a_role(void **state)
{
	struct system_fixture *fix = *state;
	uint8_t hash[SECRET_HASH_BYTES];
	unsigned applied;
	int64_t found = 0;

	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_OK);
	secret_hash(fix->pepper,
	    STR("6498a8ad1beb9d84d63035c5d1120c007fad6de706734db9689f8996707e"
		"0f7d"),
	    hash);
	struct db_value args[] = { bind_blob(hash, sizeof(hash)) };
	struct db_stmt stmt =
	    DB_STMT("SELECT COUNT(*) FROM app_key k JOIN app a"
		    " ON a.id = k.app_id WHERE k.hash = ?"
		    " AND a.name = 'admin' AND a.role_id IS NULL"
		    " AND k.hint = '6498a8'",
		args);

	assert_int_equal(
	    system_db_number(&fix->db, &stmt, &found, NULL), ST_OK);
	assert_int_equal(found, 1);
}

static void
secrets_that_were_stored_in_clear_are_sealed(void **state)
{
	struct system_fixture *fix = *state;
	unsigned applied;

	assert_int_equal(migrate(fix, 2, &applied), ST_OK);
	system_script(fix,
	    "INSERT INTO service (name, type, config, created_date,"
	    " last_modified_date) VALUES"
	    " ('a', 'fake', '{\"database\":\"x\",\"password\":\"hush\"}', '',"
	    " ''), ('b', 'fake', '{\"database\":\"x\"}', '', ''),"
	    " ('c', 'nix', '{\"password\":\"hush\"}', '', ''),"
	    " ('d', 'fake', 'no JSON', '', '')");
	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_OK);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM service WHERE name = 'a'"
			       " AND config LIKE '{\"database\":\"x\","
			       "\"password\":\"sealed:%'"),
	    1);
	assert_int_equal(
	    system_number(fix, "SELECT COUNT(*) FROM service WHERE config IN"
			       " ('{\"database\":\"x\"}', 'no JSON',"
			       " '{\"password\":\"hush\"}')"),
	    3);
}

/* Where a change of the schema cannot be undone, some columns may be there. */
static void
a_step_that_ended_halfway_is_finished(void **state)
{
	struct system_fixture *fix = *state;
	unsigned applied;

	assert_int_equal(migrate(fix, 4, &applied), ST_OK);
	system_script(fix,
	    "ALTER TABLE service ADD COLUMN created_by_id BIGINT;"
	    "ALTER TABLE role ADD COLUMN created_by_id BIGINT;"
	    "ALTER TABLE limits ADD COLUMN lockout BOOLEAN NOT NULL DEFAULT 0");
	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_OK);
	assert_int_equal(applied, MIGRATION_NEWEST - 4);
	assert_int_equal(
	    system_number(fix,
		"SELECT COUNT(*) FROM service s, role r, role_service_access x,"
		" app a, limits l WHERE s.created_by_id"
		" + s.last_modified_by_id + r.created_by_id"
		" + r.last_modified_by_id + x.created_by_id"
		" + x.last_modified_by_id + a.created_by_id"
		" + a.last_modified_by_id + l.created_by_id"
		" + l.last_modified_by_id > 0"),
	    0);
}

static void
people_have_tables(void **state)
{
	static const char *const tables[] = { "user", "user_to_app_to_role",
		"lookup", "cors_config", "audit" };
	struct system_fixture *fix = *state;
	unsigned applied;
	char sql[64];

	assert_int_equal(migrate(fix, MIGRATION_NEWEST, &applied), ST_OK);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		(void)snprintf(
		    sql, sizeof(sql), "SELECT COUNT(*) FROM %s", tables[i]);
		assert_int_equal(system_number(fix, sql), 0);
	}
}

struct racer {
	struct system_fixture *fix;
	pthread_t thread;
	unsigned applied;
	enum status st;
};

static void *
race(void *arg)
{
	struct racer *racer = arg;
	struct system_db db;

	racer->st = system_db_open(&racer->fix->settings, true, &db, NULL);
	if (racer->st == ST_OK)
		racer->st = migrations_run(&db, MIGRATION_NEWEST,
		    &racer->fix->keys, &racer->applied, NULL);
	system_db_close(&db);
	return NULL;
}

static void
of_several_that_migrate_at_once_one_does_each_step(void **state)
{
	struct racer racers[PROCESSES];
	unsigned applied = 0;

	for (size_t i = 0; i < PROCESSES; i++) {
		racers[i] = (struct racer){ .fix = *state };
		assert_int_equal(
		    pthread_create(&racers[i].thread, NULL, race, &racers[i]),
		    0);
	}
	for (size_t i = 0; i < PROCESSES; i++) {
		(void)pthread_join(racers[i].thread, NULL);
		assert_int_equal(racers[i].st, ST_OK);
		applied += racers[i].applied;
	}
	assert_int_equal(applied, MIGRATION_NEWEST);
}

#define EMPTY(test)                                                            \
	cmocka_unit_test_setup_teardown(                                       \
	    test, system_setup_empty, system_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EMPTY(a_new_database_gets_every_step),
		EMPTY(documents_come_to_an_older_platform),
		EMPTY(running_again_changes_nothing),
		EMPTY(an_older_schema_gets_the_steps_it_lacks),
		EMPTY(a_schema_that_is_not_the_newest_asks_for_setup),
		EMPTY(the_schema_of_a_newer_weir_is_left_alone),
		EMPTY(a_known_app_that_was_removed_stays_away),
		EMPTY(public_keys_name_apps_without_a_role),
		EMPTY(secrets_that_were_stored_in_clear_are_sealed),
		EMPTY(a_step_that_ended_halfway_is_finished),
		EMPTY(people_have_tables),
		EMPTY(of_several_that_migrate_at_once_one_does_each_step),
	};

	return SYSTEM_RUN("migrations", tests);
}
