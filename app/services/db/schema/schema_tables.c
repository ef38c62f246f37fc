/* Calls that make, change and drop tables. */
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

/* One table of the answer: its name, or with fields=* all of it. */
static void
table_show(const struct schema_call *c, struct buf *out, struct str name)
{
	struct str fields = names_option(c->req, c->body, STR("fields"));
	const struct db_table *t = db_service_table(c->service, name);

	if (t != NULL && fields.n > 0 && !str_eq(fields, STR("name"))) {
		describe_table(out, c->req, t);
		return;
	}
	buf_put_lit(out, "{\"name\":");
	json_put_str(out, t == NULL ? name : t->name);
	buf_put_char(out, '}');
}

static void
tables_show(const struct schema_call *c, const struct str *names, size_t n)
{
	struct buf *out = &c->req->response.build;
	struct str wrap = names_option(c->req, c->body, STR("wrap"));

	if (wrap.n == 0)
		wrap = c->req->param[PARAM_WRAP];
	buf_put_lit(out, "{\"resource\":[");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_put_char(out, ',');
		if (asks(c, "as_list"))
			json_put_str(out, names[i]);
		else
			table_show(c, out, names[i]);
	}
	buf_put_lit(out, "]}");
	answer_list(c->req, str_is_no(str_trim(wrap)), false);
}

/*
 * A new table needs POST. One that exists is changed by PUT or PATCH, and by
 * POST too, as DreamFactory does, unless check_exist is on; then by a role that
 * may change it.
 */
static enum status
draft_check(struct schema_call *c, const struct table_draft *t)
{
	struct error err = { .text = "" };
	unsigned verbs = (unsigned)c->req->method;

	if (t->table == NULL)
		verbs = METHOD_POST;
	else if (c->req->method == METHOD_POST)
		verbs = METHOD_PUT | METHOD_PATCH;
	if (t->table != NULL && c->req->method == METHOD_POST &&
	    asks(c, "check_exist"))
		return refuse(c,
		    error_set(&err, ST_EXISTS,
			"A table with name '%.*s' already exist in the "
			"database.",
			STR_ARG(t->name)),
		    &err);
	if (str_find(t->name, '/') < t->name.n)
		return refuse(
		    c, schema_name_check(NAMED_TABLE, t->name, &err), &err);
	return schema_write_allowed(c->req, t->name, verbs);
}

static enum status
twice_check(const struct table_draft *drafts, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (str_eq_nocase(drafts[i].name, drafts[k].name))
				return error_set(err, ST_INVALID,
				    "Table '%.*s' is given twice.",
				    STR_ARG(drafts[i].name));
		}
	}
	return ST_OK;
}

/* ST_OK, or the response holds the refusal. */
static enum status
drafts_run(struct schema_call *c, const struct table_draft *drafts, size_t n)
{
	struct schema_order o = schema_order_open(c->req->arena, c->service);
	struct error err = { .text = "" };
	enum status st = twice_check(drafts, n, &err);

	if (st == ST_OK)
		st = schema_order_tables(&o, drafts, n, &err);
	if (st != ST_OK)
		return refuse(c, st, &err);
	return schema_write_run(c, &o);
}

static enum status
drafts_read(struct schema_call *c, const struct records *records,
    struct table_draft *drafts, struct str *names)
{
	struct error err = { .text = "" };

	for (size_t i = 0; i < records->n; i++) {
		enum status st = table_draft_read(c->service, c->req->arena,
		    records->list[i], STR_NULL, &drafts[i], &err);

		if (st != ST_OK)
			return refuse(c, st, &err);
		if (draft_check(c, &drafts[i]) != ST_OK)
			return ST_DENIED;
		names[i] = drafts[i].name;
	}
	return ST_OK;
}

static void
tables_make(struct schema_call *c)
{
	struct arena *arena = c->req->arena;
	struct records records;
	struct table_draft *drafts;
	struct str *names;

	if (json_records(c->req, c->body, SCHEMA_TABLES_MAX, &records) != ST_OK)
		return;
	drafts = arena_alloc(arena, records.n * sizeof(drafts[0]));
	names = arena_alloc(arena, records.n * sizeof(names[0]));
	if (drafts_read(c, &records, drafts, names) != ST_OK ||
	    drafts_run(c, drafts, records.n) != ST_OK)
		return;
	if (records.form == RECORDS_OBJECT) {
		table_show(c, &c->req->response.build, names[0]);
		answer_json(c->req);
		return;
	}
	tables_show(c, names, records.n);
}

/* One that the role may not drop is as good as refused, before any goes. */
static enum status
victims_find(struct schema_call *c, const struct db_table **list)
{
	struct error err = { .text = "" };

	for (size_t i = 0; i < c->names.n; i++) {
		struct str name = c->names.list[i];

		list[i] = db_service_table(c->service, name);
		if (list[i] == NULL)
			return refuse(c, answer_no_table(name, &err), &err);
		if (schema_write_allowed(
			c->req, list[i]->name, METHOD_DELETE) != ST_OK)
			return ST_DENIED;
		for (size_t k = 0; k < i; k++) {
			if (list[k] == list[i])
				return refuse(c,
				    error_set(&err, ST_INVALID,
					"Table '%.*s' is given twice.",
					STR_ARG(name)),
				    &err);
		}
	}
	return ST_OK;
}

static enum status
tables_drop(struct schema_call *c)
{
	const struct db_table **list =
	    arena_alloc(c->req->arena, c->names.n * sizeof(list[0]));
	struct schema_order o = schema_order_open(c->req->arena, c->service);
	struct error err = { .text = "" };
	enum status st = victims_find(c, list);

	if (st != ST_OK)
		return st;
	st = schema_order_drop_tables(&o, list, c->names.n, &err);
	if (st != ST_OK)
		return refuse(c, st, &err);
	return schema_write_run(c, &o);
}

static void
success_show(struct request *req)
{
	buf_put_lit(&req->response.build, "{\"success\":true}");
	answer_json(req);
}

void
schema_write_tables(struct schema_call *c)
{
	struct error err = { .text = "" };

	if (c->req->method != METHOD_DELETE) {
		tables_make(c);
		return;
	}
	if (names_read(c->req, c->body, &c->names, &err) != ST_OK)
		answer_refuse(c->req, ST_INVALID, &err);
	else if (c->names.n == 0)
		response_fail(c->req, 400, "No data in schema delete request.");
	else if (c->names.n > SCHEMA_TABLES_MAX)
		response_fail(c->req, 400,
		    "The request has %zu tables; at most %d are allowed.",
		    c->names.n, SCHEMA_TABLES_MAX);
	else if (tables_drop(c) == ST_OK)
		tables_show(c, c->names.list, c->names.n);
}

/* The body is the table; the path says its name. */
static void
table_make(struct schema_call *c)
{
	struct error err = { .text = "" };
	struct records records;
	struct table_draft draft;
	enum status st;

	if (json_records(c->req, c->body, 1, &records) != ST_OK)
		return;
	st = table_draft_read(c->service, c->req->arena, records.list[0],
	    c->table_name, &draft, &err);
	if (st != ST_OK) {
		(void)refuse(c, st, &err);
		return;
	}
	if (draft_check(c, &draft) != ST_OK ||
	    drafts_run(c, &draft, 1) != ST_OK)
		return;
	table_show(c, &c->req->response.build, draft.name);
	answer_json(c->req);
}

void
schema_write_table(struct schema_call *c)
{
	struct error err = { .text = "" };

	if (c->table == NULL && c->req->method != METHOD_POST)
		answer_refuse(
		    c->req, answer_no_table(c->table_name, &err), &err);
	else if (c->req->method != METHOD_DELETE) {
		table_make(c);
	} else {
		c->names = (struct names){ &c->table_name, 1 };
		if (tables_drop(c) == ST_OK)
			success_show(c->req);
	}
}
