/*
 * Who calls, when it is a user of the platform: what a request may know of it.
 * Texts live as long as the request.
 */
#ifndef WEIR_PRINCIPAL_H
#define WEIR_PRINCIPAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"

struct app;
struct role;
struct snapshot;

/* A row of user_to_app_to_role. */
struct principal_role {
	int64_t app_id;
	int64_t role_id;
};

/* A lookup of the user's own that is not private. */
struct principal_lookup {
	struct str name;
	struct str value;
};

struct principal {
	int64_t id;
	bool is_sys_admin;
	struct str name; /* "" and STR_NULL are the same in all of these */
	struct str first_name;
	struct str last_name;
	struct str email;
	struct str username;
	struct str phone;
	struct str last_login_date;
	const struct principal_role *roles; /* in the order they were given */
	size_t n_roles;
	const struct principal_lookup *lookups;
	size_t n_lookups;
	int64_t session_id; /* of session_records.h; 0: without a session */
};

/* May it do anything? An administrator who has been given roles may only what
 * these allow (dreamfactory.md 2.2). */
bool principal_is_free(const struct principal *who);

/*
 * The role with which it acts in the app (dreamfactory.md 2.4); NULL: none.
 * app may be NULL: then only who may do anything has a role, which is of no
 * snapshot and allows just that.
 */
const struct role *principal_role(const struct principal *who,
    const struct snapshot *snapshot, const struct app *app);

#endif
