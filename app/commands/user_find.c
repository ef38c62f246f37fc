#include "app/commands/user_find.h"

#include <string.h>

#include "app/command.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/user_records.h"

bool
user_wants_admins(const struct command_call *call)
{
	return strcmp(call->command->noun, "admin") == 0;
}

enum status
user_find(const struct command_call *call, struct system_db *db,
    struct user_record *out, struct error *err)
{
	const char *text = call->operands[0];
	bool email = strchr(text, '@') != NULL;
	enum status st = user_record_find(db, call->arena,
	    email ? USER_EMAIL : USER_USERNAME, str_of(text), out, err);

	if (st != ST_OK || out->is_sys_admin == user_wants_admins(call))
		return st;
	return error_set(err, ST_MISSING, "\"%s\" is %s: use `weir %s %s`",
	    text, out->is_sys_admin ? "an administrator" : "no administrator",
	    out->is_sys_admin ? "admin" : "user", call->command->verb);
}
