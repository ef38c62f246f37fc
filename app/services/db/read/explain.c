/*
 * The statements of a read, which no database is asked: in the order of
 * records.c, listed.c and preload_fetch.c, which find out on their way which of
 * them are needed.
 */
#include "app/base/arena.h"
#include "app/services/db/db.h"
#include "app/services/db/read/find.h"
#include "app/services/db/read/select.h"
#include "app/services/db/relation/related.h"
#include "app/services/db/relation/related_select.h"
#include "app/services/db/relation/relation.h"
#include "middleware/request.h"
#include "middleware/service.h"

static void
list_add(struct sql_list *list, const struct statement *s)
{
	if (list->n < SQL_LIST_MAX)
		list->text[list->n++] = buf_str(&s->sql);
}

/* What is related to one record, whatever its key. */
static void
related_add(struct table_call *c, const struct query *q, struct sql_list *list)
{
	for (size_t i = 0; i < q->n_related; i++) {
		const struct related *related = q->related[i];
		size_t n = related->relation->joint.n;
		const struct db_value *key =
		    arena_zalloc(c->req->arena, n * sizeof(*key));
		const struct related_keys keys = { &key, 1 };
		struct statement s = table_call_statement(c);

		related_select(&s, related, &keys);
		list_add(list, &s);
		related_add(c, &related->query, list);
	}
}

static void
count_add(struct table_call *c, const struct query *q, struct sql_list *list)
{
	struct statement s = table_call_statement(c);

	select_count(&s, q, c->role);
	list_add(list, &s);
}

/* How many there are is asked for, or told where the page is not all. */
static void
page_add(struct table_call *c, const struct query *q, struct sql_list *list)
{
	struct statement s = table_call_statement(c);

	select_page(&s, q, c->role, q->limit);
	list_add(list, &s);
	related_add(c, q, list);
	if (q->include_count || q->limit_implied)
		count_add(c, q, list);
}

/* As many as one statement takes: the others are the same. */
static void
listed_add(struct table_call *c, const struct query *q, struct sql_list *list)
{
	struct statement s = table_call_statement(c);
	size_t n = q->n_ids < FIND_MAX ? q->n_ids : FIND_MAX;

	select_listed(&s, q, q->ids, n, c->role);
	list_add(list, &s);
	related_add(c, q, list);
}

static enum status
one_add(struct table_call *c, const struct query *q, struct sql_list *list,
    struct error *err)
{
	struct statement s = table_call_statement(c);
	struct identifier id;
	struct record_name name = { &q->by, NULL };
	enum status st = table_call_identifier(c, &q->by, &id, err);

	if (st != ST_OK)
		return st;
	name.parts = id.parts;
	select_record(&s, q, &name, c->role);
	list_add(list, &s);
	related_add(c, q, list);
	return ST_OK;
}

enum status
records_explain(struct table_call *c, struct sql_list *out, struct error *err)
{
	struct query q;
	enum status st =
	    table_call_query(c, (struct json){ STR_NULL }, &q, err);

	if (st != ST_OK)
		return st;
	if (!str_is_null(c->id))
		return one_add(c, &q, out, err);
	if (q.count_only)
		count_add(c, &q, out);
	else if (q.n_ids > 0)
		listed_add(c, &q, out);
	else
		page_add(c, &q, out);
	return ST_OK;
}
