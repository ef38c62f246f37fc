/* `weir limit`: how much callers may ask for. */
#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/commands/admin.h"
#include "app/commands/columns.h"
#include "app/commands/commands.h"
#include "drivers/cache/cache.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/words.h"

static struct str
period_text(struct arena *arena, const struct limit_record *r)
{
	struct buf text = buf_in(arena);

	period_put(&text, r->period);
	return buf_str(&text);
}

/* STR_NULL for a limit on every verb. */
static struct str
verb_text(struct arena *arena, const struct limit_record *r)
{
	struct buf text = buf_in(arena);

	if (r->verb_mask == 0)
		return STR_NULL;
	verbs_put(&text, r->verb_mask);
	return buf_str(&text);
}

static void
record_put(struct arena *arena, struct buf *json, const struct limit_record *r)
{
	buf_put_char(json, '{');
	member_i64(json, "id", r->id);
	member_text(json, "name", r->name);
	member_text(json, "type", limit_type_name(r->type));
	member_i64(json, "rate", r->rate);
	member_text(json, "period", period_text(arena, r));
	member_text(json, "app", r->app_name);
	member_text(json, "role", r->role_name);
	member_text(json, "service", r->service_name);
	member_text(json, "verb", verb_text(arena, r));
	member_bool(json, "is_active", r->active);
	buf_put_char(json, '}');
}

/* The type that was named, else the one that the other options are about. */
static enum status
type_read(
    const struct command_call *call, struct limit_record *r, struct error *err)
{
	const char *type = command_value(call, "--type");
	bool app = !str_is_null(r->app_name);
	bool service = !str_is_null(r->service_name);

	if (type != NULL)
		return limit_type_parse(str_of(type), &r->type, err);
	if (!str_is_null(r->role_name))
		r->type = LIMIT_ROLE;
	else if (app)
		r->type = service ? LIMIT_APP_SERVICE : LIMIT_APP;
	else
		r->type = service ? LIMIT_SERVICE : LIMIT_INSTANCE;
	return ST_OK;
}

/* A mask of 0 is a limit on every verb. */
static enum status
verb_read(const char *text, unsigned *mask, struct error *err)
{
	enum status st = verbs_parse(str_of(text), mask, err);

	if (st == ST_OK && *mask == 0)
		return error_set(err, ST_INVALID,
		    "--verb \"%s\": a verb is expected, or all", text);
	if (st == ST_OK && str_eq_nocase(str_of(text), STR("all")))
		*mask = 0;
	return st;
}

/* What the options say; false after a message. */
static bool
limit_read(const struct command_call *call, struct limit_record *r)
{
	const char *verb = command_value(call, "--verb");
	struct error err = { 0 };
	enum status st;

	*r = (struct limit_record){ .name = str_of(call->operands[0]),
		.app_name = str_of(command_value(call, "--app")),
		.role_name = str_of(command_value(call, "--role")),
		.service_name = str_of(command_value(call, "--service")),
		.active = true };
	if (!admin_number(call, "--rate", 1, CACHE_COUNT_MAX, &r->rate))
		return false;
	st = type_read(call, r, &err);
	if (st == ST_OK)
		st = period_parse(
		    str_of(command_value(call, "--period")), &r->period, &err);
	if (st == ST_OK && verb != NULL)
		st = verb_read(verb, &r->verb_mask, &err);
	if (st != ST_OK)
		(void)command_fail("%s", err.text);
	return st == ST_OK;
}

static int
limit_add(struct command_call *call)
{
	struct buf json = buf_in(call->arena);
	struct error err = { 0 };
	struct limit_record r;
	struct system_db db;
	enum status st;

	if (!limit_read(call, &r) || !admin_open(call, &db))
		return 1;
	st = limit_record_add(&db, &r, &err);
	if (st == ST_OK && command_switch(call, "--json")) {
		record_put(call->arena, &json, &r);
		admin_print(&json);
	} else if (st == ST_OK) {
		(void)printf("limit \"%.*s\" added\n", STR_ARG(r.name));
	}
	return admin_close(&db, st, &err);
}

static void
records_print(
    const struct command_call *call, const struct limit_record *list, size_t n)
{
	struct arena *arena = call->arena;
	struct columns c = columns_new(
	    arena, "NAME TYPE RATE PERIOD APP ROLE SERVICE VERB ACTIVE");
	struct buf json = buf_in(arena);

	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		const struct limit_record *r = &list[i];

		if (i > 0)
			buf_put_char(&json, ',');
		record_put(arena, &json, r);
		columns_put(&c, r->name);
		columns_put(&c, limit_type_name(r->type));
		columns_put(
		    &c, arena_printf(arena, "%lld", (long long)r->rate));
		columns_put(&c, period_text(arena, r));
		columns_put(&c, r->app_name);
		columns_put(&c, r->role_name);
		columns_put(&c, r->service_name);
		columns_put(&c, verb_text(arena, r));
		columns_put(&c, r->active ? STR("yes") : STR("no"));
	}
	buf_put_char(&json, ']');
	if (command_switch(call, "--json"))
		admin_print(&json);
	else
		columns_print(&c);
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
		records_print(call, list, n);
	return admin_close(&db, st, &err);
}

static int
limit_remove(struct command_call *call)
{
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = limit_record_remove(&db, str_of(call->operands[0]), &err);
	if (st == ST_OK)
		(void)printf("limit \"%s\" removed\n", call->operands[0]);
	return admin_close(&db, st, &err);
}

static const struct command_option add_options[] = {
	{ "--rate", "N", true, "how many requests pass in a period" },
	{ "--period", "PERIOD", true,
	    "minute, hour, day, 7-day, 30-day, or seconds as in 10s" },
	{ "--type", "TYPE", false,
	    "what is counted: instance, app, role, service or app.service; "
	    "without, what the options below name" },
	{ "--app", "APP", false,
	    "which app; without, a type about apps counts each on its own" },
	{ "--role", "ROLE", false, "which role; the same holds" },
	{ "--service", "NAME", false, "which service; the same holds" },
	{ "--verb", "VERB", false, "count this verb only" },
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
	    .verb = "remove",
	    .operands = "NAME",
	    .summary = "Remove a rate limit",
	    .needs_settings = true,
	    .run = limit_remove },
	{ 0 },
};
