/* A system database of its own in a temporary folder, for one test. */
#ifndef WEIR_TEST_SYSTEM_H
#define WEIR_TEST_SYSTEM_H

#include <stdint.h>

#include "app/base/arena.h"
#include "app/base/secret.h"
#include "app/base/settings.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/system_db.h"

/* 32 bytes of zero, in base64. */
#define SYSTEM_APP_KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

struct system_fixture {
	char dir[64];
	char path[96];
	struct settings settings;
	struct system_db db;
	struct arena arena;
	struct app_keys keys;
	const uint8_t *pepper; /* of keys */
};

/* A cmocka set-up and its tear-down; *state becomes a struct system_fixture
 * whose database exists, with the newest schema when migrated. */
int system_setup_empty(void **state);
int system_setup(void **state);
int system_teardown(void **state);

/* One number of the database; fails the test when it cannot be read. */
int64_t system_number(struct system_fixture *fix, const char *sql);

/* Runs SQL text behind weir's back. */
void system_script(struct system_fixture *fix, const char *sql);

#endif
