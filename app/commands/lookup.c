/* `weir lookup`: texts that row filters and configs of services name. */
#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/commands/admin.h"
#include "app/commands/columns.h"
#include "app/commands/commands.h"
#include "app/commands/lookup_read.h"
#include "app/commands/user_sessions.h"
#include "middleware/registry/app_keys.h"

#define MASK "**********" /* in place of a private value */

static struct str
value_shown(const struct lookup_record *r)
{
	return r->is_private ? STR(MASK) : r->value;
}

/* "app", and of which one. */
static const char *
scope_name(const struct lookup_record *r)
{
	if (r->scope.user_id != 0)
		return "user";
	if (r->scope.role_id != 0)
		return "role";
	return r->scope.app_id != 0 ? "app" : "system";
}

static struct str
scope_owner(const struct lookup_record *r)
{
	if (r->scope.user_id != 0)
		return r->user_email;
	return r->scope.role_id != 0 ? r->role_name : r->app_name;
}

static void
record_put(struct buf *json, const struct lookup_record *r)
{
	buf_put_char(json, '{');
	member_i64(json, "id", r->id);
	member_text(json, "name", r->name);
	member_text(json, "value", value_shown(r));
	member_bool(json, "private", r->is_private);
	member_text(json, "description", r->description);
	member_text(json, "scope", str_of(scope_name(r)));
	member_text(json, "owner", scope_owner(r));
	buf_put_char(json, '}');
}

static void
list_print(
    const struct command_call *call, const struct lookup_record *list, size_t n)
{
	struct columns c = columns_new(
	    call->arena, "NAME VALUE PRIVATE SCOPE OWNER DESCRIPTION");

	for (size_t i = 0; i < n; i++) {
		columns_put(&c, list[i].name);
		columns_put(&c, value_shown(&list[i]));
		columns_put(&c, list[i].is_private ? STR("yes") : STR("no"));
		columns_put(&c, str_of(scope_name(&list[i])));
		columns_put(&c, scope_owner(&list[i]));
		columns_put(&c, list[i].description);
	}
	columns_print(&c);
}

static void
list_print_json(struct arena *arena, const struct lookup_record *list, size_t n)
{
	struct buf json = buf_in(arena);

	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		buf_put(&json, i == 0 ? STR("") : STR(","));
		record_put(&json, &list[i]);
	}
	buf_put_char(&json, ']');
	admin_print(&json);
}

static void
stored_print(const struct command_call *call, const struct lookup_record *r,
    const char *done)
{
	struct buf json = buf_in(call->arena);

	if (!command_switch(call, "--json")) {
		(void)printf("lookup \"%.*s\" %s\n", STR_ARG(r->name), done);
		return;
	}
	record_put(&json, r);
	admin_print(&json);
}

/* Both ways of storing one, with the keys that seal it. */
typedef enum status store_f(const struct command_call *call,
    struct system_db *db, const struct app_keys *keys,
    struct lookup_record *record, struct error *err);

static int
store(struct command_call *call, store_f *stores, struct lookup_record *r,
    const char *done)
{
	struct user_sessions sessions = { 0 };
	struct error err = { 0 };
	struct app_keys keys;
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = app_keys_read(call->settings, &keys, &err);
	if (st == ST_OK)
		st = lookup_scope_read(call, &db, r, &err);
	if (st == ST_OK && r->scope.user_id != 0)
		user_sessions_begin(call, r->scope.user_id, &sessions);
	if (st == ST_OK)
		st = stores(call, &db, &keys, r, &err);
	app_keys_wipe(&keys);
	if (st == ST_OK)
		stored_print(call, r, done);
	st = user_sessions_end(&sessions, st, &err);
	return admin_close(&db, st, &err);
}

static enum status
insert(const struct command_call *call, struct system_db *db,
    const struct app_keys *keys, struct lookup_record *r, struct error *err)
{
	return lookup_record_add(db, keys, call->arena, r, err);
}

static int
lookup_add(struct command_call *call)
{
	struct lookup_record r = { .name = str_of(call->operands[0]),
		.description = str_of(command_value(call, "--description")),
		.is_private = command_switch(call, "--private") };
	int status = lookup_scope_check(call);

	if (status != 0)
		return status;
	if (!lookup_value_read(call, &r.value))
		return 1;
	if (str_is_null(r.value))
		return command_misuse(
		    call->command, "--value or --value-file is required");
	return store(call, insert, &r, "added");
}

static enum status
change(const struct command_call *call, struct system_db *db,
    const struct app_keys *keys, struct lookup_record *r, struct error *err)
{
	struct lookup_change wanted = {
		.name = str_of(command_value(call, "--name")),
		.value = r->value,
		.description = str_of(command_value(call, "--description")),
	};

	if (!admin_flip(call, "--private", &wanted.is_private))
		return error_set(err, ST_INVALID, "nothing was changed");
	return lookup_record_set(db, keys, call->arena, &wanted, r, err);
}

static int
lookup_set(struct command_call *call)
{
	struct lookup_record r = { .name = str_of(call->operands[0]) };
	int status = lookup_scope_check(call);

	if (status != 0)
		return status;
	if (!lookup_value_read(call, &r.value))
		return 1;
	return store(call, change, &r, "changed");
}

static int
lookup_list(struct command_call *call)
{
	struct lookup_record *list = NULL;
	struct error err = { 0 };
	struct system_db db;
	size_t n = 0;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = lookup_records_list(&db, call->arena, &list, &n, &err);
	if (st == ST_OK && command_switch(call, "--json"))
		list_print_json(call->arena, list, n);
	else if (st == ST_OK)
		list_print(call, list, n);
	return admin_close(&db, st, &err);
}

static int
lookup_remove(struct command_call *call)
{
	struct lookup_record r = { .name = str_of(call->operands[0]) };
	struct user_sessions sessions = { 0 };
	struct error err = { 0 };
	struct system_db db;
	enum status st;
	int status = lookup_scope_check(call);

	if (status != 0)
		return status;
	if (!admin_open(call, &db))
		return 1;
	st = lookup_scope_read(call, &db, &r, &err);
	if (st == ST_OK && r.scope.user_id != 0)
		user_sessions_begin(call, r.scope.user_id, &sessions);
	if (st == ST_OK)
		st = lookup_record_remove(&db, r.name, &r.scope, &err);
	if (st == ST_OK)
		(void)printf("lookup \"%.*s\" removed\n", STR_ARG(r.name));
	st = user_sessions_end(&sessions, st, &err);
	return admin_close(&db, st, &err);
}

#define SCOPES                                                                 \
	{ "--app", "APP", false, "for callers with a key of this app" },       \
	    { "--role", "ROLE", false, "for callers with this role" },         \
	{                                                                      \
		"--user", "USER", false,                                       \
		    "for this user, by e-mail or username"                     \
	}

static const struct command_option add_options[] = {
	{ "--value", "TEXT", false, "what {NAME} stands for" },
	{ "--value-file", "FILE", false,
	    "the file whose first line that is; - reads it from standard "
	    "input" },
	{ "--private", NULL, false,
	    "kept encrypted, for secrets in configs of services only" },
	{ "--description", "TEXT", false, "what it is for" },
	SCOPES,
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

static const struct command_option set_options[] = {
	{ "--name", "NAME", false, "another name" },
	{ "--value", "TEXT", false, "another value" },
	{ "--value-file", "FILE", false, "the same, as with lookup add" },
	{ "--private", "YES-OR-NO", false,
	    "yes: encrypted, for secrets in configs of services only; no takes "
	    "a new value" },
	{ "--description", "TEXT", false, "what it is for" },
	SCOPES,
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

static const struct command_option list_options[] = {
	{ "--json", NULL, false, "print a JSON array" },
	{ 0 },
};

static const struct command_option remove_options[] = {
	SCOPES,
	{ 0 },
};

const struct command lookup_commands[] = {
	{ .noun = "lookup",
	    .verb = "add",
	    .operands = "NAME",
	    .summary = "Add a text that filters and configs name as {NAME}",
	    .options = add_options,
	    .needs_settings = true,
	    .run = lookup_add },
	{ .noun = "lookup",
	    .verb = "list",
	    .summary = "List lookups; private values are masked",
	    .options = list_options,
	    .needs_settings = true,
	    .run = lookup_list },
	{ .noun = "lookup",
	    .verb = "set",
	    .operands = "NAME",
	    .summary = "Change what is given; the rest stays",
	    .options = set_options,
	    .needs_settings = true,
	    .run = lookup_set },
	{ .noun = "lookup",
	    .verb = "remove",
	    .operands = "NAME",
	    .summary = "Remove a lookup",
	    .options = remove_options,
	    .needs_settings = true,
	    .run = lookup_remove },
	{ 0 },
};
