#include "tests/support/system.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "middleware/registry/migrations.h"

#define ARENA_BYTES 16384

int
system_setup_empty(void **state)
{
	struct system_fixture *fix = calloc(1, sizeof(*fix));
	struct error err = { 0 };

	assert_non_null(fix);
	(void)snprintf(fix->dir, sizeof(fix->dir), "/tmp/weir-system-XXXXXX");
	assert_non_null(mkdtemp(fix->dir));
	(void)snprintf(fix->path, sizeof(fix->path), "%s/system.db", fix->dir);
	fix->settings = (struct settings){
		.app_key = SYSTEM_APP_KEY,
		.db_connection = "sqlite",
		.db_database = fix->path,
		.cache_default_ttl = 300,
	};
	arena_init(&fix->arena, ARENA_BYTES);
	assert_true(secret_init());
	assert_int_equal(
	    app_keys_read(&fix->settings, &fix->keys, &err), ST_OK);
	fix->pepper = fix->keys.pepper[0];
	assert_int_equal(
	    system_db_open(&fix->settings, true, &fix->db, &err), ST_OK);
	*state = fix;
	return 0;
}

int
system_setup(void **state)
{
	struct system_fixture *fix;
	struct error err = { 0 };
	unsigned applied;

	(void)system_setup_empty(state);
	fix = *state;
	assert_int_equal(migrations_run(&fix->db, MIGRATION_NEWEST, &fix->keys,
			     &applied, &err),
	    ST_OK);
	return 0;
}

int
system_teardown(void **state)
{
	static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
	struct system_fixture *fix = *state;
	char path[128];

	system_db_close(&fix->db);
	arena_close(&fix->arena);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		(void)snprintf(
		    path, sizeof(path), "%s%s", fix->path, endings[i]);
		(void)unlink(path); /* most are not there */
	}
	assert_int_equal(rmdir(fix->dir), 0);
	free(fix);
	return 0;
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

	assert_int_equal(
	    fix->db.driver->script(fix->db.conn, sql, &err), ST_OK);
}
