#include "app/commands/limit_read.h"

#include <string.h>

#include "app/command.h"
#include "middleware/registry/limit_check.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/user_records.h"
#include "middleware/registry/words.h"

/* The type that the options are about which name something. */
static enum limit_type
type_guess(const struct command_call *call)
{
	bool app = command_value(call, "--app") != NULL;
	bool user = command_value(call, "--user") != NULL;
	bool service = command_value(call, "--service") != NULL;

	if (command_value(call, "--role") != NULL)
		return LIMIT_ROLE;
	if (command_value(call, "--endpoint") != NULL)
		return user ? LIMIT_USER_ENDPOINT : LIMIT_ENDPOINT;
	if (user)
		return service ? LIMIT_USER_SERVICE : LIMIT_USER;
	if (app)
		return service ? LIMIT_APP_SERVICE : LIMIT_APP;
	return service ? LIMIT_SERVICE : LIMIT_INSTANCE;
}

static enum status
type_read(
    const struct command_call *call, enum limit_type *type, struct error *err)
{
	const char *word = command_value(call, "--type");

	if (word != NULL)
		return limit_type_parse(str_of(word), type, err);
	*type = type_guess(call);
	return ST_OK;
}

/* Words that may stand in an option of either command. */
static enum status
words_read(
    const struct command_call *call, struct limit_record *r, struct error *err)
{
	const char *period = command_value(call, "--period");
	const char *algorithm = command_value(call, "--algorithm");
	const char *verb = command_value(call, "--verb");
	enum status st = ST_OK;

	if (period != NULL)
		st = period_parse(str_of(period), &r->period, err);
	if (st == ST_OK && algorithm != NULL)
		st = limit_algorithm_parse(
		    str_of(algorithm), &r->algorithm, err);
	if (st == ST_OK && verb != NULL)
		st = limit_verb_parse(str_of(verb), &r->verb_mask, err);
	return st;
}

enum status
limit_parts_check(const struct limit_record *r, struct error *err)
{
	const struct limit_scope *scope = limit_scope(r->type);
	const struct {
		const char *option;
		bool needed;
		struct str given;
	} parts[] = {
		{ "--user", scope->user, r->user_email },
		{ "--role", scope->role, r->role_name },
		{ "--service", scope->service && !scope->app, r->service_name },
		{ "--endpoint", scope->endpoint, r->endpoint },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].needed && parts[i].given.n == 0)
			return error_set(err, ST_INVALID,
			    "a limit of type %.*s needs %s",
			    STR_ARG(limit_type_name(r->type)), parts[i].option);
	}
	return ST_OK;
}

bool
limit_read(const struct command_call *call, struct limit_record *r)
{
	struct error err = { 0 };
	enum status st;

	*r = (struct limit_record){ .name = str_of(call->operands[0]),
		.description = str_of(command_value(call, "--description")),
		.app_name = str_of(command_value(call, "--app")),
		.role_name = str_of(command_value(call, "--role")),
		.service_name = str_of(command_value(call, "--service")),
		.endpoint = str_of(command_value(call, "--endpoint")),
		.lockout = command_switch(call, "--lockout"),
		.dry_run = command_switch(call, "--dry-run"),
		.active = true };
	if (!admin_number(call, "--rate", 1, CACHE_COUNT_MAX, &r->rate) ||
	    !admin_number(call, "--burst", 1, CACHE_COUNT_MAX, &r->burst))
		return false;
	st = type_read(call, &r->type, &err);
	if (st == ST_OK)
		st = words_read(call, r, &err);
	if (st != ST_OK)
		(void)command_fail("%s", err.text);
	return st == ST_OK;
}

enum status
limit_user_read(const struct command_call *call, struct system_db *db,
    struct str *email, struct error *err)
{
	const char *text = command_value(call, "--user");
	struct user_record user = { 0 };
	enum status st;

	if (text == NULL)
		return ST_OK;
	*email = STR_NULL;
	if (text[0] == '\0')
		return ST_OK;
	st = user_record_find(db, call->arena,
	    strchr(text, '@') != NULL ? USER_EMAIL : USER_USERNAME,
	    str_of(text), &user, err);
	*email = user.email;
	return st;
}

bool
limit_edit_read(const struct command_call *call, struct limit_edit *edit)
{
	*edit = (struct limit_edit){ .call = call, .burst = -1 };
	return admin_number(call, "--rate", 1, CACHE_COUNT_MAX, &edit->rate) &&
	       admin_number(
		   call, "--burst", 0, CACHE_COUNT_MAX, &edit->burst) &&
	       admin_flip(call, "--lockout", &edit->lockout) &&
	       admin_flip(call, "--dry-run", &edit->dry_run) &&
	       admin_flip(call, "--active", &edit->active);
}

/* An option that may stand anew for something, or ("") for nothing. */
static void
part_edit(const struct command_call *call, const char *option, struct str *part)
{
	const char *text = command_value(call, option);

	if (text != NULL)
		*part = text[0] == '\0' ? STR_NULL : str_of(text);
}

/* What the limit's new type, or algorithm, is not about goes, unless it was
 * given. */
static void
parts_drop(const struct limit_edit *edit, struct limit_record *r)
{
	const struct command_call *call = edit->call;
	struct limit_record before = *r;

	limit_record_trim(r);
	if (command_value(call, "--app") != NULL)
		r->app_name = before.app_name;
	if (command_value(call, "--user") != NULL)
		r->user_email = before.user_email;
	if (command_value(call, "--role") != NULL)
		r->role_name = before.role_name;
	if (command_value(call, "--service") != NULL)
		r->service_name = before.service_name;
	if (command_value(call, "--endpoint") != NULL)
		r->endpoint = before.endpoint;
	if (edit->burst > 0)
		r->burst = before.burst;
}

static void
flip_edit(enum flip flip, bool *value)
{
	if (flip != FLIP_KEEP)
		*value = flip == FLIP_ON;
}

enum status
limit_edit(void *ctx, struct limit_record *r, struct error *err)
{
	const struct limit_edit *edit = ctx;
	const struct command_call *call = edit->call;
	const char *type = command_value(call, "--type");
	enum status st = words_read(call, r, err);

	part_edit(call, "--description", &r->description);
	part_edit(call, "--app", &r->app_name);
	part_edit(call, "--role", &r->role_name);
	part_edit(call, "--service", &r->service_name);
	part_edit(call, "--endpoint", &r->endpoint);
	if (command_value(call, "--user") != NULL)
		r->user_email = edit->user_email;
	if (command_value(call, "--name") != NULL)
		r->name = str_of(command_value(call, "--name"));
	if (edit->rate != 0)
		r->rate = edit->rate;
	if (edit->burst >= 0)
		r->burst = edit->burst;
	flip_edit(edit->lockout, &r->lockout);
	flip_edit(edit->dry_run, &r->dry_run);
	flip_edit(edit->active, &r->active);
	if (st == ST_OK && type != NULL)
		st = limit_type_parse(str_of(type), &r->type, err);
	if (st != ST_OK)
		return st;
	parts_drop(edit, r);
	return limit_parts_check(r, err);
}
