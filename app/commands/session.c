/* `weir session`: who is logged in, and logging them out. */
#include <stdio.h>
#include <string.h>

#include "app/base/arena.h"
#include "app/commands/admin.h"
#include "app/commands/columns.h"
#include "app/commands/commands.h"
#include "app/commands/user_sessions.h"
#include "middleware/registry/session_records.h"
#include "middleware/registry/user_records.h"

#define LIST_MAX  1000
#define SECOND_MS 1000

static enum status
user_of(const struct command_call *call, struct system_db *db,
    struct user_record *out, struct error *err)
{
	const char *text = call->operands[0];
	bool email = strchr(text, '@') != NULL;

	return user_record_find(db, call->arena,
	    email ? USER_EMAIL : USER_USERNAME, str_of(text), out, err);
}

static struct str
date_of(struct arena *arena, int64_t seconds)
{
	char date[DATE_BYTES];

	date_text(seconds * SECOND_MS, date);
	return arena_dup(arena, str_of(date));
}

/* Lists are short: each user is read anew. */
static struct str
email_of(const struct command_call *call, struct system_db *db, int64_t id)
{
	struct user_record user;

	return user_record_get(db, call->arena, id, &user, NULL) == ST_OK
		   ? user.email
		   : STR_NULL;
}

static void
put_json(const struct command_call *call, struct system_db *db,
    const struct session_record *list, size_t n)
{
	struct buf json = buf_in(call->arena);

	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		const struct session_record *r = &list[i];

		buf_put(&json, i == 0 ? STR("{") : STR(",{"));
		member_i64(&json, "id", r->id);
		member_i64(&json, "user_id", r->user_id);
		member_text(&json, "email", email_of(call, db, r->user_id));
		member_text(
		    &json, "login_date", date_of(call->arena, r->begun));
		member_text(
		    &json, "token_date", date_of(call->arena, r->issued));
		member_text(
		    &json, "end_date", date_of(call->arena, r->expires));
		member_bool(&json, "forever", r->forever);
		member_text(&json, "ip_address", r->address);
		buf_put_char(&json, '}');
	}
	buf_put_char(&json, ']');
	admin_print(&json);
}

static void
put_columns(const struct command_call *call, struct system_db *db,
    const struct session_record *list, size_t n)
{
	struct columns c =
	    columns_new(call->arena, "ID USER LOGIN TOKEN END ADDRESS");

	for (size_t i = 0; i < n; i++) {
		const struct session_record *r = &list[i];

		columns_put(
		    &c, arena_printf(call->arena, "%lld", (long long)r->id));
		columns_put(&c, email_of(call, db, r->user_id));
		columns_put(&c, date_of(call->arena, r->begun));
		columns_put(&c, date_of(call->arena, r->issued));
		columns_put(&c, r->forever ? STR("renewed for ever")
					   : date_of(call->arena, r->expires));
		columns_put(&c, r->address);
	}
	columns_print(&c);
}

static int
session_list(struct command_call *call)
{
	struct session_record *list = NULL;
	struct user_record user = { 0 };
	struct error err = { 0 };
	struct system_db db;
	enum status st = ST_OK;
	size_t n = 0;

	if (!admin_open(call, &db))
		return 1;
	if (call->n_operands > 0)
		st = user_of(call, &db, &user, &err);
	if (st == ST_OK)
		st = session_records_list(
		    &db, call->arena, user.id, LIST_MAX, &list, &n, &err);
	if (st == ST_OK && command_switch(call, "--json"))
		put_json(call, &db, list, n);
	else if (st == ST_OK)
		put_columns(call, &db, list, n);
	return admin_close(&db, st, &err);
}

/* Whose session it is. */
static enum status
owner_of(const struct command_call *call, struct system_db *db, int64_t id,
    int64_t *user_id, struct error *err)
{
	struct session_record session = { 0 };
	struct user_record user = { 0 };
	enum status st;

	if (id == 0) {
		st = user_of(call, db, &user, err);
		*user_id = user.id;
		return st;
	}
	st = session_record_get(db, call->arena, id, &session, err);
	*user_id = session.user_id;
	return st;
}

static int
session_end_all(struct command_call *call, int64_t id)
{
	struct user_sessions told = { 0 };
	int64_t user_id = 0;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = owner_of(call, &db, id, &user_id, &err);
	if (st == ST_OK)
		user_sessions_begin(call, user_id, &told);
	if (st == ST_OK)
		st = session_records_drop(&db, user_id, id, &err);
	st = user_sessions_end(&told, st, &err);
	if (st == ST_OK)
		(void)printf("%s\n", id == 0 ? "all sessions of the user ended"
					     : "the session ended");
	return admin_close(&db, st, &err);
}

static int
session_end(struct command_call *call)
{
	int64_t id = 0;

	if (!admin_number(call, "--id", 1, INT64_MAX, &id))
		return 1;
	if ((id == 0) == (call->n_operands == 0))
		return command_misuse(
		    call->command, "a user, or --id of a session, is expected");
	return session_end_all(call, id);
}

static const struct command_option list_options[] = {
	{ "--json", NULL, false, "print a JSON array" },
	{ 0 },
};

static const struct command_option end_options[] = {
	{ "--id", "ID", false,
	    "only this session, as `session list` shows it" },
	{ 0 },
};

const struct command session_commands[] = {
	{ .noun = "session",
	    .verb = "list",
	    .operands = "[EMAIL-OR-USERNAME]",
	    .summary = "List who is logged in, the latest first",
	    .options = list_options,
	    .needs_settings = true,
	    .run = session_list },
	{ .noun = "session",
	    .verb = "end",
	    .operands = "[EMAIL-OR-USERNAME]",
	    .summary = "End the sessions of a user, or one",
	    .options = end_options,
	    .needs_settings = true,
	    .run = session_end },
	{ 0 },
};
