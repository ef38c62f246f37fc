/*
 * A system database of its own for one test, on each engine: a SQLite file in
 * a temporary folder, and a database on a MariaDB of the test program's.
 */
#ifndef WEIR_TEST_SYSTEM_H
#define WEIR_TEST_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "app/base/secret.h"
#include "app/base/settings.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/system_db.h"

/* 32 bytes of zero, in base64. */
#define SYSTEM_APP_KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

struct CMUnitTest;
struct system_engine;

struct system_fixture {
	const struct system_engine *engine;
	char dir[64];
	char path[96]; /* the file, or the name on the server */
	char socket[128];
	struct settings settings;
	struct system_db db;
	struct arena arena;
	struct app_keys keys;
	const uint8_t *pepper; /* of keys */
};

/* A cmocka set-up and its tear-down, under system_run(); *state becomes a
 * struct system_fixture whose database exists, with the newest schema when
 * migrated, and then without the services that there are from the start. */
int system_setup_empty(void **state);
int system_setup(void **state);
int system_teardown(void **state);

/* Runs all tests of a group on each engine; what main() returns. */
int system_run(const char *group, const struct CMUnitTest *tests, size_t n);

#define SYSTEM_RUN(group, tests)                                               \
	system_run(group, tests, sizeof(tests) / sizeof((tests)[0]))

/* The database cannot be reached any more; fix->db is closed. And it can be
 * again. */
void system_away(struct system_fixture *fix);
void system_back(struct system_fixture *fix);

/* Another database stands in its place, with the newest schema; fix->db is
 * on that one. */
void system_replace(struct system_fixture *fix);

/* One number of the database; fails the test when it cannot be read. */
int64_t system_number(struct system_fixture *fix, const char *sql);

/* Runs SQL text behind weir's back. */
void system_script(struct system_fixture *fix, const char *sql);

#endif
