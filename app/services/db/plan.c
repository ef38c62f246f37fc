/*
 * What the cache must know of a read, without touching the database: the key
 * says everything that changes the answer in one way of writing, so that
 * requests for the same thing share an entry. Names and values are escaped,
 * so that no two different requests have one key.
 */
#include "app/services/db/db.h"
#include "app/services/db/depends.h"
#include "app/services/db/read/group.h"
#include "app/services/db/relation/related.h"
#include "app/services/db/relation/relation.h"
#include "app/services/db/schema/schema_plan.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"

/* All but letters, digits and bytes above ASCII as %XX. */
static void
put_escaped(struct buf *key, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c >= 0x80) {
			buf_put_char(key, (char)c);
			continue;
		}
		buf_put_char(key, '%');
		buf_put_char(key, digits[c >> 4]);
		buf_put_char(key, digits[c & 15]);
	}
}

/* The type is told by the first character. */
static void
put_value(struct buf *key, const struct db_value *v)
{
	static const char marks[] = {
		[DB_NUMBER] = '.', [DB_TEXT] = '\'', [DB_BLOB] = '#'
	};

	switch (v->type) {
	case DB_NULL:
		buf_put_char(key, '!');
		break;
	case DB_INT:
		buf_put_i64(key, v->i);
		break;
	case DB_UINT:
		buf_put_char(key, '+');
		buf_put_u64(key, v->u);
		break;
	case DB_REAL:
		buf_printf(key, "~%a", v->d);
		break;
	case DB_BOOL:
		buf_put_char(key, v->i != 0 ? 'y' : 'n');
		break;
	case DB_NUMBER:
	case DB_TEXT:
	case DB_BLOB:
		buf_put_char(key, marks[v->type]);
		put_escaped(key, v->s);
		break;
	}
}

/* One that can name no record is told by its text: the refusal repeats it. */
static void
put_identifier(
    struct buf *key, const struct identity *by, const struct identifier *id)
{
	for (size_t i = 0; i < by->n; i++) {
		buf_put_char(key, i == 0 ? '(' : ',');
		put_value(key, &id->parts[i]);
		if (id->parts[i].type == DB_NULL)
			put_escaped(key, id->text);
	}
	buf_put_char(key, ')');
}

/* The SQL is made of names, words and places alone, so it is one way of
 * writing for all spellings of a filter. */
static void
put_condition(struct buf *key, struct str name, const struct condition *c)
{
	if (c == NULL)
		return;
	buf_put(key, name);
	put_escaped(key, c->sql);
	for (size_t i = 0; i < c->n_args; i++) {
		buf_put_char(key, ',');
		put_value(key, &c->args[i]);
	}
}

/* Each column of the result: its place in the group, function, argument. */
static void
put_group(struct buf *key, const struct group *group)
{
	if (group == NULL)
		return;
	for (size_t i = 0; i < group->result.n_columns; i++) {
		const struct group_item *item = &group->items[i];

		buf_put(key, i == 0 ? STR("&group=") : STR(","));
		buf_put_u64(key, group->result.columns[i].key_part);
		buf_put_char(key, ':');
		buf_put_u64(key, item->function);
		buf_put_char(key, ':');
		if (item->column != NULL)
			put_escaped(key, item->column->name);
	}
	put_condition(key, STR("&having="), group->having);
}

static void
put_identity(struct buf *key, const struct query *q)
{
	if (identity_is_key(&q->by))
		return;
	buf_put_lit(key, "&id_field=");
	for (size_t i = 0; i < q->by.n; i++) {
		if (i > 0)
			buf_put_char(key, ',');
		put_escaped(key, q->by.columns[i]->name);
	}
}

static void
put_fields(struct buf *key, const struct query *q)
{
	if (q->all_fields && !q->as_list)
		return;
	buf_put(key, q->as_list ? STR("&as_list=") : STR("&fields="));
	for (size_t i = 0; i < q->n_fields; i++) {
		if (i > 0)
			buf_put_char(key, ',');
		put_escaped(key, q->fields[i]->name);
	}
}

static void
put_order(struct buf *key, const struct query *q)
{
	static const char *const places[] = { "", " first", " last" };

	for (size_t i = 0; i < q->n_order; i++) {
		const struct order_item *item = &q->order[i];

		buf_put(key, i == 0 ? STR("&order=") : STR(","));
		put_escaped(key, item->column->name);
		if (item->descending)
			buf_put_lit(key, " desc");
		buf_put(key, str_of(places[item->nulls]));
	}
}

/* With all that is asked of each relation: "&related=(name&order=x)". */
static void
put_related(struct buf *key, const struct query *q)
{
	for (size_t i = 0; i < q->n_related; i++) {
		const struct related *related = q->related[i];

		buf_put(key, i == 0 ? STR("&related=(") : STR("("));
		put_escaped(key, related->relation->name);
		put_condition(key, STR("&filter="), related->query.filter);
		put_fields(key, &related->query);
		buf_put_lit(key, "&limit=");
		buf_put_i64(key, related->query.limit);
		put_order(key, &related->query);
		put_related(key, &related->query);
		buf_put_char(key, ')');
	}
}

static void
put_page(struct buf *key, const struct query *q)
{
	buf_put(key, q->limit_implied ? STR("&max=") : STR("&limit="));
	buf_put_i64(key, q->limit);
	if (q->offset > 0) {
		buf_put_lit(key, "&offset=");
		buf_put_i64(key, q->offset);
	}
	put_order(key, q);
}

static void
put_ids(struct buf *key, const struct query *q)
{
	put_identity(key, q);
	buf_put_lit(key, "&ids=");
	for (size_t i = 0; i < q->n_ids; i++)
		put_identifier(key, &q->by, &q->ids[i]);
	if (q->go_on)
		buf_put_lit(key, "&continue");
}

static void
put_list(struct buf *key, const struct query *q)
{
	put_condition(key, STR("&filter="), q->filter);
	put_group(key, q->group);
	if (q->count_only) {
		buf_put_lit(key, "&count_only");
		return;
	}
	put_fields(key, q);
	put_related(key, q);
	if (q->bare)
		buf_put_lit(key, "&bare");
	if (q->n_ids > 0)
		put_ids(key, q);
	else
		put_page(key, q);
	if (q->include_count)
		buf_put_lit(key, "&include_count");
	if (q->include_schema)
		buf_put_lit(key, "&include_schema");
}

/* The schema's version stands first: a change of it outdates every entry. */
static enum status
put_call(struct buf *key, const struct table_call *c, const struct query *q,
    struct error *err)
{
	struct identifier id;
	enum status st;

	buf_put_i64(key, c->service->catalog.schema_version);
	buf_put_lit(key, ":_table/");
	put_escaped(key, c->table->name);
	if (str_is_null(c->id)) {
		put_list(key, q);
		return ST_OK;
	}
	st = table_call_identifier(c, &q->by, &id, err);
	if (st != ST_OK)
		return st;
	buf_put_char(key, '/');
	put_identifier(key, &q->by, &id);
	put_identity(key, q);
	put_fields(key, q);
	put_related(key, q);
	return ST_OK;
}

/* Is the answer made of the catalogue alone? */
static bool
is_of_catalogue(const struct request *req)
{
	return req->n_segments == 0 ||
	       str_eq(req->segment[0], STR("_schema")) ||
	       (req->n_segments == 1 && str_eq(req->segment[0], STR("_table")));
}

/* What it depends on, and for how long that counts. */
static enum status
plan_freshness(
    const struct table_call *c, const struct query *q, struct cache_plan *plan)
{
	uint32_t ttl = (uint32_t)c->req->service->cache_ttl;

	plan->n_tags = depends_read(c->service, q, plan->tags, &ttl);
	if (plan->n_tags == 0)
		return ST_TOO_BIG;
	if (ttl == 0)
		return ST_REFUSED;
	plan->fresh = c->service->fresh;
	plan->fresh.ttl = ttl;
	if (str_is_null(c->id))
		plan->fresh.missing = 0;
	return ST_OK;
}

/* A refusal is not planned: the handler finds and words it again. */
enum status
db_cache_plan(struct request *req, struct cache_plan *plan)
{
	struct table_call c;
	struct query q;
	struct error err = { .text = "" };
	enum status st;

	if (req->body.n > 0)
		return ST_INVALID;
	if (is_of_catalogue(req))
		return schema_plan(req, plan);
	st = table_call_find(&c, req, &err);
	if (st == ST_OK)
		st = table_call_query(&c, (struct json){ STR_NULL }, &q, &err);
	plan->key = buf_in(req->arena);
	if (st == ST_OK)
		st = put_call(&plan->key, &c, &q, &err);
	if (st != ST_OK)
		return st;
	return plan_freshness(&c, &q, plan);
}
