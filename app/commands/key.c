/*
 * `weir key`: API keys. A key is shown once, when it is made; afterwards only
 * its first characters are known.
 */
#include <stdio.h>

#include "app/base/clock.h"
#include "app/commands/admin.h"
#include "app/commands/admin_records.h"
#include "app/commands/commands.h"
#include "app/commands/key_hash.h"
#include "app/commands/key_print.h"
#include "app/commands/key_text.h"
#include "middleware/registry/key_records.h"
#include "middleware/registry/settings_hold.h"

#define DAYS_MAX      36500
#define DAY_MS        86400000
#define GRACE_SECONDS 86400
#define GRACE_MAX     (365 * 86400)

/* "6498a8…", as the list shows it, is 6498a8. */
static struct str
name_or_hint(const char *text)
{
	struct str s = str_of(text), dots = STR("\u2026");

	if (str_ends(s, dots))
		s.n -= dots.n;
	return s;
}

static int
key_add(struct command_call *call)
{
	char text[KEY_MAX_BYTES + 2];
	uint8_t pepper[SECRET_KEY_BYTES];
	struct key_order order = { .pepper = pepper };
	struct error err = { 0 };
	struct system_db db;
	int64_t days = 0;
	enum status st;

	if (!admin_number(call, "--expires", 1, DAYS_MAX, &days) ||
	    !admin_open(call, &db))
		return 1;
	order.app = str_of(call->operands[0]);
	order.role = str_of(command_value(call, "--role"));
	order.key = key_text(call, text);
	order.expires_ms = days == 0 ? 0 : db.wall_ms + days * DAY_MS;
	st = settings_pepper(call->settings, pepper, &err);
	if (st == ST_OK)
		st = key_record_add(&db, &order, &err);
	if (st == ST_OK)
		key_added_print(call, &order);
	secret_wipe(pepper, sizeof(pepper));
	secret_wipe(text, sizeof(text));
	return admin_close(&db, st, &err);
}

static int
key_rotate(struct command_call *call)
{
	char text[KEY_MAX_BYTES + 2];
	uint8_t pepper[SECRET_KEY_BYTES];
	struct key_order order = { .pepper = pepper };
	int64_t grace = GRACE_SECONDS, days = 0, n = 0;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_seconds(call, "--grace", GRACE_MAX, &grace) ||
	    !admin_number(call, "--expires", 1, DAYS_MAX, &days) ||
	    !admin_open(call, &db))
		return 1;
	order.app = name_or_hint(call->operands[0]);
	order.key = key_text(call, text);
	order.expires_ms = days == 0 ? 0 : db.wall_ms + days * DAY_MS;
	st = settings_pepper(call->settings, pepper, &err);
	if (st == ST_OK)
		st = key_record_rotate(&db, call->arena, &order,
		    db.wall_ms + grace * 1000, &n, &err);
	if (st == ST_OK)
		key_rotated_print(call, &order, n, db.wall_ms + grace * 1000);
	secret_wipe(pepper, sizeof(pepper));
	secret_wipe(text, sizeof(text));
	return admin_close(&db, st, &err);
}

static int
key_list(struct command_call *call)
{
	struct all_records all;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = admin_records(call, &db, &all, &err);
	if (st == ST_OK && command_switch(call, "--json"))
		keys_print_json(call->arena, all.keys, all.n_keys, db.wall_ms);
	else if (st == ST_OK)
		keys_print(call->arena, all.keys, all.n_keys, db.wall_ms);
	return admin_close(&db, st, &err);
}

static int
key_revoke(struct command_call *call)
{
	struct str name = name_or_hint(call->operands[0]);
	struct error err = { 0 };
	struct system_db db;
	int64_t n = 0;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = key_record_revoke(&db, name, &n, &err);
	if (st == ST_OK)
		(void)printf("%lld key%s of \"%.*s\" revoked\n", (long long)n,
		    n == 1 ? "" : "s", STR_ARG(name));
	return admin_close(&db, st, &err);
}

/* "never", or a number of days from now; false after a message. */
static bool
expires_read(const struct command_call *call, int64_t now_ms, int64_t *out)
{
	int64_t days = 0;

	*out = 0;
	if (strcmp(command_value(call, "--expires"), "never") == 0)
		return true;
	if (!admin_number(call, "--expires", 1, DAYS_MAX, &days))
		return false;
	*out = now_ms + days * DAY_MS;
	return true;
}

static int
key_set(struct command_call *call)
{
	struct str name = name_or_hint(call->operands[0]);
	struct error err = { 0 };
	struct system_db db;
	int64_t expires_ms = 0, n = 0;
	enum status st;

	if (!expires_read(call, clock_now().wall_ms, &expires_ms) ||
	    !admin_open(call, &db))
		return 1;
	st = key_record_expire(&db, name, expires_ms, &n, &err);
	if (st == ST_OK)
		(void)printf("%lld key%s of \"%.*s\" changed\n", (long long)n,
		    n == 1 ? "" : "s", STR_ARG(name));
	return admin_close(&db, st, &err);
}

static const struct command_option add_options[] = {
	{ "--role", "ROLE", false, "the role of a new app" },
	{ "--key", "KEY", false,
	    "a key of 32 characters or more that clients have already; - reads "
	    "it from standard input" },
	{ "--expires", "DAYS", false, "when the key ends; without, never" },
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

static const struct command_option hash_options[] = {
	{ "--key", "KEY", false,
	    "a key that clients have already, as with key add; without, a new "
	    "one is made and shown" },
	{ 0 },
};

static const struct command_option rotate_options[] = {
	{ "--grace", "TIME", false,
	    "how long the earlier keys go on, as in 30m, 24h, 7d, or 0; "
	    "without, 24h" },
	{ "--key", "KEY", false, "the new key, as with key add" },
	{ "--expires", "DAYS", false, "when the new key ends; without, never" },
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

static const struct command_option set_options[] = {
	{ "--expires", "DAYS", true, "when they end: days from now, or never" },
	{ 0 },
};

static const struct command_option list_options[] = {
	{ "--json", NULL, false, "print a JSON array" },
	{ 0 },
};

const struct command key_commands[] = {
	{ .noun = "key",
	    .verb = "add",
	    .operands = "APP",
	    .summary = "Make an API key, and its app if that is new",
	    .options = add_options,
	    .needs_settings = true,
	    .run = key_add },
	{ .noun = "key",
	    .verb = "hash",
	    .operands = "APP",
	    .summary = "Print the line that declares an app and its key in "
		       "the env file",
	    .options = hash_options,
	    .needs_settings = true,
	    .run = key_hash },
	{ .noun = "key",
	    .verb = "list",
	    .summary = "List API keys by their first characters",
	    .options = list_options,
	    .needs_settings = true,
	    .run = key_list },
	{ .noun = "key",
	    .verb = "rotate",
	    .operands = "APP-OR-KEY",
	    .summary = "Make a new key for an app; those it has go on for a "
		       "while",
	    .options = rotate_options,
	    .needs_settings = true,
	    .run = key_rotate },
	{ .noun = "key",
	    .verb = "set",
	    .operands = "APP-OR-KEY",
	    .summary = "Say when the keys of an app end, or the one that "
		       "begins so",
	    .options = set_options,
	    .needs_settings = true,
	    .run = key_set },
	{ .noun = "key",
	    .verb = "revoke",
	    .operands = "APP-OR-KEY",
	    .summary = "End all keys of an app, or the one that begins so",
	    .needs_settings = true,
	    .run = key_revoke },
	{ 0 },
};
