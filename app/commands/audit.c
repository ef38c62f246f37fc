/* `weir audit`: who changed what. */
#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/commands/admin.h"
#include "app/commands/columns.h"
#include "app/commands/commands.h"
#include "middleware/registry/audit_records.h"

#define LIST_USUAL 100
#define LIST_MAX   100000
#define AGE_MAX    (3650 * INT64_C(86400)) /* seconds */
#define SECOND_MS  INT64_C(1000)

/* A member that is JSON already. */
static void
member_json(struct buf *json, const char *name, struct str value)
{
	json_put_name(json, str_of(name));
	buf_put(json, str_is_null(value) ? STR("null") : value);
}

static void
audit_print_json(struct arena *arena, const struct audit_record *list, size_t n)
{
	struct buf json = buf_in(arena);

	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		buf_put(&json, i == 0 ? STR("{") : STR(",{"));
		member_i64(&json, "id", list[i].id);
		member_text(&json, "at", list[i].at);
		member_text(&json, "actor", list[i].actor);
		member_text(&json, "source", list[i].source);
		member_text(&json, "action", list[i].action);
		member_text(&json, "resource", list[i].resource);
		member_i64(&json, "record_id", list[i].record_id);
		member_json(&json, "before", list[i].before);
		member_json(&json, "after", list[i].after);
		buf_put_char(&json, '}');
	}
	buf_put_char(&json, ']');
	admin_print(&json);
}

static void
audit_print(struct arena *arena, const struct audit_record *list, size_t n)
{
	struct columns c = columns_new(
	    arena, "AT ACTOR SOURCE ACTION RESOURCE ID BEFORE AFTER");

	for (size_t i = 0; i < n; i++) {
		columns_put(&c, list[i].at);
		columns_put(&c, list[i].actor);
		columns_put(&c, list[i].source);
		columns_put(&c, list[i].action);
		columns_put(&c, list[i].resource);
		columns_put(&c,
		    arena_printf(arena, "%lld", (long long)list[i].record_id));
		columns_put(&c, list[i].before);
		columns_put(&c, list[i].after);
	}
	columns_print(&c);
}

static int
audit_list(struct command_call *call)
{
	struct audit_record *list = NULL;
	int64_t max = LIST_USUAL;
	struct error err = { 0 };
	struct system_db db;
	size_t n = 0;
	enum status st;

	if (!admin_number(call, "--limit", 1, LIST_MAX, &max) ||
	    !admin_open(call, &db))
		return 1;
	st = audit_records_list(&db, call->arena,
	    str_of(command_value(call, "--resource")), max, &list, &n, &err);
	if (st == ST_OK && command_switch(call, "--json"))
		audit_print_json(call->arena, list, n);
	else if (st == ST_OK)
		audit_print(call->arena, list, n);
	return admin_close(&db, st, &err);
}

static int
audit_prune(struct command_call *call)
{
	int64_t age = 0, n = 0;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_seconds(call, "--older-than", AGE_MAX, &age) ||
	    !admin_open(call, &db))
		return 1;
	st = audit_records_prune(&db, db.wall_ms - age * SECOND_MS, &n, &err);
	if (st == ST_OK)
		(void)printf("%lld entr%s removed\n", (long long)n,
		    n == 1 ? "y" : "ies");
	return admin_close(&db, st, &err);
}

static const struct command_option list_options[] = {
	{ "--resource", "NAME", false,
	    "only what changed of these: service, role, role_service_access, "
	    "app, app_key, limit, user, user_to_app_to_role, lookup, cors, "
	    "session, cache" },
	{ "--limit", "N", false, "how many at most; without, 100" },
	{ "--json", NULL, false, "print a JSON array" },
	{ 0 },
};

static const struct command_option prune_options[] = {
	{ "--older-than", "TIME", true, "as in 90d" },
	{ 0 },
};

const struct command audit_commands[] = {
	{ .noun = "audit",
	    .verb = "list",
	    .summary = "List who changed what, the newest first",
	    .options = list_options,
	    .needs_settings = true,
	    .run = audit_list },
	{ .noun = "audit",
	    .verb = "prune",
	    .summary = "Remove what is old",
	    .options = prune_options,
	    .needs_settings = true,
	    .run = audit_prune },
	{ 0 },
};
