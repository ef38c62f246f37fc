/* `weir app`: who calls. An app is made with its first key, by `weir key`. */
#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/commands/admin.h"
#include "app/commands/admin_records.h"
#include "app/commands/columns.h"
#include "app/commands/commands.h"
#include "middleware/registry/app_records.h"

static void
apps_print_json(struct arena *arena, const struct app_record *list, size_t n)
{
	struct buf json = buf_in(arena);

	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		buf_put(&json, i == 0 ? STR("{") : STR(",{"));
		member_i64(&json, "id", list[i].id);
		member_text(&json, "name", list[i].name);
		member_text(&json, "description", list[i].description);
		member_text(&json, "role", list[i].role_name);
		member_i64(&json, "keys", list[i].keys);
		member_bool(&json, "is_active", list[i].active);
		member_origin(&json, list[i].place);
		buf_put_char(&json, '}');
	}
	buf_put_char(&json, ']');
	admin_print(&json);
}

static void
apps_print(struct arena *arena, const struct app_record *list, size_t n)
{
	struct columns c =
	    columns_new(arena, "APP ROLE KEYS ACTIVE ORIGIN DESCRIPTION");

	for (size_t i = 0; i < n; i++) {
		columns_put(&c, list[i].name);
		columns_put(&c, list[i].role_name);
		columns_put(
		    &c, arena_printf(arena, "%lld", (long long)list[i].keys));
		columns_put(&c, list[i].active ? STR("yes") : STR("no"));
		columns_put(&c, origin_of(list[i].place));
		columns_put(&c, list[i].description);
	}
	columns_print(&c);
}

static int
app_list(struct command_call *call)
{
	struct all_records all;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = admin_records(call, &db, &all, &err);
	if (st == ST_OK && command_switch(call, "--json"))
		apps_print_json(call->arena, all.apps, all.n_apps);
	else if (st == ST_OK)
		apps_print(call->arena, all.apps, all.n_apps);
	return admin_close(&db, st, &err);
}

static int
app_set(struct command_call *call)
{
	struct app_change change = {
		.name = str_of(command_value(call, "--name")),
		.description = str_of(command_value(call, "--description")),
		.role = str_of(command_value(call, "--role")),
		.no_role = command_switch(call, "--no-role"),
	};
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (change.no_role && !str_is_null(change.role))
		return command_misuse(
		    call->command, "--role and --no-role exclude each other");
	if (!admin_flip(call, "--active", &change.active) ||
	    !admin_open(call, &db))
		return 1;
	st = app_record_set(&db, str_of(call->operands[0]), &change, &err);
	if (st == ST_OK)
		(void)printf("app \"%s\" changed\n", call->operands[0]);
	return admin_close(&db, st, &err);
}

static int
app_remove(struct command_call *call)
{
	return admin_remove(call, app_record_remove);
}

static const struct command_option list_options[] = {
	{ "--json", NULL, false, "print a JSON array" },
	{ 0 },
};

static const struct command_option set_options[] = {
	{ "--name", "NAME", false, "another name" },
	{ "--description", "TEXT", false, "whose it is" },
	{ "--role", "ROLE", false, "what all of its keys may do from now on" },
	{ "--no-role", NULL, false, "its keys open nothing by themselves" },
	{ "--active", "YES-OR-NO", false, "no: its keys are refused" },
	{ 0 },
};

const struct command app_commands[] = {
	{ .noun = "app",
	    .verb = "list",
	    .summary = "List apps, their roles and how many keys they have",
	    .options = list_options,
	    .needs_settings = true,
	    .run = app_list },
	{ .noun = "app",
	    .verb = "set",
	    .operands = "NAME",
	    .summary = "Change what is given; the rest stays",
	    .options = set_options,
	    .needs_settings = true,
	    .run = app_set },
	{ .noun = "app",
	    .verb = "remove",
	    .operands = "NAME",
	    .summary = "Remove an app, its keys, limits and lookups, and the "
		       "roles of users in it",
	    .needs_settings = true,
	    .run = app_remove },
	{ 0 },
};
