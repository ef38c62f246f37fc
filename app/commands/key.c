/*
 * `weir key`: API keys. A key is shown once, when it is made; afterwards only
 * its first characters are known.
 */
#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/commands/admin.h"
#include "app/commands/columns.h"
#include "app/commands/commands.h"
#include "middleware/registry/key_records.h"
#include "middleware/registry/settings_hold.h"
#include "middleware/registry/system_db.h"

#define NEW_KEY_BYTES 64
#define DAYS_MAX      36500
#define DAY_MS        86400000

/* The key given, read from standard input for "-", or a new one. */
static struct str
key_text(const struct command_call *call, char text[KEY_MAX_BYTES + 2])
{
	const char *given = command_value(call, "--key");

	if (given == NULL) {
		secret_new_token(text, NEW_KEY_BYTES);
		return str_make(text, NEW_KEY_BYTES);
	}
	if (strcmp(given, "-") != 0)
		return str_of(given);
	if (fgets(text, KEY_MAX_BYTES + 2, stdin) == NULL)
		text[0] = '\0';
	return str_trim(str_of(text));
}

static struct str
date_or_null(struct arena *arena, int64_t wall_ms)
{
	char text[DATE_BYTES];

	if (wall_ms == 0)
		return STR_NULL;
	date_text(wall_ms, text);
	return arena_dup(arena, str_of(text));
}

static void
added_print(const struct command_call *call, const struct key_order *order)
{
	struct str expires = date_or_null(call->arena, order->expires_ms);
	struct buf json = buf_in(call->arena);

	if (!command_switch(call, "--json")) {
		(void)fprintf(stderr,
		    "weir: app \"%.*s\" has this new key, shown only now:\n",
		    STR_ARG(order->app));
		(void)printf("%.*s\n", STR_ARG(order->key));
		return;
	}
	buf_put_char(&json, '{');
	member_text(&json, "app", order->app);
	member_text(&json, "api_key", order->key);
	member_text(&json, "hint", str_make(order->key.p, KEY_HINT_BYTES));
	member_text(&json, "expires", expires);
	buf_put_char(&json, '}');
	admin_print(&json);
	secret_wipe(json.p, json.n);
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
		added_print(call, &order);
	secret_wipe(pepper, sizeof(pepper));
	secret_wipe(text, sizeof(text));
	return admin_close(&db, st, &err);
}

static const char *
state_of(const struct key_record *key, int64_t now_ms)
{
	if (key->revoked_ms != 0)
		return "revoked";
	if (key->expires_ms != 0 && key->expires_ms <= now_ms)
		return "expired";
	return "active";
}

static void
keys_print(struct arena *arena, const struct key_record *keys, size_t n,
    int64_t now_ms)
{
	struct columns c =
	    columns_new(arena, "APP KEY ROLE STATE CREATED EXPIRES");

	for (size_t i = 0; i < n; i++) {
		columns_put(&c, keys[i].app_name);
		columns_put(&c,
		    arena_printf(arena, "%.*s\u2026", STR_ARG(keys[i].hint)));
		columns_put(&c, keys[i].role_name);
		columns_put(&c, str_of(state_of(&keys[i], now_ms)));
		columns_put(&c, keys[i].created);
		columns_put(&c, date_or_null(arena, keys[i].expires_ms));
	}
	columns_print(&c);
}

static void
keys_print_json(struct arena *arena, const struct key_record *keys, size_t n,
    int64_t now_ms)
{
	struct buf json = buf_in(arena);

	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		buf_put(&json, i == 0 ? STR("{") : STR(",{"));
		member_text(&json, "app", keys[i].app_name);
		member_text(&json, "hint", keys[i].hint);
		member_text(&json, "role", keys[i].role_name);
		member_text(&json, "state", str_of(state_of(&keys[i], now_ms)));
		member_text(&json, "created", keys[i].created);
		member_text(
		    &json, "expires", date_or_null(arena, keys[i].expires_ms));
		buf_put_char(&json, '}');
	}
	buf_put_char(&json, ']');
	admin_print(&json);
}

static int
key_list(struct command_call *call)
{
	struct key_record *keys;
	struct error err = { 0 };
	struct system_db db;
	enum status st;
	size_t n;

	if (!admin_open(call, &db))
		return 1;
	st = key_records_list(&db, call->arena, &keys, &n, &err);
	if (st == ST_OK && command_switch(call, "--json"))
		keys_print_json(call->arena, keys, n, db.wall_ms);
	else if (st == ST_OK)
		keys_print(call->arena, keys, n, db.wall_ms);
	return admin_close(&db, st, &err);
}

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

static const struct command_option add_options[] = {
	{ "--role", "ROLE", false, "the role of a new app" },
	{ "--key", "KEY", false,
	    "a key of 32 characters or more that clients have already; - reads "
	    "it from standard input" },
	{ "--expires", "DAYS", false, "when the key ends; without, never" },
	{ "--json", NULL, false, "print a JSON object" },
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
	    .verb = "list",
	    .summary = "List API keys by their first characters",
	    .options = list_options,
	    .needs_settings = true,
	    .run = key_list },
	{ .noun = "key",
	    .verb = "revoke",
	    .operands = "APP-OR-KEY",
	    .summary = "End all keys of an app, or the one that begins so",
	    .needs_settings = true,
	    .run = key_revoke },
	{ 0 },
};
