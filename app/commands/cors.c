/* `weir cors`: which pages of other origins may call. */
#include <stdio.h>

#include "app/commands/admin.h"
#include "app/commands/commands.h"
#include "app/commands/cors_print.h"
#include "middleware/registry/cors_records.h"

#define MAX_AGE_SECONDS 3600

static void
stored_print(const struct command_call *call, const struct cors_record *r,
    const char *done)
{
	if (command_switch(call, "--json"))
		cors_print(call, r);
	else
		(void)printf("CORS of \"%.*s\" %s\n", STR_ARG(r->path), done);
}

/* Stays when the option was not given; "" is none. */
static void
text_read(const struct command_call *call, const char *option, struct str *text)
{
	const char *given = command_value(call, option);

	if (given != NULL)
		*text = given[0] == '\0' ? STR_NULL : str_of(given);
}

/* What add and set have in common. */
static enum status
record_read(
    const struct command_call *call, struct cors_record *r, struct error *err)
{
	const char *methods = command_value(call, "--methods");

	text_read(call, "--origin", &r->origin);
	text_read(call, "--headers", &r->header);
	text_read(call, "--expose", &r->exposed_header);
	text_read(call, "--description", &r->description);
	return methods == NULL
		   ? ST_OK
		   : cors_methods_parse(str_of(methods), &r->verb_mask, err);
}

static int
cors_add(struct command_call *call)
{
	struct cors_record r = { .path = str_of(call->operands[0]),
		.header = STR("*"),
		.max_age = MAX_AGE_SECONDS,
		.credentials = command_switch(call, "--credentials"),
		.enabled = true };
	struct error err = { 0 };
	struct system_db db;
	enum status st = cors_methods_parse(STR("all"), &r.verb_mask, &err);

	if (st == ST_OK)
		st = record_read(call, &r, &err);
	if (st != ST_OK)
		return command_fail("%s", err.text);
	if (!admin_seconds(call, "--max-age", CORS_MAX_AGE_MAX, &r.max_age) ||
	    !admin_open(call, &db))
		return 1;
	st = cors_record_add(&db, &r, &err);
	if (st == ST_OK)
		stored_print(call, &r, "added");
	return admin_close(&db, st, &err);
}

/* What `cors set` is to do, beyond what record_read() reads. */
struct edit {
	const struct command_call *call;
	int64_t max_age; /* -1: it stays */
	enum flip credentials, active;
};

static enum status
edit(void *ctx, struct cors_record *r, struct error *err)
{
	const struct edit *e = ctx;

	text_read(e->call, "--path", &r->path);
	if (e->max_age >= 0)
		r->max_age = e->max_age;
	if (e->credentials != FLIP_KEEP)
		r->credentials = e->credentials == FLIP_ON;
	if (e->active != FLIP_KEEP)
		r->enabled = e->active == FLIP_ON;
	return record_read(e->call, r, err);
}

static int
cors_set(struct command_call *call)
{
	struct edit e = { .call = call, .max_age = -1 };
	struct cors_record r = { 0 };
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_seconds(call, "--max-age", CORS_MAX_AGE_MAX, &e.max_age) ||
	    !admin_flip(call, "--credentials", &e.credentials) ||
	    !admin_flip(call, "--active", &e.active) || !admin_open(call, &db))
		return 1;
	st = cors_record_set(
	    &db, call->arena, str_of(call->operands[0]), edit, &e, &r, &err);
	if (st == ST_OK)
		stored_print(call, &r, "changed");
	return admin_close(&db, st, &err);
}

/* Is it the one that was asked for? */
static bool
is_asked_for(const struct command_call *call, const struct cors_record *r)
{
	return str_eq(r->path, str_of(call->operands[0]));
}

static int
cors_show(struct command_call *call)
{
	struct cors_record *list = NULL;
	struct error err = { 0 };
	struct system_db db;
	enum status st;
	size_t n = 0, i = 0;

	if (!admin_open(call, &db))
		return 1;
	st = cors_records_list(&db, call->arena, &list, &n, &err);
	while (st == ST_OK && i < n && !is_asked_for(call, &list[i]))
		i++;
	if (st == ST_OK && i < n)
		cors_print(call, &list[i]);
	else if (st == ST_OK)
		st = error_set(&err, ST_MISSING,
		    "there is no record for the path \"%s\": `weir cors list` "
		    "shows those there are",
		    call->operands[0]);
	return admin_close(&db, st, &err);
}

static int
cors_list(struct command_call *call)
{
	struct cors_record *list = NULL;
	struct error err = { 0 };
	struct system_db db;
	enum status st;
	size_t n = 0;

	if (!admin_open(call, &db))
		return 1;
	st = cors_records_list(&db, call->arena, &list, &n, &err);
	if (st == ST_OK)
		cors_list_print(call, list, n);
	return admin_close(&db, st, &err);
}

static int
cors_remove(struct command_call *call)
{
	return admin_remove(call, cors_record_remove);
}

#define LISTS                                                                  \
	{ "--methods", "METHODS", false,                                       \
		"GET,POST and so on, all, or none; an add without it: all" },  \
	    { "--headers", "HEADERS", false,                                   \
		    "which headers its calls may have; \"*\" for any, \"\" "   \
		    "for "                                                     \
		    "none; an add without it: any" },                          \
	    { "--expose", "HEADERS", false,                                    \
		    "which headers of answers the page may read, as in "       \
		    "ETag" },                                                  \
	    { "--max-age", "TIME", false,                                      \
		    "how long browsers need not ask again, as in 90, 30m, "    \
		    "24h; "                                                    \
		    "an add without it: 1h" },                                 \
	{                                                                      \
		"--description", "TEXT", false, "what it is for"               \
	}

static const struct command_option add_options[] = {
	{ "--origin", "ORIGINS", true,
	    "whose pages may call, as in https://app.example or, with a part "
	    "of the host left open, \"https://*.app.example\"; several with "
	    "commas; \"*\" for all" },
	LISTS,
	{ "--credentials", NULL, false,
	    "calls with cookies, client certificates or HTTP Basic, too; not "
	    "with an origin that is any" },
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

static const struct command_option set_options[] = {
	{ "--path", "PATH", false, "another path" },
	{ "--origin", "ORIGINS", false, "as with cors add" },
	LISTS,
	{ "--credentials", "YES-OR-NO", false,
	    "calls with cookies, client certificates or HTTP Basic, too?" },
	{ "--active", "YES-OR-NO", false, "no: it is as if it were not there" },
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

const struct command cors_commands[] = {
	{ .noun = "cors",
	    .verb = "add",
	    .operands = "PATH",
	    .summary = "Let pages of other origins call a path, as in "
		       "\"api/v2/shop/*\"",
	    .options = add_options,
	    .needs_settings = true,
	    .run = cors_add },
	{ .noun = "cors",
	    .verb = "list",
	    .summary = "List which pages may call what",
	    .options = list_options,
	    .needs_settings = true,
	    .run = cors_list },
	{ .noun = "cors",
	    .verb = "show",
	    .operands = "PATH",
	    .summary = "Show who may call one path",
	    .options = show_options,
	    .needs_settings = true,
	    .run = cors_show },
	{ .noun = "cors",
	    .verb = "set",
	    .operands = "PATH",
	    .summary = "Change what is given; the rest stays",
	    .options = set_options,
	    .needs_settings = true,
	    .run = cors_set },
	{ .noun = "cors",
	    .verb = "remove",
	    .operands = "PATH",
	    .summary = "Let pages no longer call a path",
	    .needs_settings = true,
	    .run = cors_remove },
	{ 0 },
};
