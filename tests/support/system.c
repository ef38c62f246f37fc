#include "tests/support/system.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "middleware/registry/migrations.h"
#include "tests/support/mariadb.h"

#define ARENA_BYTES 16384
#define TRIES       600

struct system_engine {
	const char *name;
	void (*make)(struct system_fixture *fix);
	void (*drop)(struct system_fixture *fix);
	void (*hide)(struct system_fixture *fix);
	void (*show)(struct system_fixture *fix);
	/* an empty one in its place */
	void (*replace)(struct system_fixture *fix);
};

static const char *const endings[] = { "", "-wal", "-shm", "-journal" };

#define ENDINGS (sizeof(endings) / sizeof(endings[0]))

static void
file_make(struct system_fixture *fix)
{
	(void)snprintf(fix->dir, sizeof(fix->dir), "/tmp/weir-system-XXXXXX");
	assert_non_null(mkdtemp(fix->dir));
	(void)snprintf(fix->path, sizeof(fix->path), "%s/system.db", fix->dir);
}

static void
file_remove(const struct system_fixture *fix, const char *suffix)
{
	char path[160];

	for (size_t i = 0; i < ENDINGS; i++) {
		(void)snprintf(path, sizeof(path), "%s%s%s", fix->path, suffix,
		    endings[i]);
		(void)unlink(path); /* most are not there */
	}
}

static void
file_drop(struct system_fixture *fix)
{
	file_remove(fix, "");
	file_remove(fix, ".away");
	assert_int_equal(rmdir(fix->dir), 0);
}

static void
file_move(const struct system_fixture *fix, const char *from, const char *to)
{
	char old[160], new[160];

	for (size_t i = 0; i < ENDINGS; i++) {
		(void)snprintf(
		    old, sizeof(old), "%s%s%s", fix->path, from, endings[i]);
		(void)snprintf(
		    new, sizeof(new), "%s%s%s", fix->path, to, endings[i]);
		(void)rename(old, new); /* not all are there */
	}
}

static void
file_hide(struct system_fixture *fix)
{
	file_move(fix, "", ".away");
}

static void
file_show(struct system_fixture *fix)
{
	file_move(fix, ".away", "");
}

static void
server_make(struct system_fixture *fix)
{
	struct db_config config;

	mariadb_create(fix->path);
	/* It is set to be quick, and would lose the last second when killed. */
	mariadb_sql(fix->path, "SET GLOBAL innodb_flush_log_at_trx_commit = 1");
	config = mariadb_config(fix->path);
	(void)snprintf(fix->socket, sizeof(fix->socket), "%s", config.socket);
}

static void
server_drop(struct system_fixture *fix)
{
	mariadb_drop(fix->path);
}

static void
server_hide(struct system_fixture *fix)
{
	(void)fix; /* with all the others */
	mariadb_kill();
}

static void
server_show(struct system_fixture *fix)
{
	(void)fix; /* with all the others */
	mariadb_restart();
}

static void
server_replace(struct system_fixture *fix)
{
	char sql[320];

	(void)snprintf(sql, sizeof(sql), "DROP DATABASE %s; CREATE DATABASE %s",
	    fix->path, fix->path);
	mariadb_sql(fix->path, sql);
}

static const struct system_engine engines[] = {
	{ "sqlite", file_make, file_drop, file_hide, file_show, file_hide },
	{ "mysql", server_make, server_drop, server_hide, server_show,
	    server_replace },
};

/* A server that has just come back may want a moment. */
static void
db_open(struct system_fixture *fix)
{
	const struct timespec nap = { .tv_nsec = 50000000 };
	struct error err = { 0 };
	enum status st = ST_ERROR;

	for (int i = 0; i < TRIES; i++) {
		err.text[0] = '\0';
		st = system_db_open(&fix->settings, true, &fix->db, &err);
		if (st != ST_UNAVAILABLE)
			break;
		(void)nanosleep(&nap, NULL);
	}
	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
}

static void
db_migrate(struct system_fixture *fix)
{
	struct error err = { 0 };
	unsigned applied;
	enum status st = migrations_run(
	    &fix->db, MIGRATION_NEWEST, &fix->keys, &applied, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
}

int
system_setup_empty(void **state)
{
	struct system_fixture *fix = calloc(1, sizeof(*fix));

	assert_non_null(fix);
	fix->engine = *state;
	fix->engine->make(fix);
	fix->settings = (struct settings){
		.app_key = SYSTEM_APP_KEY,
		.db_connection = fix->engine->name,
		.db_database = fix->path,
		.db_host = "",
		.db_socket = fix->socket,
		.db_username = MARIADB_USER,
		.db_password = MARIADB_PASSWORD,
		.db_tls_ca = "",
		.cache_default_ttl = 300,
	};
	arena_init(&fix->arena, ARENA_BYTES);
	assert_true(secret_init());
	assert_int_equal(
	    app_keys_read(&fix->settings, &fix->keys, NULL), ST_OK);
	fix->pepper = fix->keys.pepper[0];
	db_open(fix);
	*state = fix;
	return 0;
}

int
system_setup(void **state)
{
	(void)system_setup_empty(state);
	db_migrate(*state);
	system_script(*state, "DELETE FROM service");
	return 0;
}

int
system_teardown(void **state)
{
	struct system_fixture *fix = *state;

	system_db_close(&fix->db);
	arena_close(&fix->arena);
	fix->engine->drop(fix);
	free(fix);
	return 0;
}

void
system_away(struct system_fixture *fix)
{
	system_db_close(&fix->db);
	fix->engine->hide(fix);
}

void
system_back(struct system_fixture *fix)
{
	fix->engine->show(fix);
	db_open(fix);
}

void
system_replace(struct system_fixture *fix)
{
	system_db_close(&fix->db);
	fix->engine->replace(fix);
	db_open(fix);
	db_migrate(fix);
}

/* TAP shows the name: "mysql: a_poke_looks_at_once". */
static struct CMUnitTest
test_on(const struct CMUnitTest *test, const struct system_engine *engine)
{
	struct CMUnitTest copy = *test;
	size_t size = strlen(engine->name) + strlen(test->name) + 3;
	char *name = malloc(size);

	if (name == NULL)
		abort();
	(void)snprintf(name, size, "%s: %s", engine->name, test->name);
	copy.name = name;
	copy.initial_state = (void *)(uintptr_t)engine;
	return copy;
}

int
system_run(const char *group, const struct CMUnitTest *tests, size_t n)
{
	size_t n_engines = db_driver_find(STR("mysql")) == NULL ? 1 : 2,
	       total = n * n_engines;
	struct CMUnitTest *all = calloc(total, sizeof(*all));
	int failed;

	if (all == NULL)
		abort();
	for (size_t i = 0; i < total; i++)
		all[i] = test_on(&tests[i % n], &engines[i / n]);
	failed = _cmocka_run_group_tests(group, all, total, NULL, NULL);
	for (size_t i = 0; i < total; i++)
		free((char *)(uintptr_t)all[i].name);
	free(all);
	return failed;
}

int64_t
system_number(struct system_fixture *fix, const char *sql)
{
	struct db_stmt stmt = { .sql = str_of(sql) };
	struct error err = { 0 };
	int64_t number = 0;

	assert_int_equal(
	    system_db_number(&fix->db, &stmt, &number, &err), ST_OK);
	return number;
}

void
system_script(struct system_fixture *fix, const char *sql)
{
	struct error err = { 0 };
	enum status st = fix->db.driver->script(fix->db.conn, sql, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
}
