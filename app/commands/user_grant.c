#include "app/commands/user_grant.h"

#include <stdio.h>

#include "app/commands/admin.h"
#include "app/commands/user_find.h"
#include "app/commands/user_sessions.h"
#include "middleware/registry/user_records.h"
#include "middleware/registry/user_roles.h"

const struct command_option user_grant_options[] = {
	{ "--app", "APP", true, "the app whose keys the user comes with" },
	{ "--role", "ROLE", true, "what the user may do there" },
	{ 0 },
};

const struct command_option user_revoke_options[] = {
	{ "--app", "APP", true, "the app in which the user has a role" },
	{ 0 },
};

/* What a role is given or taken by; and what is printed then. */
static int
role_change(struct command_call *call, struct user_role *role,
    enum status (*change)(
	struct system_db *db, struct user_role *role, struct error *err),
    const char *done)
{
	struct user_record r = { 0 };
	struct user_sessions sessions = { 0 };
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = user_find(call, &db, &r, &err);
	role->user_id = r.id;
	if (st == ST_OK)
		user_sessions_begin(call, r.id, &sessions);
	if (st == ST_OK)
		st = change(&db, role, &err);
	if (st == ST_OK)
		(void)printf("user \"%.*s\" %s in app \"%.*s\"\n",
		    STR_ARG(r.email), done, STR_ARG(role->app_name));
	st = user_sessions_end(&sessions, st, &err);
	return admin_close(&db, st, &err);
}

int
user_grant(struct command_call *call)
{
	struct user_role role = { .app_name =
				      str_of(command_value(call, "--app")),
		.role_name = str_of(command_value(call, "--role")) };

	return role_change(call, &role, user_role_put, "has the role");
}

int
user_revoke(struct command_call *call)
{
	struct user_role role = { .app_name =
				      str_of(command_value(call, "--app")) };

	return role_change(call, &role, user_role_remove, "has no role");
}
