#include "app/commands/limit_read.h"

#include "app/command.h"
#include "drivers/cache/cache.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/words.h"

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

bool
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

/* An option that may stand anew for something, or for each ("") of it. */
static void
part_edit(const struct command_call *call, const char *option, struct str *part)
{
	const char *text = command_value(call, option);

	if (text != NULL)
		*part = text[0] == '\0' ? STR_NULL : str_of(text);
}

/* A part that the limit's new type is not about goes, unless it was given. */
static void
parts_drop(const struct command_call *call, struct limit_record *r)
{
	bool app = r->type == LIMIT_APP || r->type == LIMIT_APP_SERVICE;
	bool service = r->type == LIMIT_SERVICE || r->type == LIMIT_APP_SERVICE;

	if (!app && command_value(call, "--app") == NULL)
		r->app_name = STR_NULL;
	if (!service && command_value(call, "--service") == NULL)
		r->service_name = STR_NULL;
	if (r->type != LIMIT_ROLE && command_value(call, "--role") == NULL)
		r->role_name = STR_NULL;
}

static enum status
scope_edit(
    const struct command_call *call, struct limit_record *r, struct error *err)
{
	const char *type = command_value(call, "--type");
	enum status st = ST_OK;

	part_edit(call, "--app", &r->app_name);
	part_edit(call, "--role", &r->role_name);
	part_edit(call, "--service", &r->service_name);
	if (type != NULL)
		st = limit_type_parse(str_of(type), &r->type, err);
	if (st == ST_OK && type != NULL)
		parts_drop(call, r);
	return st;
}

enum status
limit_edit(void *ctx, struct limit_record *r, struct error *err)
{
	const struct limit_edit *edit = ctx;
	const struct command_call *call = edit->call;
	const char *name = command_value(call, "--name");
	const char *period = command_value(call, "--period");
	const char *verb = command_value(call, "--verb");
	enum status st = scope_edit(call, r, err);

	if (name != NULL)
		r->name = str_of(name);
	if (edit->rate != 0)
		r->rate = edit->rate;
	if (edit->active != FLIP_KEEP)
		r->active = edit->active == FLIP_ON;
	if (st == ST_OK && period != NULL)
		st = period_parse(str_of(period), &r->period, err);
	if (st == ST_OK && verb != NULL)
		st = verb_read(verb, &r->verb_mask, err);
	return st;
}
