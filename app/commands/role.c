/* `weir role`: what callers may do. */
#include <stdio.h>

#include "app/base/arena.h"
#include "app/commands/admin.h"
#include "app/commands/admin_records.h"
#include "app/commands/commands.h"
#include "app/commands/role_grant.h"
#include "app/commands/role_print.h"
#include "middleware/registry/app_records.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/role_records.h"

static int
role_add(struct command_call *call)
{
	struct role_record r = { .name = str_of(call->operands[0]),
		.description = str_of(command_value(call, "--description")),
		.active = true };
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = role_record_add(&db, &r, &err);
	if (st == ST_OK && command_switch(call, "--json")) {
		role_print_json(call, &r);
	} else if (st == ST_OK) {
		(void)printf("role \"%.*s\" added; `weir role grant` says what "
			     "it may do\n",
		    STR_ARG(r.name));
	}
	return admin_close(&db, st, &err);
}

static int
role_set(struct command_call *call)
{
	struct role_change change = {
		.name = str_of(command_value(call, "--name")),
		.description = str_of(command_value(call, "--description")),
	};
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_flip(call, "--active", &change.active) ||
	    !admin_open(call, &db))
		return 1;
	st = role_record_set(&db, str_of(call->operands[0]), &change, &err);
	if (st == ST_OK)
		(void)printf("role \"%s\" changed\n", call->operands[0]);
	return admin_close(&db, st, &err);
}

static int
role_remove(struct command_call *call)
{
	return admin_remove(call, role_record_remove);
}

static int
role_list(struct command_call *call)
{
	struct all_records all;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = admin_records(call, &db, &all, &err);
	if (st == ST_OK)
		roles_print(call, all.roles, all.n_roles);
	return admin_close(&db, st, &err);
}

static int
role_show(struct command_call *call)
{
	struct str name = str_of(call->operands[0]);
	const struct role_record *role = NULL;
	struct all_records all;
	struct error err = { 0 };
	struct system_db db;
	enum status st;
	int64_t id;

	if (!admin_open(call, &db))
		return 1;
	st = admin_records(call, &db, &all, &err);
	for (size_t i = 0; st == ST_OK && i < all.n_roles; i++) {
		if (str_eq(all.roles[i].name, name))
			role = &all.roles[i];
	}
	if (role != NULL)
		role_print(call, role, all.apps, all.n_apps);
	else if (st == ST_OK) /* says that there is none */
		st = lookup_id(&db, NOUN_ROLE, name, &id, &err);
	return admin_close(&db, st, &err);
}

static const struct command_option add_options[] = {
	{ "--description", "TEXT", false, "who it is for" },
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

static const struct command_option set_options[] = {
	{ "--name", "NAME", false, "another name" },
	{ "--description", "TEXT", false, "who it is for" },
	{ "--active", "YES-OR-NO", false,
	    "no: the keys of its apps open nothing" },
	{ 0 },
};

static const struct command_option list_options[] = {
	{ "--json", NULL, false, "print a JSON array" },
	{ 0 },
};

static const struct command_option show_options[] = {
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

const struct command role_commands[] = {
	{ .noun = "role",
	    .verb = "add",
	    .operands = "NAME",
	    .summary = "Add a role, which may do nothing yet",
	    .options = add_options,
	    .needs_settings = true,
	    .run = role_add },
	{ .noun = "role",
	    .verb = "list",
	    .summary = "List roles and what they may do",
	    .options = list_options,
	    .needs_settings = true,
	    .run = role_list },
	{ .noun = "role",
	    .verb = "show",
	    .operands = "NAME",
	    .summary = "Show a role, what it may do, and its apps",
	    .options = show_options,
	    .needs_settings = true,
	    .run = role_show },
	{ .noun = "role",
	    .verb = "set",
	    .operands = "NAME",
	    .summary = "Change what is given; the rest stays",
	    .options = set_options,
	    .needs_settings = true,
	    .run = role_set },
	{ .noun = "role",
	    .verb = "grant",
	    .operands = "ROLE",
	    .summary = "Say what a role may do; again, to change it",
	    .options = role_grant_options,
	    .needs_settings = true,
	    .run = role_grant },
	{ .noun = "role",
	    .verb = "revoke",
	    .operands = "ROLE",
	    .summary = "Take one row of a role away",
	    .options = role_revoke_options,
	    .needs_settings = true,
	    .run = role_revoke },
	{ .noun = "role",
	    .verb = "remove",
	    .operands = "NAME",
	    .summary = "Remove a role that no app and no user acts with, its "
		       "rows, limits and lookups",
	    .needs_settings = true,
	    .run = role_remove },
	{ 0 },
};
