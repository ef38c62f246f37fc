#include "app/commands/user_print.h"

#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/base/secret.h"
#include "app/command.h"
#include "app/commands/admin.h"
#include "app/commands/columns.h"
#include "app/commands/user_password.h"
#include "middleware/registry/user_records.h"
#include "middleware/registry/user_roles.h"

static void
roles_put(
    struct buf *json, const struct user_roles *roles, const int64_t user_id)
{
	const char *comma = "";

	json_put_name(json, STR("roles"));
	buf_put_char(json, '[');
	for (size_t i = 0; i < roles->n; i++) {
		if (roles->list[i].user_id != user_id)
			continue;
		buf_printf(json, "%s{", comma);
		member_text(json, "app", roles->list[i].app_name);
		member_text(json, "role", roles->list[i].role_name);
		buf_put_char(json, '}');
		comma = ",";
	}
	buf_put_char(json, ']');
}

/* An object without its end. */
static void
record_put(struct buf *json, const struct user_record *r,
    const struct user_roles *roles)
{
	buf_put_char(json, '{');
	member_i64(json, "id", r->id);
	member_text(json, "email", r->email);
	member_text(json, "username", r->username);
	member_text(json, "name", r->name);
	member_text(json, "first_name", r->first_name);
	member_text(json, "last_name", r->last_name);
	member_text(json, "phone", r->phone);
	member_bool(json, "is_active", r->active);
	member_bool(json, "has_password", !str_is_null(r->password));
	member_text(json, "last_login_date", r->last_login_date);
	member_text(json, "created_date", r->created_date);
	roles_put(json, roles, r->id);
}

static void
users_print_json(struct arena *arena, const struct user_record *users, size_t n,
    const struct user_roles *roles)
{
	struct buf json = buf_in(arena);

	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		buf_put(&json, i == 0 ? STR("") : STR(","));
		record_put(&json, &users[i], roles);
		buf_put_char(&json, '}');
	}
	buf_put_char(&json, ']');
	admin_print(&json);
}

/* "shop:reader desk:writer" */
static struct str
roles_text(struct arena *arena, const struct user_roles *roles, int64_t user_id)
{
	struct buf text = buf_in(arena);

	for (size_t i = 0; i < roles->n; i++) {
		const struct user_role *r = &roles->list[i];

		if (r->user_id == user_id)
			buf_printf(&text, "%s%.*s:%.*s", text.n > 0 ? " " : "",
			    STR_ARG(r->app_name), STR_ARG(r->role_name));
	}
	return buf_str(&text);
}

void
users_print(const struct command_call *call, const struct user_record *users,
    size_t n, const struct user_roles *roles)
{
	struct columns c =
	    columns_new(call->arena, "EMAIL USERNAME ACTIVE LOGIN NAME ROLES");

	if (command_switch(call, "--json")) {
		users_print_json(call->arena, users, n, roles);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		columns_put(&c, users[i].email);
		columns_put(&c, users[i].username);
		columns_put(&c, users[i].active ? STR("yes") : STR("no"));
		columns_put(&c, users[i].last_login_date);
		columns_put(&c, users[i].name);
		columns_put(&c, roles_text(call->arena, roles, users[i].id));
	}
	columns_print(&c);
}

void
user_print(const struct command_call *call, const struct user_record *r,
    const struct user_roles *roles)
{
	struct buf json = buf_in(call->arena);

	if (command_switch(call, "--json")) {
		record_put(&json, r, roles);
		buf_put_char(&json, '}');
		admin_print(&json);
		return;
	}
	admin_field("email", r->email);
	admin_field("username", r->username);
	admin_field("name", r->name);
	admin_field("first name", r->first_name);
	admin_field("last name", r->last_name);
	admin_field("phone", r->phone);
	admin_field("active", r->active ? STR("yes") : STR("no"));
	admin_field(
	    "password", str_is_null(r->password) ? STR("none") : STR("set"));
	admin_field("last login", r->last_login_date);
	admin_field("created", r->created_date);
	admin_field("roles", roles_text(call->arena, roles, r->id));
}

static void
stored_say(const struct command_call *call, const struct user_record *r,
    const struct user_password *password)
{
	bool is_new = strcmp(call->command->verb, "add") == 0;
	FILE *out = password->made ? stderr : stdout;

	(void)fprintf(out, "%s%s \"%.*s\" %s%s\n",
	    password->made ? "weir: " : "", call->command->noun,
	    STR_ARG(r->email), is_new ? "added" : "changed",
	    password->made ? " with this password, shown only now:" : "");
	if (password->made)
		(void)puts(password->text);
}

void
user_stored_print(const struct command_call *call, const struct user_record *r,
    const struct user_roles *roles, const struct user_password *password)
{
	struct buf json = buf_in(call->arena);

	if (!command_switch(call, "--json")) {
		stored_say(call, r, password);
		return;
	}
	record_put(&json, r, roles);
	if (password->made)
		member_text(&json, "password", str_of(password->text));
	buf_put_char(&json, '}');
	admin_print(&json);
	secret_wipe(json.p, json.n);
}
