/* Describing a schema: its tables, and the fields and relations of one. */
#include "app/base/jsonout.h"
#include "app/services/db/answer.h"
#include "app/services/db/db.h"
#include "app/services/db/read/listing.h"
#include "app/services/db/relation/relation.h"
#include "app/services/db/schema/describe.h"
#include "app/services/db/schema/schema_call.h"
#include "app/services/db/table_rights.h"
#include "middleware/request.h"

/* Of many tables and their fields; one answer is no larger. */
#define DESCRIBE_BYTES_MAX (16u << 20)

static bool
asks(const struct schema_call *c, const char *name)
{
	return str_to_bool(names_option(c->req, c->body, str_of(name)));
}

static bool
is_bare(const struct schema_call *c)
{
	struct str wrap = names_option(c->req, c->body, STR("wrap"));

	if (wrap.n == 0)
		wrap = c->req->param[PARAM_WRAP];
	return str_is_no(str_trim(wrap));
}

/* One that the role may not see is as good as none. */
static const struct db_table *
table_seen(const struct schema_call *c, struct str name)
{
	const struct db_table *t = db_service_table(c->service, name);

	if (t == NULL ||
	    (table_rights(c->req, STR("_schema"), t->name) & METHOD_GET) == 0)
		return NULL;
	return t;
}

static enum status
tables_describe(struct schema_call *c, struct error *err)
{
	struct buf *out = &c->req->response.build;

	for (size_t i = 0; i < c->names.n; i++) {
		const struct db_table *t = table_seen(c, c->names.list[i]);

		if (t == NULL)
			return answer_no_table(c->names.list[i], err);
		if (out->n > DESCRIBE_BYTES_MAX)
			return error_set(err, ST_INVALID,
			    "The answer is too large: ask for fewer tables.");
		if (i > 0)
			buf_put_char(out, ',');
		describe_table(out, c->req, t);
	}
	return ST_OK;
}

/* A field or a relation of the table. */
struct part {
	struct str name;
	const struct column *column;
	const struct relation *relation;
};

static struct part
part_at(const struct schema_call *c, size_t i)
{
	const struct relations *relations;

	if (c->part == SCHEMA_FIELD)
		return (struct part){ .name = c->table->columns[i].name,
			.column = &c->table->columns[i] };
	relations = describe_relations(c->req, c->table);
	return (struct part){ .name = relations->list[i].name,
		.relation = &relations->list[i] };
}

static size_t
parts_count(const struct schema_call *c)
{
	return c->part == SCHEMA_FIELD
		   ? c->table->n_columns
		   : describe_relations(c->req, c->table)->n;
}

static enum status
part_find(const struct schema_call *c, struct str name, struct part *out,
    struct error *err)
{
	*out = (struct part){ .name = STR_NULL };
	if (c->part == SCHEMA_FIELD)
		out->column = table_column(c->table, name);
	else
		out->relation =
		    relation_find(describe_relations(c->req, c->table), name);
	if (out->column != NULL)
		out->name = out->column->name;
	else if (out->relation != NULL)
		out->name = out->relation->name;
	else
		return error_set(err, ST_MISSING,
		    "%s '%.*s' does not exist in table '%.*s'.",
		    c->part == SCHEMA_FIELD ? "Field" : "Relationship",
		    STR_ARG(name), STR_ARG(c->table->name));
	return ST_OK;
}

static void
part_describe(const struct schema_call *c, const struct part *part)
{
	struct buf *out = &c->req->response.build;

	if (part->column != NULL)
		describe_field(out, c->req->arena, c->table, part->column);
	else
		describe_relation(out, c->req, part->relation);
}

static void
part_list(const struct schema_call *c, const struct part *part, size_t i)
{
	struct buf *out = &c->req->response.build;

	if (i > 0)
		buf_put_char(out, ',');
	if (asks(c, "as_list"))
		json_put_str(out, part->name);
	else
		part_describe(c, part);
}

static enum status
parts_list(const struct schema_call *c, struct error *err)
{
	bool all = c->names.n == 0;
	size_t n = all ? parts_count(c) : c->names.n;
	enum status st = ST_OK;

	for (size_t i = 0; i < n && st == ST_OK; i++) {
		struct part part;

		if (all)
			part = part_at(c, i);
		else
			st = part_find(c, c->names.list[i], &part, err);
		if (st == ST_OK)
			part_list(c, &part, i);
	}
	return st;
}

static enum status
list_answer(struct schema_call *c, struct error *err)
{
	struct buf *out = &c->req->response.build;
	enum status st;

	buf_put_lit(out, "{\"resource\":[");
	st = c->table == NULL ? tables_describe(c, err) : parts_list(c, err);
	buf_put_lit(out, "]}");
	if (st == ST_OK)
		answer_list(c->req, is_bare(c), false);
	return st;
}

static enum status
one_answer(struct schema_call *c, struct error *err)
{
	struct part part;
	enum status st = ST_OK;

	if (c->part == SCHEMA_TABLE)
		describe_table(&c->req->response.build, c->req, c->table);
	else
		st = part_find(c, c->name, &part, err);
	if (st == ST_OK && c->part != SCHEMA_TABLE)
		part_describe(c, &part);
	if (st == ST_OK)
		answer_json(c->req);
	return st;
}

void
schema_read(struct schema_call *c)
{
	struct error err = { .text = "" };
	enum status st = ST_OK;

	if (!str_is_null(c->table_name) && c->table == NULL)
		st = answer_no_table(c->table_name, &err);
	if (st == ST_OK)
		st = names_read(c->req, c->body, &c->names, &err);
	if (st == ST_OK && c->table == NULL && c->names.n == 0) {
		listing_tables(c->req, STR("_schema"), c->body, &c->names);
		return;
	}
	if (st == ST_OK && c->table != NULL &&
	    (c->part == SCHEMA_TABLE || !str_is_null(c->name)))
		st = one_answer(c, &err);
	else if (st == ST_OK)
		st = list_answer(c, &err);
	if (st != ST_OK)
		answer_refuse(c->req, st, &err);
}
