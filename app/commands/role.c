/* `weir role`: what callers may do. */
#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/commands/admin.h"
#include "app/commands/columns.h"
#include "app/commands/commands.h"
#include "middleware/registry/role_records.h"
#include "middleware/registry/system_db.h"
#include "middleware/registry/words.h"

static struct str
verbs_text(struct arena *arena, unsigned mask)
{
	struct buf text = buf_in(arena);

	verbs_put(&text, mask);
	return buf_str(&text);
}

static void
row_put(struct arena *arena, struct buf *json, const struct access_record *row)
{
	buf_put_char(json, '{');
	member_text(json, "service", row->service_name);
	member_text(json, "component", row->component);
	member_text(json, "verbs", verbs_text(arena, row->verb_mask));
	member_i64(json, "verb_mask", row->verb_mask);
	member_i64(json, "requestor_mask", row->requestor_mask);
	buf_put_char(json, '}');
}

static void
record_put(struct arena *arena, struct buf *json, const struct role_record *r)
{
	buf_put_char(json, '{');
	member_i64(json, "id", r->id);
	member_text(json, "name", r->name);
	member_text(json, "description", r->description);
	member_bool(json, "is_active", r->active);
	json_put_name(json, STR("access"));
	buf_put_char(json, '[');
	for (size_t i = 0; i < r->n_rows; i++) {
		if (i > 0)
			buf_put_char(json, ',');
		row_put(arena, json, &r->rows[i]);
	}
	buf_put_lit(json, "]}");
}

static int
role_add(struct command_call *call)
{
	struct role_record r = { .name = str_of(call->operands[0]),
		.description = str_of(command_value(call, "--description")),
		.active = true };
	struct buf json = buf_in(call->arena);
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = role_record_add(&db, &r, &err);
	if (st == ST_OK && command_switch(call, "--json")) {
		record_put(call->arena, &json, &r);
		admin_print(&json);
	} else if (st == ST_OK) {
		(void)printf("role \"%.*s\" added; `weir role grant` says what "
			     "it may do\n",
		    STR_ARG(r.name));
	}
	return admin_close(&db, st, &err);
}

static int
role_grant(struct command_call *call)
{
	const char *component = command_value(call, "--component");
	const char *verbs = command_value(call, "--verbs");
	struct grant_order order = { .role = str_of(call->operands[0]),
		.service = str_of(command_value(call, "--service")),
		.component = str_of(component == NULL ? "*" : component) };
	struct error err = { 0 };
	struct system_db db;
	bool changed;
	enum status st;

	st = verbs_parse(
	    str_of(verbs == NULL ? "GET" : verbs), &order.verb_mask, &err);
	if (st != ST_OK)
		return command_fail("%s", err.text);
	if (!admin_open(call, &db))
		return 1;
	st = role_record_grant(&db, &order, &changed, &err);
	if (st == ST_OK)
		(void)printf("role \"%.*s\" %s %.*s on \"%.*s\" of %.*s\n",
		    STR_ARG(order.role), changed ? "now has" : "has",
		    STR_ARG(verbs_text(call->arena, order.verb_mask)),
		    STR_ARG(order.component), STR_ARG(order.service));
	return admin_close(&db, st, &err);
}

/* One line a row; a role without rows has a line of its own. */
static void
role_rows_put(
    struct arena *arena, struct columns *c, const struct role_record *r)
{
	size_t i = 0;

	do {
		const struct access_record *row =
		    i < r->n_rows ? &r->rows[i] : NULL;

		columns_put(c, r->name);
		columns_put(c, r->active ? STR("yes") : STR("no"));
		if (row == NULL) {
			columns_put(c, STR_NULL);
			columns_put(c, STR_NULL);
			columns_put(c, STR_NULL);
			continue;
		}
		columns_put(
		    c, row->service_id == 0 ? STR("*") : row->service_name);
		columns_put(
		    c, row->component.n == 0 ? STR("/") : row->component);
		columns_put(c, verbs_text(arena, row->verb_mask));
	} while (++i < r->n_rows);
}

static void
records_print(
    const struct command_call *call, const struct role_record *list, size_t n)
{
	struct arena *arena = call->arena;
	struct columns c =
	    columns_new(arena, "ROLE ACTIVE SERVICE COMPONENT VERBS");
	struct buf json = buf_in(arena);

	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_put_char(&json, ',');
		record_put(arena, &json, &list[i]);
		role_rows_put(arena, &c, &list[i]);
	}
	buf_put_char(&json, ']');
	if (command_switch(call, "--json"))
		admin_print(&json);
	else
		columns_print(&c);
}

static int
role_list(struct command_call *call)
{
	struct role_record *list;
	struct error err = { 0 };
	struct system_db db;
	enum status st;
	size_t n;

	if (!admin_open(call, &db))
		return 1;
	st = role_records_list(&db, call->arena, &list, &n, &err);
	if (st == ST_OK)
		records_print(call, list, n);
	return admin_close(&db, st, &err);
}

static const struct command_option add_options[] = {
	{ "--description", "TEXT", false, "who it is for" },
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

static const struct command_option grant_options[] = {
	{ "--service", "NAME", true, "which service, or \"*\" for all" },
	{ "--component", "COMPONENT", false,
	    "which part of it, as in _table/orders or \"_table/*\"; without, "
	    "all of it" },
	{ "--verbs", "VERBS", false,
	    "GET,POST,PUT,PATCH,DELETE, all, or none to deny; without, GET" },
	{ 0 },
};

static const struct command_option list_options[] = {
	{ "--json", NULL, false, "print a JSON array" },
	{ 0 },
};

const struct command role_commands[] = {
	{ .noun = "role",
	    .verb = "add",
	    .operands = "NAME",
	    .summary = "Add a role, which may do nothing yet",
	    .options = add_options,
	    .needs_settings = true,
	    .run = role_add },
	{ .noun = "role",
	    .verb = "grant",
	    .operands = "ROLE",
	    .summary = "Say what a role may do; again, to change it",
	    .options = grant_options,
	    .needs_settings = true,
	    .run = role_grant },
	{ .noun = "role",
	    .verb = "list",
	    .summary = "List roles and what they may do",
	    .options = list_options,
	    .needs_settings = true,
	    .run = role_list },
	{ 0 },
};
