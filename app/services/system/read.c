/*
 * A read is a call on a table of the system database, made as the data API
 * makes it of a request of its own: with the parameters of the call, but for
 * those that records are shown by.
 */
#include "app/services/system/read.h"

#include "app/base/arena.h"
#include "app/services/db/db.h"
#include "app/services/db/relation/relation.h"
#include "app/services/db/write/body_options.h"
#include "app/services/system/limit_related.h"
#include "app/services/system/resource.h"
#include "app/services/system/rights.h"
#include "app/services/system/show.h"
#include "app/services/system/tables.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"
#include "middleware/response.h"

#define ADDED_MAX 3 /* parameters that a read has besides the call's */

/* Names of relations by which other versions know them. */
static const struct {
	const char *name;
	const char *now;
} renamed[] = {
	{ "role_lookup_by_role_id", "lookup_by_role_id" },
	{ "app_lookup_by_app_id", "lookup_by_app_id" },
	{ "user_lookup_by_user_id", "lookup_by_user_id" },
};

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

/* One read on its way. */
struct reading {
	const struct system_read *read;
	const struct db_table *table;
	const struct system_tables *tables;
	struct request *req;
	struct request *inner; /* what the data API answers */
	struct options options;
	struct show show;
	struct limit_counters counters;
};

static bool
is_one_of(const char *const *names, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq_nocase(name, str_of(names[i])))
			return true;
	}
	return false;
}

static struct str
asked(const struct reading *r, const char *name, const char *alias)
{
	struct str text = params_get(&r->options.params, str_of(name));

	return str_is_null(text) && alias != NULL
		   ? params_get(&r->options.params, str_of(alias))
		   : text;
}

static bool
is_on(const struct reading *r, const char *name)
{
	return str_to_bool(asked(r, name, NULL));
}

static void
field_add(struct reading *r, struct str *list, struct str name)
{
	for (size_t i = 0; i < r->show.n_fields; i++) {
		if (str_eq_nocase(list[i], name))
			return;
	}
	list[r->show.n_fields++] = name;
}

static bool
has_field(const struct reading *r, const struct str *list, const char *name)
{
	for (size_t i = 0; i < r->show.n_fields; i++) {
		if (str_eq_nocase(list[i], str_of(name)))
			return true;
	}
	return false;
}

/* The config of a service comes with its id and type (dreamfactory.md 8.2). */
static void
config_add(struct reading *r, struct str *list)
{
	if (str_eq(r->table->name, STR("service")) &&
	    has_field(r, list, "id") && has_field(r, list, "type"))
		field_add(r, list, STR("config"));
}

/* False: the response holds the refusal. */
static bool
fields_choose(struct reading *r)
{
	struct str text = asked(r, "fields", "select");
	struct str rest = str_is_null(text) ? r->read->fields : text;
	struct str *list =
	    arena_alloc(r->req->arena, (rest.n + 5) * sizeof(list[0]));

	if (str_is_null(rest))
		return true;
	if (rest.n == 0)
		field_add(r, list, STR("id"));
	while (rest.n > 0) {
		struct str name = str_trim(str_cut(&rest, ','));

		if (str_eq(name, STR("*")))
			return true;
		if (name.n == 0)
			continue;
		if (!show_has(r->table, name)) {
			response_fail(r->req, 400,
			    "Invalid field requested: %.*s", STR_ARG(name));
			return false;
		}
		field_add(r, list, name);
	}
	config_add(r, list);
	if (r->show.counters != NULL)
		field_add(r, list, STR(LIMIT_COUNTERS));
	if (r->read->n_keys > 0)
		field_add(r, list, STR("api_key"));
	r->show.fields = list;
	return true;
}

static struct str
renamed_of(struct str name)
{
	for (size_t i = 0; i < LENGTH(renamed); i++) {
		if (str_eq_nocase(name, str_of(renamed[i].name)))
			return str_of(renamed[i].now);
	}
	return name;
}

static bool
is_known(const struct reading *r, struct str item)
{
	const struct relations *relations =
	    system_tables_relations(r->tables, r->table);
	const struct relation *relation;
	struct error why = { 0 };
	struct str head = str_cut(&item, '.');

	return str_eq(head, STR("*")) ||
	       relation_named(relations, head, &relation, &why) == ST_OK;
}

/* Relations that there are not are none (dreamfactory.md 7.5); what a member
 * is made of comes along. */
static struct str
related_choose(struct reading *r)
{
	struct buf list = buf_in(r->req->arena);
	struct str rest = asked(r, "related", NULL);
	struct str always = show_always(r->table);

	while (rest.n > 0) {
		struct str item = renamed_of(str_trim(str_cut(&rest, ',')));

		if (!is_known(r, item))
			continue;
		if (str_eq_nocase(item, always) || str_eq(item, STR("*")))
			r->show.shows_always = true;
		buf_put(&list, item);
		buf_put_char(&list, ',');
	}
	if (!r->show.shows_always && !str_is_null(always)) {
		buf_put(&list, always);
		buf_put_char(&list, ',');
	}
	return list.n == 0 ? STR_NULL : str_make(list.p, list.n - 1);
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
	struct str related = related_choose(r);
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
	struct str rest = asked(r, "ids", NULL);

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
	    limit_related_asked(asked(r, "related", NULL)))
		r->show.counters = &r->counters;
	if (r->table != NULL)
		return ids_check(r) && fields_choose(r);
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
