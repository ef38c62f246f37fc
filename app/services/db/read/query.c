#include "app/services/db/read/query.h"

#include "app/base/arena.h"
#include "app/services/db/db.h"
#include "app/services/db/filter/filter.h"
#include "app/services/db/filter/filter_scope.h"
#include "app/services/db/read/fields.h"
#include "app/services/db/read/group.h"
#include "app/services/db/read/order.h"
#include "app/services/db/read/parameter.h"
#include "app/services/db/relation/related.h"
#include "drivers/db/catalog.h"

/* The query being made of what was given. */
struct reading {
	struct arena *arena;
	const struct query_source *source;
	struct str given[ASKS];
	struct query *q;
};

const struct db_table *
query_rows(const struct query *q)
{
	return q->group == NULL ? q->table : &q->group->result;
}

bool
query_is_ordered_by(const struct query *q, const struct column *column)
{
	for (size_t i = 0; i < q->n_order; i++) {
		if (q->order[i].column == column)
			return true;
	}
	return false;
}

static bool
is_on(const struct reading *r, enum asked asked)
{
	return str_to_bool(r->given[asked]);
}

static enum status
identity_read(struct reading *r, struct error *err)
{
	struct str text = str_trim(r->given[ASK_ID_FIELD]);
	const struct db_table *table = r->source->table;

	r->q->by = identity_key(table);
	return text.n == 0
		   ? ST_OK
		   : identity_parse(r->arena, table, text, &r->q->by, err);
}

static enum status
fields_read(struct reading *r, struct error *err)
{
	enum query_use use = r->source->use;
	bool reads = use == QUERY_LIST || use == QUERY_RECORD;
	bool single = use == QUERY_RECORD || use == QUERY_CHANGE;
	struct str text = str_trim(r->given[ASK_FIELDS]);
	struct identity key = identity_key(r->source->table);

	r->q->as_list = !single && is_on(r, ASK_AS_LIST);
	if (r->q->as_list) {
		fields_of_identity(r->q, r->arena, &r->q->by);
		return identity_check(&r->q->by, err);
	}
	if (text.n > 0)
		return fields_parse(r->arena, text, r->q, err);
	if (str_is_null(r->given[ASK_FIELDS]) && reads)
		fields_all(r->q, r->arena);
	else
		fields_of_identity(r->q, r->arena, &key);
	return ST_OK;
}

static enum status
params_read(struct reading *r, struct params *out, struct error *err)
{
	return filter_params(r->arena, &r->source->options.params, out, err);
}

static bool
is_grouped(const struct reading *r)
{
	return r->source->use == QUERY_LIST &&
	       (str_trim(r->given[ASK_GROUP]).n > 0 ||
		   group_is_asked(r->source->table, r->given[ASK_FIELDS]));
}

static enum status
refuse_both(const char *one, const char *other, struct error *err)
{
	return error_set(err, ST_INVALID,
	    "Parameters '%s' and '%s' exclude each other.", one, other);
}

static enum status
group_read(struct reading *r, struct error *err)
{
	struct params values;
	struct group_order order = {
		.table = r->source->table,
		.group = str_trim(r->given[ASK_GROUP]),
		.fields = str_trim(r->given[ASK_FIELDS]),
		.having = str_trim(r->given[ASK_HAVING]),
		.params = &values,
		.quote = r->source->quote,
	};
	enum status st;

	if (is_on(r, ASK_AS_LIST))
		return refuse_both("group", "as_list", err);
	if (str_trim(r->given[ASK_IDS]).n > 0)
		return refuse_both("group", "ids", err);
	st = params_read(r, &values, err);
	return st == ST_OK ? group_parse(r->arena, &order, r->q, err) : st;
}

static enum status
having_refuse(const struct reading *r, struct error *err)
{
	if (str_trim(r->given[ASK_HAVING]).n == 0)
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "Parameter 'having' is about groups: see 'group'.");
}

/* Empty is as good as absent. */
static enum status
number_read(const char *name, struct str given, int64_t *out, struct error *err)
{
	struct str text = str_trim(given);

	if (text.n == 0 || str_to_i64(text, out))
		return ST_OK;
	return error_set(
	    err, ST_INVALID, "Parameter '%s' must be an integer.", name);
}

static enum status
page_read(struct reading *r, struct error *err)
{
	struct query *q = r->q;
	struct str order = str_trim(r->given[ASK_ORDER]);
	int64_t max = r->source->max_records;
	enum status st;

	q->limit = 0;
	st = number_read("limit", r->given[ASK_LIMIT], &q->limit, err);
	if (st == ST_OK)
		st = number_read(
		    "offset", r->given[ASK_OFFSET], &q->offset, err);
	if (q->limit < 1 || q->limit > max) {
		q->limit = max;
		q->limit_implied = true;
	}
	if (q->offset < 0)
		q->offset = 0;
	if (st == ST_OK && order.n > 0)
		st = order_parse(r->arena, order, q, err);
	return st;
}

/* What a statement of the call writes, filters must not read on MySQL. */
static const struct filter_scope *
scope_of(struct reading *r)
{
	const struct table_call *call = r->source->call;
	bool reads = r->source->use == QUERY_LIST;

	return filter_scope_make(
	    r->arena, call, call == NULL || reads ? NULL : call->table);
}

static enum status
filter_read(struct reading *r, struct error *err)
{
	struct condition *filter = arena_alloc(r->arena, sizeof(*filter));
	struct filter_reach *reach = arena_zalloc(r->arena, sizeof(*reach));
	struct params values;
	struct filter_order order = {
		.text = str_trim(r->given[ASK_FILTER]),
		.table = r->source->table,
		.params = &values,
		.quote = r->source->quote,
		.scope = scope_of(r),
		.reach = reach,
	};
	enum status st = params_read(r, &values, err);

	if (st == ST_OK)
		st = filter_parse(r->arena, &order, filter, err);
	if (st != ST_OK)
		return st;
	r->q->filter = filter;
	r->q->reach = reach;
	return ST_OK;
}

/* The URL's are taken as they were sent, the body's as what they are. */
static enum status
ids_read(struct reading *r, struct error *err)
{
	const struct options *options = &r->source->options;
	size_t max = (size_t)r->source->max_records;
	struct query *q = r->q;
	struct id_text text = { .text = str_trim(r->given[ASK_IDS]) };

	if (str_is_null(options->ids_sent) &&
	    json_kind(options->ids) == JSON_ARRAY)
		return identifier_elements(r->arena, &q->by, options->ids, max,
		    &q->ids, &q->n_ids, err);
	if (!str_is_null(options->ids_sent))
		text = (struct id_text){ options->ids_sent, true, true };
	return identifier_list(
	    r->arena, &q->by, text, max, &q->ids, &q->n_ids, err);
}

/* A list that came out empty is no wish for every row. */
static bool
is_empty_list(const struct reading *r)
{
	const struct options *options = &r->source->options;

	return str_is_null(options->ids_sent) &&
	       json_kind(options->ids) == JSON_ARRAY &&
	       json_count(options->ids) == 0;
}

/* A bare count shows no records to relate to. */
static enum status
related_read(struct reading *r, struct error *err)
{
	struct related_source source = {
		.scope = scope_of(r),
		.options = &r->source->options.params,
		.text = str_trim(r->given[ASK_RELATED]),
		.quote = r->source->quote,
		.max_records = r->source->max_records,
	};
	enum status st;

	if (source.text.n == 0 || source.scope == NULL)
		return ST_OK;
	if (r->q->group != NULL)
		return refuse_both("related", "group", err);
	if (r->q->as_list)
		return refuse_both("related", "as_list", err);
	st = related_parse(r->arena, &source, r->q, err);
	if (r->q->count_only)
		r->q->n_related = 0;
	return st;
}

/* Elsewhere empty is as good as absent, but not where that means all. */
static bool
forces_nothing(const struct reading *r)
{
	return r->source->use == QUERY_DELETE && is_on(r, ASK_FORCE) &&
	       !(str_is_null(r->given[ASK_IDS]) &&
		   str_is_null(r->given[ASK_FILTER]));
}

static enum status
rows_read(struct reading *r, struct error *err)
{
	bool filtered = str_trim(r->given[ASK_FILTER]).n > 0;
	bool listed = str_trim(r->given[ASK_IDS]).n > 0;
	enum status st = ST_OK;

	if (is_empty_list(r))
		return error_set(
		    err, ST_INVALID, "Parameter 'ids' names no record.");
	if (listed && filtered)
		return refuse_both("ids", "filter", err);
	if (listed && r->q->count_only)
		return refuse_both("ids", "count_only", err);
	if (!listed && !filtered && forces_nothing(r))
		return error_set(err, ST_INVALID,
		    "'ids' or 'filter' is empty: to delete every record, "
		    "leave it out.");
	if (filtered)
		st = filter_read(r, err);
	if (st == ST_OK && listed)
		st = ids_read(r, err);
	return st;
}

static enum status
batch_read(struct reading *r, struct error *err)
{
	r->q->go_on = is_on(r, ASK_CONTINUE);
	r->q->rollback = is_on(r, ASK_ROLLBACK);
	if (r->q->go_on && r->q->rollback)
		return error_set(err, ST_INVALID,
		    "Rollback and continue operations can not be requested at "
		    "the same time.");
	return ST_OK;
}

/* The parameter wins over the header line. */
static bool
is_bare(const struct reading *r)
{
	struct str word = str_trim(r->given[ASK_WRAP]);

	return str_is_no(word.n > 0 ? word : str_trim(r->source->wrap));
}

enum status
query_parse(struct arena *arena, const struct query_source *source,
    struct query *out, struct error *err)
{
	struct reading r = { .arena = arena, .source = source, .q = out };
	enum status st =
	    parameters_sort(&source->options, source->use, r.given, err);

	*out = (struct query){ .table = source->table,
		.limit = source->max_records };
	if (st == ST_OK)
		st = identity_read(&r, err);
	if (st == ST_OK)
		st =
		    is_grouped(&r) ? group_read(&r, err) : fields_read(&r, err);
	if (st == ST_OK && out->group == NULL)
		st = having_refuse(&r, err);
	if (st == ST_OK)
		st = batch_read(&r, err);
	if (st == ST_OK && source->use == QUERY_LIST)
		st = page_read(&r, err);
	if (st != ST_OK)
		return st;
	out->include_count = is_on(&r, ASK_INCLUDE_COUNT);
	out->include_schema = is_on(&r, ASK_INCLUDE_SCHEMA);
	out->count_only = is_on(&r, ASK_COUNT_ONLY);
	out->force = is_on(&r, ASK_FORCE);
	out->deletes_related = is_on(&r, ASK_RELATED_DELETE);
	out->bare = is_bare(&r);
	st = related_read(&r, err);
	return st == ST_OK ? rows_read(&r, err) : st;
}
