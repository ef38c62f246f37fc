/*
 * With which role a user acts in an app: rows of user_to_app_to_role in the
 * system database. What user_records.h says of changes holds for these.
 */
#ifndef WEIR_USER_ROLES_H
#define WEIR_USER_ROLES_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct system_db;

struct user_role {
	int64_t user_id;
	int64_t app_id;
	int64_t role_id;
	struct str app_name;
	struct str role_name;
};

/* Those of one user in the order they were given, or with 0 of all. */
enum status user_roles_list(struct system_db *db, struct arena *arena,
    int64_t user_id, struct user_role **out, size_t *n, struct error *err);

/*
 * The role in the app becomes this one. It goes by the names, which it looks
 * up: ST_MISSING and ST_INVALID as of lookup_id(). The ids are set.
 */
enum status user_role_put(
    struct system_db *db, struct user_role *role, struct error *err);

/* ST_MISSING when the user has no role there; role_name does not matter. */
enum status user_role_remove(
    struct system_db *db, struct user_role *role, struct error *err);

#endif
