#include "app/commands/key_print.h"

#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/command.h"
#include "app/commands/admin.h"
#include "app/commands/admin_records.h"
#include "app/commands/columns.h"
#include "middleware/registry/key_records.h"

static struct str
date_or_null(struct arena *arena, int64_t wall_ms)
{
	char text[DATE_BYTES];

	if (wall_ms == 0)
		return STR_NULL;
	date_text(wall_ms, text);
	return arena_dup(arena, str_of(text));
}

/* The members that each new key is shown with, and an open end. */
static void
members_put(
    struct arena *arena, struct buf *json, const struct key_order *order)
{
	buf_put_char(json, '{');
	member_text(json, "app", order->app);
	member_text(json, "api_key", order->key);
	member_text(json, "hint", str_make(order->key.p, KEY_HINT_BYTES));
	member_text(json, "expires", date_or_null(arena, order->expires_ms));
}

static void
new_print(const struct key_order *order)
{
	(void)fprintf(stderr,
	    "weir: app \"%.*s\" has this new key, shown only now:\n",
	    STR_ARG(order->app));
	(void)printf("%.*s\n", STR_ARG(order->key));
}

void
key_added_print(const struct command_call *call, const struct key_order *order)
{
	struct buf json = buf_in(call->arena);

	if (!command_switch(call, "--json")) {
		new_print(order);
		return;
	}
	members_put(call->arena, &json, order);
	buf_put_char(&json, '}');
	admin_print(&json);
	secret_wipe(json.p, json.n);
}

/* n keys were in force, and end at until_ms at the latest. */
void
key_rotated_print(const struct command_call *call,
    const struct key_order *order, int64_t n, int64_t until_ms)
{
	struct str until = date_or_null(call->arena, until_ms);
	struct buf json = buf_in(call->arena);

	if (!command_switch(call, "--json")) {
		(void)fprintf(stderr, "weir: %lld earlier key%s at %.*s UTC\n",
		    (long long)n, n == 1 ? " ends" : "s end", STR_ARG(until));
		new_print(order);
		return;
	}
	members_put(call->arena, &json, order);
	member_i64(&json, "earlier_keys", n);
	member_text(&json, "earlier_keys_end", until);
	buf_put_char(&json, '}');
	admin_print(&json);
	secret_wipe(json.p, json.n);
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

/* Of a key that is declared only its hash is known. */
static struct str
hint_text(struct arena *arena, struct str hint)
{
	if (str_is_null(hint))
		return STR_NULL;
	return arena_printf(arena, "%.*s\u2026", STR_ARG(hint));
}

void
keys_print(struct arena *arena, const struct key_record *keys, size_t n,
    int64_t now_ms)
{
	struct columns c =
	    columns_new(arena, "APP KEY ROLE STATE CREATED EXPIRES ORIGIN");

	for (size_t i = 0; i < n; i++) {
		columns_put(&c, keys[i].app_name);
		columns_put(&c, hint_text(arena, keys[i].hint));
		columns_put(&c, keys[i].role_name);
		columns_put(&c, str_of(state_of(&keys[i], now_ms)));
		columns_put(&c, keys[i].created);
		columns_put(&c, date_or_null(arena, keys[i].expires_ms));
		columns_put(&c, origin_of(keys[i].place));
	}
	columns_print(&c);
}

void
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
		member_origin(&json, keys[i].place);
		buf_put_char(&json, '}');
	}
	buf_put_char(&json, ']');
	admin_print(&json);
}
