/* `weir limit`: how much callers may ask for. */
#include <stdio.h>

#include "app/commands/admin.h"
#include "app/commands/commands.h"
#include "app/commands/limit_print.h"
#include "app/commands/limit_read.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/lookup.h"

/* Adds to what a client of the System API is told what to do here. */
static enum status
advise(enum status st, struct error *err)
{
	struct error why = *err;

	if (st != ST_EXISTS)
		return st;
	*err = (struct error){ 0 };
	return error_set(err, st,
	    "%s `weir limit list` shows the one with the same name, or with "
	    "the same type, verb and period: change it with `weir limit set`, "
	    "or remove it",
	    why.text);
}

static int
limit_add(struct command_call *call)
{
	struct error err = { 0 };
	struct limit_record r;
	struct system_db db;
	enum status st;

	if (!limit_read(call, &r) || !admin_open(call, &db))
		return 1;
	st = limit_user_read(call, &db, &r.user_email, &err);
	if (st == ST_OK)
		st = limit_parts_check(&r, &err);
	if (st == ST_OK)
		st = limit_record_add(&db, &r, &err);
	if (st == ST_OK && command_switch(call, "--json"))
		limit_print(call, &r);
	else if (st == ST_OK)
		(void)printf("limit \"%.*s\" added\n", STR_ARG(r.name));
	return admin_close(&db, advise(st, &err), &err);
}

static int
limit_set(struct command_call *call)
{
	struct limit_edit edit;
	struct limit_record r = { 0 };
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!limit_edit_read(call, &edit) || !admin_open(call, &db))
		return 1;
	st = limit_user_read(call, &db, &edit.user_email, &err);
	if (st == ST_OK)
		st = limit_record_set(&db, call->arena,
		    str_of(call->operands[0]), limit_edit, &edit, &r, &err);
	if (st == ST_OK && command_switch(call, "--json"))
		limit_print(call, &r);
	else if (st == ST_OK)
		(void)printf("limit \"%s\" changed\n", call->operands[0]);
	return admin_close(&db, advise(st, &err), &err);
}

static int
limit_show(struct command_call *call)
{
	struct limit_record *list = NULL;
	struct error err = { 0 };
	struct system_db db;
	enum status st;
	size_t n = 0;
	int64_t id = 0;

	if (!admin_open(call, &db))
		return 1;
	st = lookup_id(&db, NOUN_LIMIT, str_of(call->operands[0]), &id, &err);
	if (st == ST_OK)
		st = limit_records_list(&db, call->arena, &list, &n, &err);
	for (size_t i = 0; st == ST_OK && i < n; i++) {
		if (list[i].id == id)
			limit_print(call, &list[i]);
	}
	return admin_close(&db, st, &err);
}

static int
limit_list(struct command_call *call)
{
	struct limit_record *list;
	struct error err = { 0 };
	struct system_db db;
	enum status st;
	size_t n;

	if (!admin_open(call, &db))
		return 1;
	st = limit_records_list(&db, call->arena, &list, &n, &err);
	if (st == ST_OK)
		limits_print(call, list, n);
	return admin_close(&db, st, &err);
}

static int
limit_remove(struct command_call *call)
{
	return admin_remove(call, limit_record_remove);
}

/* What `limit add` and `limit set` say of an option in the same words. */
#define PARTS                                                                  \
	{ "--user", "EMAIL-OR-USERNAME", false, "which user" },                \
	    { "--role", "ROLE", false, "which role" },                         \
	    { "--service", "NAME", false, "which service" },                   \
	{                                                                      \
		"--endpoint", "PATH", false,                                   \
		    "which resource of the service, as in _table/orders; or "  \
		    "with a * at its end what begins so, as in "               \
		    "\"_table/orders*\""                                       \
	}

#define ALGORITHM                                                              \
	{                                                                      \
		"--algorithm", "WORD", false,                                  \
		    "fixed: a period begins with its first request, and as "   \
		    "many pass in the next; sliding: never more than "         \
		    "the rate in any period; gcra: steadily, at most 10000 a " \
		    "second, and \"--burst\" at once"                          \
	}

static const struct command_option add_options[] = {
	{ "--rate", "N", true, "how many requests pass in a period" },
	{ "--period", "PERIOD", true,
	    "minute, hour, day, 7-day, 30-day, or seconds as in 10s" },
	{ "--type", "TYPE", false,
	    "what is counted: instance, user, each_user, role, service, "
	    "user.service, each_user.service, service.endpoint, "
	    "user.service.endpoint, each_user.service.endpoint, app or "
	    "app.service; without, what the options below name" },
	PARTS,
	{ "--app", "APP", false,
	    "which app; without, a type about apps counts each on its own" },
	{ "--verb", "VERB", false, "count this verb only" },
	ALGORITHM,
	{ "--burst", "N", false,
	    "of gcra: how many pass at once; without, as many as the rate; "
	    "less than what passes in a millisecond lets less than the rate "
	    "pass" },
	{ "--lockout", NULL, false,
	    "who asks for more is refused for a whole period from then on" },
	{ "--dry-run", NULL, false,
	    "count and log what would be refused, and refuse nothing" },
	{ "--description", "TEXT", false, "what it is for" },
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

static const struct command_option set_options[] = {
	{ "--name", "NAME", false, "another name" },
	{ "--rate", "N", false, "how many requests pass in a period" },
	{ "--period", "PERIOD", false, "as with limit add" },
	{ "--type", "TYPE", false,
	    "what is counted; what the new type is not about is dropped" },
	PARTS,
	{ "--app", "APP", false, "which app; \"\" counts each on its own" },
	{ "--verb", "VERB", false, "count this verb only; all for every verb" },
	ALGORITHM,
	{ "--burst", "N", false, "of gcra; 0 for as many as the rate" },
	{ "--lockout", "YES-OR-NO", false,
	    "is who asks for more refused for a whole period?" },
	{ "--dry-run", "YES-OR-NO", false, "does it only count and log?" },
	{ "--description", "TEXT", false, "what it is for; \"\" for nothing" },
	{ "--active", "YES-OR-NO", false, "no: it counts nothing" },
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

static const struct command_option show_options[] = {
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

static const struct command_option list_options[] = {
	{ "--json", NULL, false, "print a JSON array" },
	{ 0 },
};

const struct command limit_commands[] = {
	{ .noun = "limit",
	    .verb = "add",
	    .operands = "NAME",
	    .summary = "Add a rate limit",
	    .options = add_options,
	    .needs_settings = true,
	    .run = limit_add },
	{ .noun = "limit",
	    .verb = "list",
	    .summary = "List rate limits",
	    .options = list_options,
	    .needs_settings = true,
	    .run = limit_list },
	{ .noun = "limit",
	    .verb = "show",
	    .operands = "NAME",
	    .summary = "Show a rate limit",
	    .options = show_options,
	    .needs_settings = true,
	    .run = limit_show },
	{ .noun = "limit",
	    .verb = "set",
	    .operands = "NAME",
	    .summary = "Change what is given; the rest stays",
	    .options = set_options,
	    .needs_settings = true,
	    .run = limit_set },
	{ .noun = "limit",
	    .verb = "remove",
	    .operands = "NAME",
	    .summary = "Remove a rate limit",
	    .needs_settings = true,
	    .run = limit_remove },
	{ 0 },
};
