/*
 * `weir user` and `weir admin`: who logs in. Both are users, told apart by what
 * they may do: an administrator everything, a user what a role allows.
 */
#include <stdio.h>

#include "app/commands/admin.h"
#include "app/commands/commands.h"
#include "app/commands/user_edit.h"
#include "app/commands/user_find.h"
#include "app/commands/user_grant.h"
#include "app/commands/user_print.h"
#include "app/commands/user_sessions.h"
#include "middleware/registry/user_records.h"
#include "middleware/registry/user_roles.h"

static int
user_insert(struct command_call *call, struct user_edit *edit)
{
	struct user_record r = { .email = str_of(call->operands[0]),
		.is_sys_admin = user_wants_admins(call),
		.active = true };
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = user_edit_resolve(edit, &db, &err);
	if (st == ST_OK)
		st = user_edit_apply(edit, &r, &err);
	if (st == ST_OK)
		st = user_record_add(&db, call->arena, &r, &err);
	if (st == ST_OK)
		user_stored_print(
		    call, &r, &(const struct user_roles){ 0 }, &edit->password);
	return admin_close(&db, st, &err);
}

static int
user_add(struct command_call *call)
{
	struct user_edit edit;
	int status = user_edit_read(call, true, &edit);

	if (status == 0)
		status = user_insert(call, &edit);
	user_password_wipe(&edit.password);
	return status;
}

/* The e-mail is another thing when a user is added. */
static enum status
edit_apply(void *ctx, struct user_record *r, struct error *err)
{
	const struct user_edit *edit = ctx;
	const char *email = command_value(edit->call, "--email");

	if (email != NULL)
		r->email = str_of(email);
	return user_edit_apply(ctx, r, err);
}

static int
user_change(struct command_call *call, struct user_edit *edit)
{
	struct user_order order = { .edit = edit_apply, .ctx = edit };
	struct user_record r = { 0 };
	struct user_role *list = NULL;
	size_t n = 0;
	struct user_sessions sessions = { 0 };
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = user_find(call, &db, &r, &err);
	order.id = r.id;
	if (st == ST_OK)
		st = user_edit_resolve(edit, &db, &err);
	if (st == ST_OK)
		user_sessions_begin(call, r.id, &sessions);
	if (st == ST_OK)
		st = user_record_set(&db, call->arena, &order, &r, &err);
	if (st == ST_OK)
		st = user_roles_list(&db, call->arena, r.id, &list, &n, &err);
	if (st == ST_OK)
		user_stored_print(call, &r,
		    &(const struct user_roles){ list, n }, &edit->password);
	st = user_sessions_end(&sessions, st, &err);
	return admin_close(&db, st, &err);
}

static int
user_set(struct command_call *call)
{
	struct user_edit edit;
	int status = user_edit_read(call, false, &edit);

	if (status == 0)
		status = user_change(call, &edit);
	user_password_wipe(&edit.password);
	return status;
}

static int
user_list(struct command_call *call)
{
	struct user_record *users = NULL;
	struct user_role *list = NULL;
	struct error err = { 0 };
	size_t n = 0, n_roles = 0;
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = user_records_list(
	    &db, call->arena, user_wants_admins(call), &users, &n, &err);
	if (st == ST_OK)
		st =
		    user_roles_list(&db, call->arena, 0, &list, &n_roles, &err);
	if (st == ST_OK)
		users_print(call, users, n,
		    &(const struct user_roles){ list, n_roles });
	return admin_close(&db, st, &err);
}

static int
user_show(struct command_call *call)
{
	struct user_record r = { 0 };
	struct user_role *list = NULL;
	struct error err = { 0 };
	size_t n = 0;
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = user_find(call, &db, &r, &err);
	if (st == ST_OK)
		st = user_roles_list(&db, call->arena, r.id, &list, &n, &err);
	if (st == ST_OK)
		user_print(call, &r, &(const struct user_roles){ list, n });
	return admin_close(&db, st, &err);
}

static int
user_remove(struct command_call *call)
{
	struct user_record r = { 0 };
	struct user_sessions sessions = { 0 };
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = user_find(call, &db, &r, &err);
	if (st == ST_OK)
		user_sessions_begin(call, r.id, &sessions);
	if (st == ST_OK)
		st = user_record_remove(&db, r.id, &err);
	if (st == ST_OK)
		(void)printf("%s \"%.*s\" removed\n", call->command->noun,
		    STR_ARG(r.email));
	st = user_sessions_end(&sessions, st, &err);
	return admin_close(&db, st, &err);
}

static const struct command_option list_options[] = {
	{ "--json", NULL, false, "print a JSON array" },
	{ 0 },
};

static const struct command_option show_options[] = {
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

const struct command admin_commands[] = {
	{ .noun = "admin",
	    .verb = "add",
	    .operands = "EMAIL",
	    .summary = "Add an administrator",
	    .options = user_add_options,
	    .needs_settings = true,
	    .run = user_add },
	{ .noun = "admin",
	    .verb = "list",
	    .summary = "List administrators",
	    .options = list_options,
	    .needs_settings = true,
	    .run = user_list },
	{ .noun = "admin",
	    .verb = "show",
	    .operands = "EMAIL-OR-USERNAME",
	    .summary = "Show an administrator",
	    .options = show_options,
	    .needs_settings = true,
	    .run = user_show },
	{ .noun = "admin",
	    .verb = "set",
	    .operands = "EMAIL-OR-USERNAME",
	    .summary = "Change what is given; the rest stays",
	    .options = user_set_options,
	    .needs_settings = true,
	    .run = user_set },
	{ .noun = "admin",
	    .verb = "remove",
	    .operands = "EMAIL-OR-USERNAME",
	    .summary = "Remove an administrator",
	    .needs_settings = true,
	    .run = user_remove },
	{ 0 },
};

const struct command user_commands[] = {
	{ .noun = "user",
	    .verb = "add",
	    .operands = "EMAIL",
	    .summary = "Add a user, who has no role yet",
	    .options = user_add_options,
	    .needs_settings = true,
	    .run = user_add },
	{ .noun = "user",
	    .verb = "list",
	    .summary = "List users and their roles",
	    .options = list_options,
	    .needs_settings = true,
	    .run = user_list },
	{ .noun = "user",
	    .verb = "show",
	    .operands = "EMAIL-OR-USERNAME",
	    .summary = "Show a user and the roles of the user",
	    .options = show_options,
	    .needs_settings = true,
	    .run = user_show },
	{ .noun = "user",
	    .verb = "set",
	    .operands = "EMAIL-OR-USERNAME",
	    .summary = "Change what is given; the rest stays",
	    .options = user_set_options,
	    .needs_settings = true,
	    .run = user_set },
	{ .noun = "user",
	    .verb = "grant",
	    .operands = "EMAIL-OR-USERNAME",
	    .summary = "Give a user a role in an app; again, to change it",
	    .options = user_grant_options,
	    .needs_settings = true,
	    .run = user_grant },
	{ .noun = "user",
	    .verb = "revoke",
	    .operands = "EMAIL-OR-USERNAME",
	    .summary = "Take the role of a user in an app away",
	    .options = user_revoke_options,
	    .needs_settings = true,
	    .run = user_revoke },
	{ .noun = "user",
	    .verb = "remove",
	    .operands = "EMAIL-OR-USERNAME",
	    .summary =
		"Remove a user, the roles, limits and lookups of the user",
	    .needs_settings = true,
	    .run = user_remove },
	{ 0 },
};
