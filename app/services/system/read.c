/*
 * A read is a call on a table of the system database, made as the data API
 * makes it of a request of its own: with the parameters of the call, but for
 * those that records are shown by.
 */
#include "app/services/system/read.h"

#include "app/base/arena.h"
#include "app/services/db/db.h"
#include "app/services/system/limit_related.h"
#include "app/services/system/reading.h"
#include "app/services/system/resource.h"
#include "app/services/system/rights.h"
#include "app/services/system/tables.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"
#include "middleware/response.h"

#define ADDED_MAX 3 /* parameters that a read has besides the call's */

/* What the answer is not made of, or is made of here. */
static const char *const left_out[] = { "fields", "select", "related", "group",
	"group_by", "having", "include_schema", "continue", "rollback", "force",
	"id_field", "allow_related_delete", "wrap" };

/* Besides those, once it is known which records are shown. */
static const char *const of_lists[] = { "ids", "filter", "where", "limit",
	"top", "offset", "skip", "order", "sort", "order_by", "include_count",
	"count_only", "as_list" };

/* Besides those, where only the ids of the records are asked for. */
static const char *const of_answers[] = { "include_count", "count_only",
	"as_list" };

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static bool
is_one_of(const char *const *names, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq_nocase(name, str_of(names[i])))
			return true;
	}
	return false;
}

static bool
is_on(const struct reading *r, const char *name)
{
	return str_to_bool(reading_asked(r, name, NULL));
}

static void
param_add(struct params *params, struct str name, struct str value)
{
	params->list[params->n++] = (struct param){ name, value };
}

static struct str
ids_text(struct arena *arena, const struct system_read *read)
{
	struct buf list = buf_in(arena);

	for (size_t i = 0; i < read->n_ids; i++) {
		if (i > 0)
			buf_put_char(&list, ',');
		buf_put_i64(&list, read->ids[i]);
	}
	return buf_str(&list);
}

/* The parameters of the call that are the data API's to understand. */
static void
params_make(struct reading *r, bool ids_only)
{
	const struct params *from = &r->options.params;
	const struct system_read *read = r->read;
	struct params *to = &r->inner->query;
	struct str related = reading_related(r);
	bool is_list = str_is_null(read->id);

	*to = (struct params){ arena_alloc(r->req->arena,
				   (from->n + ADDED_MAX) * sizeof(to->list[0])),
		0 };
	for (size_t i = 0; i < from->n; i++) {
		struct str name = from->list[i].name;

		if (is_one_of(left_out, LENGTH(left_out), name) ||
		    ((!is_list || read->n_ids > 0) &&
			is_one_of(of_lists, LENGTH(of_lists), name)) ||
		    (ids_only &&
			is_one_of(of_answers, LENGTH(of_answers), name)))
			continue;
		to->list[to->n++] = from->list[i];
	}
	if (read->n_ids > 0)
		param_add(to, STR("ids"), ids_text(r->req->arena, read));
	if (ids_only)
		param_add(to, STR("as_list"), STR("true"));
	else if (!str_is_null(related) && !is_on(r, "as_list"))
		param_add(to, STR("related"), related);
}

static void
inner_make(struct reading *r, bool ids_only)
{
	struct request *inner = arena_alloc(r->req->arena, sizeof(*inner));

	*inner = *r->req;
	r->inner = inner;
	inner->method = METHOD_GET;
	inner->tunnelled = false;
	inner->has_body = false;
	inner->body = STR_NULL;
	inner->service = &r->tables->service;
	inner->role =
	    system_rights(r->req, r->read->resource, inner->service->id);
	inner->stream = NULL;
	inner->param[PARAM_QUERY] = STR("");
	inner->param[PARAM_WRAP] = STR_NULL;
	inner->query_sent = STR("");
	params_make(r, ids_only);
}

/* False: the response holds the refusal. */
static bool
ids_check(const struct reading *r)
{
	struct str rest = reading_asked(r, "ids", NULL);

	while (rest.n > 0 && str_is_null(r->read->id)) {
		int64_t id;

		if (str_to_i64(str_trim(str_cut(&rest, ',')), &id) && id > 0)
			continue;
		response_fail(r->req, 400,
		    "Parameter 'ids' must be numbers above 0 with commas "
		    "between them.");
		return false;
	}
	return true;
}

/* False: the response holds the refusal. */
static bool
reading_open(
    struct reading *r, struct request *req, const struct system_read *read)
{
	const struct system_tables *tables = req->service->instance;

	*r = (struct reading){ .read = read,
		.req = req,
		.tables = tables,
		.options = options_of(req, read->body),
		.show = { .arena = req->arena,
		    .tables = tables,
		    .wall_ms = req->arrived.wall_ms,
		    .keys = read->keys,
		    .n_keys = read->n_keys } };
	r->table = db_service_table(tables->db, str_of(read->resource->table));
	if (r->table != NULL && str_eq(r->table->name, STR("limits")) &&
	    limit_related_asked(reading_asked(r, "related", NULL)))
		r->show.counters = &r->counters;
	if (r->table != NULL)
		return ids_check(r) && reading_fields(r);
	response_busy(req, "The system database is not what it was.");
	return false;
}

/* Which rows of the table are the resource's, and the caller's to see. What
 * the call has just written is. */
static const struct condition *
rows_of(struct reading *r)
{
	struct condition *where = arena_zalloc(r->req->arena, sizeof(*where));

	where->sql = str_of(r->read->resource->where);
	if (!str_is_null(where->sql))
		return where;
	return str_is_null(r->read->fields)
		   ? system_rights_rows(r->req, r->read->resource)
		   : NULL;
}

static struct table_call
call_make(struct reading *r)
{
	return (struct table_call){ .req = r->inner,
		.service = r->tables->db,
		.table = r->table,
		.id = r->read->id,
		.role = rows_of(r) };
}

/* True: the inner request has the records. */
static bool
records_ask(struct reading *r)
{
	struct table_call call = call_make(r);

	records_read(&call);
	if (!r->inner->response.is_error && r->inner->response.status == 200)
		return true;
	r->req->response = r->inner->response;
	return false;
}

static enum status
answer_parse(struct reading *r, struct json *answer)
{
	struct error why = { 0 };
	enum status st = json_parse(
	    r->req->arena, response_body(&r->inner->response), answer, &why);

	if (st != ST_OK)
		response_fail(r->req, 500, "The records cannot be shown.");
	return st;
}

void
system_read(struct request *req, const struct system_read *read)
{
	struct response *res = &req->response;
	struct buf out = buf_in(req->arena);
	struct json answer;
	struct reading r;

	if (!reading_open(&r, req, read))
		return;
	inner_make(&r, false);
	if (!records_ask(&r) || answer_parse(&r, &answer) != ST_OK)
		return;
	if (r.show.counters != NULL &&
	    !limit_related_read(req, answer, &r.counters))
		return;
	if (str_is_null(read->id))
		show_list(&r.show, r.table, answer, &out);
	else
		show_record(&r.show, r.table, answer, &out);
	*res = r.inner->response;
	res->build = out;
	res->body = STR_NULL;
	res->once = true;
}

bool
system_read_check(struct request *req, const struct system_read *read)
{
	struct json none = { STR_NULL };
	struct error err = { 0 };
	struct table_call call;
	struct query query;
	struct reading r;
	enum status st;

	if (!reading_open(&r, req, read))
		return false;
	inner_make(&r, false);
	call = call_make(&r);
	st = table_call_query(&call, none, &query, &err);
	if (st != ST_OK)
		response_fail(req, response_status_of(st), "%s", err.text);
	return st == ST_OK;
}

bool
system_read_ids(struct request *req, const struct system_read *read,
    int64_t **ids, size_t *n)
{
	struct json_member element;
	struct json_walk walk;
	struct json answer;
	struct reading r;

	*n = 0;
	if (!reading_open(&r, req, read))
		return false;
	inner_make(&r, true);
	if (!records_ask(&r) || answer_parse(&r, &answer) != ST_OK)
		return false;
	answer = json_get(req->arena, answer, STR("resource"));
	*ids =
	    arena_alloc(req->arena, (json_count(answer) + 1) * sizeof(**ids));
	walk = json_walk(req->arena, answer);
	while (json_next(&walk, &element)) {
		if (json_to_i64(element.value, &(*ids)[*n]))
			++*n;
	}
	return true;
}
