#include "app/commands/user_edit.h"

#include "app/command.h"
#include "app/commands/admin.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/user_records.h"

const struct command_option user_add_options[] = {
	{ "--password", "FILE", false,
	    "the file whose first line is the password; - reads it from "
	    "standard input; without, one is made and shown" },
	{ "--no-password", NULL, false,
	    "nobody logs in until a password is set" },
	{ "--username", "NAME", false, "another name to log in with" },
	{ "--name", "TEXT", false, "the name that is shown" },
	{ "--first-name", "TEXT", false, "given name" },
	{ "--last-name", "TEXT", false, "family name" },
	{ "--phone", "TEXT", false, "telephone number" },
	{ "--default-app", "APP", false, "the app that a front end opens" },
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

const struct command_option user_set_options[] = {
	{ "--email", "EMAIL", false, "another e-mail" },
	{ "--password", "FILE", false,
	    "the file whose first line is the new password; - reads it from "
	    "standard input" },
	{ "--new-password", NULL, false, "make a new password and show it" },
	{ "--no-password", NULL, false,
	    "nobody logs in until a password is set" },
	{ "--username", "NAME", false, "another name to log in with" },
	{ "--name", "TEXT", false, "the name that is shown" },
	{ "--first-name", "TEXT", false, "given name" },
	{ "--last-name", "TEXT", false, "family name" },
	{ "--phone", "TEXT", false, "telephone number" },
	{ "--default-app", "APP", false,
	    "the app that a front end opens; \"\" for none" },
	{ "--active", "YES-OR-NO", false, "no: no login, sessions end" },
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

/* How many of the options about the password are given. */
static int
count(const struct command_call *call, bool is_new)
{
	int n = 0;

	n += command_value(call, "--password") != NULL ? 1 : 0;
	n += command_switch(call, "--no-password") ? 1 : 0;
	n += !is_new && command_switch(call, "--new-password") ? 1 : 0;
	return n;
}

int
user_edit_read(
    const struct command_call *call, bool is_new, struct user_edit *out)
{
	const char *path = command_value(call, "--password");
	bool wanted = path != NULL;

	*out = (struct user_edit){ .call = call };
	if (count(call, is_new) > 1)
		return command_misuse(call->command,
		    "of the options about the password one is expected");
	if (is_new)
		wanted |= !command_switch(call, "--no-password");
	else
		wanted |= command_switch(call, "--new-password");
	if (!is_new && !admin_flip(call, "--active", &out->active))
		return 1;
	if (!wanted)
		return 0;
	return user_password_read(call->settings, path, &out->password) ? 0 : 1;
}

enum status
user_edit_resolve(
    struct user_edit *edit, struct system_db *db, struct error *err)
{
	const char *app = command_value(edit->call, "--default-app");

	if (app == NULL || app[0] == '\0')
		return ST_OK;
	return lookup_id(db, NOUN_APP, str_of(app), &edit->app_id, err);
}

/* A text that was given; an empty one becomes an absent one. */
static void
text_take(const struct command_call *call, const char *option, struct str *text)
{
	const char *given = command_value(call, option);

	if (given != NULL)
		*text = str_of(given);
}

enum status
user_edit_apply(void *ctx, struct user_record *r, struct error *err)
{
	const struct user_edit *edit = ctx;
	const struct command_call *call = edit->call;

	(void)err; /* what comes out is checked */
	text_take(call, "--username", &r->username);
	text_take(call, "--name", &r->name);
	text_take(call, "--first-name", &r->first_name);
	text_take(call, "--last-name", &r->last_name);
	text_take(call, "--phone", &r->phone);
	if (command_value(call, "--default-app") != NULL)
		r->default_app_id = edit->app_id;
	if (edit->password.hash[0] != '\0')
		r->password = str_of(edit->password.hash);
	if (command_switch(call, "--no-password"))
		r->password = STR_NULL;
	if (edit->active != FLIP_KEEP)
		r->active = edit->active == FLIP_ON;
	return ST_OK;
}
