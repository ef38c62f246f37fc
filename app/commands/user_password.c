#include "app/commands/user_password.h"

#include <string.h>

#include "app/base/secret.h"
#include "app/command.h"

#define NEW_BYTES 24 /* hexadecimal digits */

/* Who types without seeing it types it twice. */
static bool
is_repeated(const char *path, const char *text)
{
	char again[SECRET_LINE_BYTES];
	bool same;

	if (!secret_line_is_typed(path))
		return true;
	same = secret_line_read("the same again", path, again);
	if (same && strcmp(again, text) != 0) {
		(void)command_fail("the passwords differ: nothing was changed");
		same = false;
	}
	secret_wipe(again, sizeof(again));
	return same;
}

static bool
text_read(const char *path, struct user_password *out)
{
	struct error err = { 0 };

	if (path == NULL) {
		secret_new_token(out->text, NEW_BYTES);
		out->text[NEW_BYTES] = '\0';
		out->made = true;
		return true;
	}
	if (!secret_line_read("password", path, out->text))
		return false;
	if (password_check(str_of(out->text), &err) != ST_OK) {
		(void)command_fail("%s", err.text);
		return false;
	}
	return is_repeated(path, out->text);
}

bool
user_password_read(const struct settings *settings, const char *path,
    struct user_password *out)
{
	struct password_cost cost = password_cost(settings);
	struct error err = { 0 };

	memset(out, 0, sizeof(*out));
	if (!text_read(path, out))
		return false;
	if (password_hash(str_of(out->text), &cost, out->hash, &err) == ST_OK)
		return true;
	(void)command_fail("%s", err.text);
	return false;
}

void
user_password_wipe(struct user_password *password)
{
	secret_wipe(password, sizeof(*password));
}
