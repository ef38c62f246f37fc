#include "app/commands/admin.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/base/log.h"
#include "app/base/option.h"
#include "app/base/settings.h"
#include "app/command.h"
#include "app/commands/admin_records.h"
#include "app/logs.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/key_proof.h"
#include "middleware/registry/migrations.h"

#define DAY_SECONDS 86400

static enum status
proof_check(
    const struct settings *settings, struct system_db *db, struct error *err)
{
	struct app_keys keys;
	bool is_old;
	enum status st = app_keys_read(settings, &keys, err);

	if (st == ST_OK)
		st = key_proof_check(db, &keys, &is_old, err);
	app_keys_wipe(&keys);
	return st;
}

/* Who sits there; behind sudo the one who came. */
static const struct actor *
admin_actor(const struct command_call *call)
{
	struct actor *actor = arena_zalloc(call->arena, sizeof(*actor));
	const struct passwd *self = getpwuid(geteuid());
	const char *came = getenv("SUDO_USER");
	const char *name = self == NULL ? "?" : self->pw_name;

	actor->name = arena_dup(call->arena, str_of(name));
	if (came != NULL && strcmp(came, name) != 0)
		actor->name =
		    arena_printf(call->arena, "%.64s as %s", came, name);
	actor->source = STR("command");
	return actor;
}

bool
admin_open(const struct command_call *call, struct system_db *db)
{
	struct error err = { 0 };
	enum status st = system_db_open(call->settings, false, db, &err);

	if (st == ST_OK)
		st = migrations_check(db, &err);
	if (st == ST_OK)
		st = proof_check(call->settings, db, &err);
	db->actor = admin_actor(call);
	db->audit_log = logs_join(call->settings);
	if (st == ST_OK && admin_declared(call, db))
		return true;
	if (st != ST_OK)
		(void)command_fail("%s", err.text);
	system_db_close(db);
	return false;
}

int
admin_close(struct system_db *db, enum status st, const struct error *err)
{
	system_db_close(db);
	return st == ST_OK ? 0 : command_fail("%s", err->text);
}

int
admin_remove(const struct command_call *call, record_remove_f *remove)
{
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = remove(&db, str_of(call->operands[0]), &err);
	if (st == ST_OK)
		(void)printf("%s \"%s\" removed\n", call->command->noun,
		    call->operands[0]);
	return admin_close(&db, st, &err);
}

bool
admin_number(const struct command_call *call, const char *option, int64_t min,
    int64_t max, int64_t *out)
{
	const char *text = command_value(call, option);
	int64_t number;

	if (text == NULL)
		return true;
	if (str_to_i64(str_of(text), &number) && number >= min &&
	    number <= max) {
		*out = number;
		return true;
	}
	(void)command_fail("%s \"%s\": %" PRId64 " to %" PRId64 " is expected",
	    option, text, min, max);
	return false;
}

bool
admin_seconds(const struct command_call *call, const char *option, int64_t max,
    int64_t *out)
{
	const char *text = command_value(call, option);

	if (text == NULL || option_seconds(str_of(text), 0, max, out))
		return true;
	(void)command_fail("%s \"%s\": a time as in 90, 30m, 24h or 7d is "
			   "expected, at most %" PRId64 "d",
	    option, text, max / DAY_SECONDS);
	return false;
}

bool
admin_flip(const struct command_call *call, const char *option, enum flip *out)
{
	const char *text = command_value(call, option);

	if (text == NULL)
		return true;
	*out = str_to_bool(str_of(text)) ? FLIP_ON : FLIP_OFF;
	if (*out == FLIP_ON || str_is_no(str_of(text)))
		return true;
	(void)command_fail("%s \"%s\": yes or no is expected", option, text);
	return false;
}

void
admin_field(const char *name, struct str value)
{
	if (value.n == 0)
		value = STR("-");
	(void)printf("%-12s %.*s\n", name, STR_ARG(value));
}

void
admin_print(const struct buf *json)
{
	(void)printf("%.*s\n", STR_ARG(buf_str(json)));
}

void
member_text(struct buf *json, const char *name, struct str value)
{
	json_put_name(json, str_of(name));
	if (str_is_null(value))
		buf_put_lit(json, "null");
	else
		json_put_str(json, value);
}

void
member_i64(struct buf *json, const char *name, int64_t value)
{
	json_put_name(json, str_of(name));
	buf_put_i64(json, value);
}

void
member_bool(struct buf *json, const char *name, bool value)
{
	json_put_name(json, str_of(name));
	json_put_bool(json, value);
}
