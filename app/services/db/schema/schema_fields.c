/* Calls that make, change and drop fields of one table. */
#include "app/base/jsonout.h"
#include "app/services/db/answer.h"
#include "app/services/db/db.h"
#include "app/services/db/schema/describe.h"
#include "app/services/db/schema/schema_write.h"
#include "app/services/db/schema/table_draft.h"
#include "middleware/json.h"
#include "middleware/request.h"

static bool
asks(const struct schema_call *c, const char *name)
{
	return str_to_bool(names_option(c->req, c->body, str_of(name)));
}

static enum status
refuse(struct schema_call *c, enum status st, const struct error *err)
{
	schema_write_refuse(c->req, st, err);
	return st;
}

static void
field_show(const struct schema_call *c, struct buf *out, struct str name)
{
	struct str fields = names_option(c->req, c->body, STR("fields"));
	const struct db_table *t = db_service_table(c->service, c->table_name);
	const struct column *column = t == NULL ? NULL : table_column(t, name);

	if (column != NULL && fields.n > 0 && !str_eq(fields, STR("name"))) {
		describe_field(out, c->req->arena, t, column);
		return;
	}
	buf_put_lit(out, "{\"name\":");
	json_put_str(out, column == NULL ? name : column->name);
	buf_put_char(out, '}');
}

static void
fields_show(const struct schema_call *c, const struct table_draft *draft)
{
	struct buf *out = &c->req->response.build;

	if (!str_is_null(c->name)) {
		field_show(c, out, c->name);
		answer_json(c->req);
		return;
	}
	buf_put_lit(out, "{\"resource\":[");
	for (size_t i = 0; i < draft->n_fields; i++) {
		if (i > 0)
			buf_put_char(out, ',');
		if (asks(c, "as_list"))
			json_put_str(out, draft->fields[i].name);
		else
			field_show(c, out, draft->fields[i].name);
	}
	buf_put_lit(out, "]}");
	answer_list(c->req, false, false);
}

static enum status
missing(const struct schema_call *c, struct str name, struct error *err)
{
	return error_set(err, ST_MISSING,
	    "Field '%.*s' does not exist in table '%.*s'.", STR_ARG(name),
	    STR_ARG(c->table->name));
}

/* By its path a field is made by POST alone, and with check_exist only where
 * there is none. */
static enum status
existence_check(
    struct schema_call *c, const struct table_draft *draft, struct error *err)
{
	for (size_t i = 0; i < draft->n_fields; i++) {
		struct str name = draft->fields[i].name;
		bool exists = table_column(c->table, name) != NULL;

		if (!exists && !str_is_null(c->name) &&
		    c->req->method != METHOD_POST)
			return missing(c, name, err);
		if (exists && c->req->method == METHOD_POST &&
		    asks(c, "check_exist"))
			return error_set(err, ST_EXISTS,
			    "A field with name '%.*s' already exist in table "
			    "'%.*s'.",
			    STR_ARG(name), STR_ARG(c->table->name));
	}
	return ST_OK;
}

static enum status
draft_read(struct schema_call *c, const struct records *records,
    struct table_draft *draft, struct error *err)
{
	enum status st;

	if (str_is_null(c->name))
		return table_draft_fields(c->req->arena, c->table,
		    records->list, records->n, draft, err);
	*draft = (struct table_draft){ .name = c->table->name,
		.table = c->table,
		.fields = arena_alloc(c->req->arena, sizeof(draft->fields[0])),
		.n_fields = 1 };
	st = field_draft_read(
	    c->req->arena, records->list[0], c->name, &draft->fields[0], err);
	return st;
}

static void
fields_make(struct schema_call *c)
{
	struct schema_order o = schema_order_open(c->req->arena, c->service);
	size_t max = str_is_null(c->name) ? SCHEMA_FIELDS_MAX : 1;
	struct error err = { .text = "" };
	struct records records;
	struct table_draft draft;
	enum status st;

	if (json_records(c->req, c->body, max, &records) != ST_OK)
		return;
	st = draft_read(c, &records, &draft, &err);
	if (st == ST_OK)
		st = existence_check(c, &draft, &err);
	if (st == ST_OK)
		st = schema_order_tables(&o, &draft, 1, &err);
	if (st != ST_OK)
		(void)refuse(c, st, &err);
	else if (schema_write_run(c, &o) == ST_OK)
		fields_show(c, &draft);
}

static enum status
victims_find(
    const struct schema_call *c, const struct column **list, struct error *err)
{
	for (size_t i = 0; i < c->names.n; i++) {
		struct str name = c->names.list[i];

		list[i] = table_column(c->table, name);
		if (list[i] == NULL)
			return missing(c, name, err);
		for (size_t k = 0; k < i; k++) {
			if (list[k] == list[i])
				return error_set(err, ST_INVALID,
				    "Field '%.*s' is given twice.",
				    STR_ARG(name));
		}
	}
	return ST_OK;
}

static void
fields_drop(struct schema_call *c)
{
	struct request *req = c->req;
	const struct column **list =
	    arena_alloc(req->arena, c->names.n * sizeof(list[0]));
	struct schema_order o = schema_order_open(req->arena, c->service);
	struct error err = { .text = "" };
	enum status st = victims_find(c, list, &err);

	if (st == ST_OK)
		st = schema_order_drop_fields(
		    &o, c->table, list, c->names.n, &err);
	if (st != ST_OK) {
		(void)refuse(c, st, &err);
		return;
	}
	if (schema_write_run(c, &o) != ST_OK)
		return;
	buf_put_lit(&req->response.build, "{\"success\":true}");
	answer_json(req);
}

static enum status
names_take(struct schema_call *c, struct error *err)
{
	if (str_is_null(c->name))
		return names_read(c->req, c->body, &c->names, err);
	c->names = (struct names){ &c->name, 1 };
	return ST_OK;
}

void
schema_write_fields(struct schema_call *c)
{
	struct error err = { .text = "" };

	if (c->table == NULL)
		answer_refuse(
		    c->req, answer_no_table(c->table_name, &err), &err);
	else if (c->part == SCHEMA_RELATED)
		response_fail(c->req, 501,
		    "Relations come of fields that refer to others: give a "
		    "field 'ref_table' and 'ref_field'.");
	else if (c->req->method != METHOD_DELETE)
		fields_make(c);
	else if (names_take(c, &err) != ST_OK)
		answer_refuse(c->req, ST_INVALID, &err);
	else if (c->names.n == 0)
		response_fail(c->req, 400, "No data in schema delete request.");
	else
		fields_drop(c);
}
