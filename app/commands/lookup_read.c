#include "app/commands/lookup_read.h"

#include <string.h>

#include "app/base/arena.h"
#include "app/base/secret.h"
#include "app/commands/secret_line.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/user_records.h"

static const char *const scopes[] = { "--app", "--role", "--user" };

int
lookup_scope_check(const struct command_call *call)
{
	int n = 0;

	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
		n += command_value(call, scopes[i]) != NULL ? 1 : 0;
	if (n > 1)
		return command_misuse(call->command,
		    "of --app, --role and --user one is expected");
	return 0;
}

static enum status
user_id_find(const struct command_call *call, struct system_db *db,
    const char *text, struct lookup_record *record, struct error *err)
{
	bool email = strchr(text, '@') != NULL;
	struct user_record user = { 0 };
	enum status st = user_record_find(db, call->arena,
	    email ? USER_EMAIL : USER_USERNAME, str_of(text), &user, err);

	record->scope.user_id = user.id;
	record->user_email = user.email;
	return st;
}

enum status
lookup_scope_read(const struct command_call *call, struct system_db *db,
    struct lookup_record *record, struct error *err)
{
	const char *app = command_value(call, "--app");
	const char *role = command_value(call, "--role");
	const char *user = command_value(call, "--user");

	record->app_name = str_of(app);
	record->role_name = str_of(role);
	if (app != NULL)
		return lookup_id(
		    db, NOUN_APP, record->app_name, &record->scope.app_id, err);
	if (role != NULL)
		return lookup_id(db, NOUN_ROLE, record->role_name,
		    &record->scope.role_id, err);
	return user == NULL ? ST_OK : user_id_find(call, db, user, record, err);
}

bool
lookup_value_read(const struct command_call *call, struct str *value)
{
	const char *path = command_value(call, "--value-file");
	char line[SECRET_LINE_BYTES];
	bool good;

	*value = str_of(command_value(call, "--value"));
	if (path == NULL)
		return true;
	good = secret_line_read("value", path, line);
	if (good)
		*value = arena_dup(call->arena, str_of(line));
	secret_wipe(line, sizeof(line));
	return good;
}
