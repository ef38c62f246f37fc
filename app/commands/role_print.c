#include "app/commands/role_print.h"

#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/command.h"
#include "app/commands/admin.h"
#include "app/commands/admin_records.h"
#include "app/commands/columns.h"
#include "middleware/registry/app_records.h"
#include "middleware/registry/role_records.h"
#include "middleware/registry/row_filters.h"
#include "middleware/registry/words.h"

#define HEADINGS    "ROLE ORIGIN ACTIVE SERVICE COMPONENT VERBS REQUESTORS FILTERS"
#define ROW_COLUMNS 5 /* of a row in a list */

struct str
verbs_text(struct arena *arena, unsigned mask)
{
	struct buf text = buf_in(arena);

	verbs_put(&text, mask);
	return buf_str(&text);
}

static struct str
requestors_text(struct arena *arena, unsigned mask)
{
	struct buf text = buf_in(arena);

	requestors_put(&text, mask);
	return buf_str(&text);
}

static struct str
filters_text(struct arena *arena, const struct access_record *row)
{
	struct buf text = buf_in(arena);

	row_filters_put(
	    &text, row_filters_read(arena, row->filters, row->filter_op));
	return text.n == 0 ? STR_NULL : buf_str(&text);
}

/* As they are kept: JSON where it is, else a string that is no list. */
static void
filters_put(
    struct arena *arena, struct buf *json, const struct access_record *row)
{
	struct json list;

	json_put_name(json, STR("filters"));
	if (str_trim(row->filters).n == 0)
		buf_put_lit(json, "[]");
	else if (json_parse(arena, row->filters, &list, NULL) == ST_OK)
		buf_put(json, list.text);
	else
		json_put_str(json, row->filters);
	member_text(json, "filter_op", row->filter_op);
}

static void
row_put(struct arena *arena, struct buf *json, const struct access_record *row)
{
	buf_put_char(json, '{');
	member_text(json, "service", row->service_name);
	member_text(json, "component", row->component);
	member_text(json, "verbs", verbs_text(arena, row->verb_mask));
	member_i64(json, "verb_mask", row->verb_mask);
	member_text(
	    json, "requestors", requestors_text(arena, row->requestor_mask));
	member_i64(json, "requestor_mask", row->requestor_mask);
	filters_put(arena, json, row);
	buf_put_char(json, '}');
}

/* All members, and an open end. */
static void
members_put(struct arena *arena, struct buf *json, const struct role_record *r)
{
	buf_put_char(json, '{');
	member_i64(json, "id", r->id);
	member_text(json, "name", r->name);
	member_text(json, "description", r->description);
	member_bool(json, "is_active", r->active);
	member_origin(json, r->place);
	json_put_name(json, STR("access"));
	buf_put_char(json, '[');
	for (size_t i = 0; i < r->n_rows; i++) {
		if (i > 0)
			buf_put_char(json, ',');
		row_put(arena, json, &r->rows[i]);
	}
	buf_put_char(json, ']');
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
		columns_put(c, origin_of(r->place));
		columns_put(c, r->active ? STR("yes") : STR("no"));
		if (row == NULL) {
			for (int j = 0; j < ROW_COLUMNS; j++)
				columns_put(c, STR_NULL);
			continue;
		}
		columns_put(
		    c, row->service_id == 0 ? STR("*") : row->service_name);
		columns_put(
		    c, row->component.n == 0 ? STR("/") : row->component);
		columns_put(c, verbs_text(arena, row->verb_mask));
		columns_put(c, requestors_text(arena, row->requestor_mask));
		columns_put(c, filters_text(arena, row));
	} while (++i < r->n_rows);
}

void
roles_print(
    const struct command_call *call, const struct role_record *list, size_t n)
{
	struct arena *arena = call->arena;
	struct columns c = columns_new(arena, HEADINGS);
	struct buf json = buf_in(arena);

	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_put_char(&json, ',');
		members_put(arena, &json, &list[i]);
		buf_put_char(&json, '}');
		role_rows_put(arena, &c, &list[i]);
	}
	buf_put_char(&json, ']');
	if (command_switch(call, "--json"))
		admin_print(&json);
	else
		columns_print(&c);
}

void
role_print_json(const struct command_call *call, const struct role_record *r)
{
	struct buf json = buf_in(call->arena);

	members_put(call->arena, &json, r);
	buf_put_char(&json, '}');
	admin_print(&json);
}

static void
role_print_fields(const struct command_call *call, const struct role_record *r,
    const struct app_record *apps, size_t n_apps)
{
	struct columns c = columns_new(call->arena, HEADINGS);
	struct buf names = buf_in(call->arena);

	for (size_t i = 0; i < n_apps; i++) {
		if (apps[i].role_id == r->id)
			buf_printf(&names, "%s%.*s", names.n > 0 ? ", " : "",
			    STR_ARG(apps[i].name));
	}
	admin_field("name", r->name);
	admin_field("description", r->description);
	admin_field("active", r->active ? STR("yes") : STR("no"));
	admin_field("apps", buf_str(&names));
	(void)printf("\n");
	role_rows_put(call->arena, &c, r);
	columns_print(&c);
}

void
role_print(const struct command_call *call, const struct role_record *r,
    const struct app_record *apps, size_t n_apps)
{
	struct buf json = buf_in(call->arena);

	if (!command_switch(call, "--json")) {
		role_print_fields(call, r, apps, n_apps);
		return;
	}
	members_put(call->arena, &json, r);
	json_put_name(&json, STR("apps"));
	buf_put_char(&json, '[');
	for (size_t i = 0; i < n_apps; i++) {
		if (apps[i].role_id != r->id)
			continue;
		if (json.p[json.n - 1] != '[')
			buf_put_char(&json, ',');
		json_put_str(&json, apps[i].name);
	}
	buf_put_lit(&json, "]}");
	admin_print(&json);
}
