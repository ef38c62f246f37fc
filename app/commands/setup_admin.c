#include "app/commands/setup_admin.h"

#include <stdio.h>
#include <unistd.h>

#include "app/base/arena.h"
#include "app/base/settings.h"
#include "app/command.h"
#include "app/commands/user_password.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/user_check.h"
#include "middleware/registry/user_records.h"

/* One line that may be seen, from the terminal; empty when there is none. */
static struct str
line_ask(struct arena *arena, const char *what)
{
	char line[USER_TEXT_MAX + 3];

	(void)fprintf(stderr, "%s: ", what);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return STR("");
	return arena_dup(arena, str_trim(str_of(line)));
}

/* Whose e-mail it is to be, STR_NULL: none is to be made. */
static struct str
email_choose(const struct command_call *call, bool any)
{
	const char *given = command_value(call, "--admin-email");
	struct str email;

	if (given != NULL || any)
		return str_of(given);
	if (isatty(STDIN_FILENO) == 1) {
		email = line_ask(call->arena,
		    "e-mail of the first administrator (none: not now)");
		if (email.n > 0)
			return email;
	}
	(void)puts("there is no administrator: `weir admin add EMAIL` makes "
		   "one");
	return STR_NULL;
}

/* A file, "-", or NULL: one is made. Who was asked for the e-mail is asked for
 * the password. */
static const char *
password_place(const struct command_call *call)
{
	const char *path = command_value(call, "--admin-password");

	if (path == NULL && command_value(call, "--admin-email") == NULL)
		return "-";
	return path;
}

static void
admin_print(const struct user_record *r, const struct user_password *password)
{
	if (password->made)
		(void)printf("administrator \"%.*s\" added with this password, "
			     "shown only now: %s\n",
		    STR_ARG(r->email), password->text);
	else
		(void)printf(
		    "administrator \"%.*s\" added\n", STR_ARG(r->email));
}

/* The record of that e-mail is what is wanted, if it is an administrator's. */
static int
found_check(const struct user_record *r)
{
	if (!r->is_sys_admin)
		return command_fail("\"%.*s\" is a user and no administrator: "
				    "choose another e-mail",
		    STR_ARG(r->email));
	(void)printf(
	    "administrator \"%.*s\" is there already\n", STR_ARG(r->email));
	return 0;
}

static int
admin_make(const struct command_call *call, const struct settings *settings,
    struct system_db *db, struct str email)
{
	struct user_record r = {
		.email = email, .is_sys_admin = true, .active = true
	};
	struct user_password password;
	struct error err = { 0 };
	enum status st = ST_INVALID;

	if (user_password_read(settings, password_place(call), &password)) {
		r.password = str_of(password.hash);
		st = user_record_add(db, call->arena, &r, &err);
		if (st == ST_OK)
			admin_print(&r, &password);
		else
			(void)command_fail("%s", err.text);
	}
	user_password_wipe(&password);
	return st == ST_OK ? 0 : 1;
}

static int
admin_find_or_make(const struct command_call *call,
    const struct settings *settings, struct system_db *db, struct str email)
{
	struct user_record r = { 0 };
	struct error err = { 0 };
	enum status st = user_email_check(str_trim(email), &err);

	if (st == ST_OK)
		st = user_record_find(
		    db, call->arena, USER_EMAIL, email, &r, &err);
	if (st == ST_OK)
		return found_check(&r);
	if (st == ST_MISSING)
		return admin_make(call, settings, db, email);
	return command_fail("%s", err.text);
}

int
setup_admin(struct command_call *call, const struct settings *settings)
{
	struct user_record *admins = NULL;
	struct error err = { 0 };
	struct system_db db = { 0 };
	struct str email;
	size_t n = 0;
	int status = 0;
	enum status st = system_db_open(settings, false, &db, &err);

	if (st == ST_OK)
		st = user_records_list(
		    &db, call->arena, true, &admins, &n, &err);
	email = st == ST_OK ? email_choose(call, n > 0) : STR_NULL;
	if (st != ST_OK)
		status = command_fail("%s", err.text);
	else if (!str_is_null(email))
		status = admin_find_or_make(call, settings, &db, email);
	system_db_close(&db);
	return status;
}
