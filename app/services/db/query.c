#include "app/services/db/query.h"

#include "app/base/arena.h"
#include "app/services/db/order.h"
#include "drivers/db/catalog.h"

/* What can be asked, whatever alias it is asked by. */
enum asked {
	ASK_FIELDS,
	ASK_LIMIT,
	ASK_OFFSET,
	ASK_ORDER,
	ASK_IDS,
	ASK_INCLUDE_COUNT,
	ASK_COUNT_ONLY,
	ASK_CONTINUE,
	ASK_ROLLBACK,
	ASKS,
	/*
	 * A parameter that narrows or changes an answer must not be passed
	 * over: a filter that is ignored shows rows nobody asked for.
	 */
	REFUSE,        /* unless it is empty */
	REFUSE_SWITCH, /* when it is on */
	REFUSE_OFF,    /* when it is off */
	REFUSE_TYPE,   /* when it is a type other than JSON */
};

struct parameter {
	struct str name;
	enum asked asked;
};

#define PARAMETER(name, asked)                                                 \
	{                                                                      \
		{ name, sizeof(name) - 1 }, asked                              \
	}

static const struct parameter parameters[] = {
	PARAMETER("fields", ASK_FIELDS),
	PARAMETER("select", ASK_FIELDS),
	PARAMETER("limit", ASK_LIMIT),
	PARAMETER("top", ASK_LIMIT),
	PARAMETER("offset", ASK_OFFSET),
	PARAMETER("skip", ASK_OFFSET),
	PARAMETER("order", ASK_ORDER),
	PARAMETER("sort", ASK_ORDER),
	PARAMETER("order_by", ASK_ORDER),
	PARAMETER("ids", ASK_IDS),
	PARAMETER("include_count", ASK_INCLUDE_COUNT),
	PARAMETER("count_only", ASK_COUNT_ONLY),
	PARAMETER("continue", ASK_CONTINUE),
	PARAMETER("rollback", ASK_ROLLBACK),
	PARAMETER("filter", REFUSE),
	PARAMETER("where", REFUSE),
	PARAMETER("group", REFUSE),
	PARAMETER("group_by", REFUSE),
	PARAMETER("having", REFUSE),
	PARAMETER("related", REFUSE),
	PARAMETER("params", REFUSE),
	PARAMETER("id_field", REFUSE),
	PARAMETER("id_type", REFUSE),
	PARAMETER("file", REFUSE),
	PARAMETER("as_list", REFUSE_SWITCH),
	PARAMETER("include_schema", REFUSE_SWITCH),
	PARAMETER("allow_related_delete", REFUSE_SWITCH),
	PARAMETER("force", REFUSE_SWITCH),
	PARAMETER("wrap", REFUSE_OFF),
	PARAMETER("accept", REFUSE_TYPE),
};

static const struct parameter *
parameter_find(struct str name)
{
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]);
	     i++) {
		if (str_eq_nocase(parameters[i].name, name))
			return &parameters[i];
	}
	return NULL;
}

/* Is JSON among the types of an Accept line? */
static bool
takes_json(struct str types)
{
	static const char *const json[] = { "application/json", "json",
		"application/*", "*/*" };

	while (!str_is_null(types)) {
		struct str range = str_cut(&types, ',');
		struct str type = str_trim(str_cut(&range, ';'));

		for (size_t i = 0; i < sizeof(json) / sizeof(json[0]); i++) {
			if (str_eq_nocase(type, str_of(json[i])))
				return true;
		}
	}
	return false;
}

static bool
is_refused(enum asked asked, struct str value)
{
	switch (asked) {
	case REFUSE:
		return value.n > 0;
	case REFUSE_SWITCH:
		return str_to_bool(value);
	case REFUSE_OFF:
		return str_is_no(value);
	case REFUSE_TYPE:
		return value.n > 0 && !takes_json(value);
	default:
		return false;
	}
}

/* given[i] becomes the first value of what is asked, else STR_NULL. */
static enum status
params_sort(
    const struct params *params, struct str given[ASKS], struct error *err)
{
	for (size_t i = 0; i < params->n; i++) {
		const struct param *param = &params->list[i];
		const struct parameter *p = parameter_find(param->name);

		if (p == NULL)
			continue;
		if (is_refused(p->asked, param->value))
			return error_set(err, ST_INVALID,
			    "Parameter '%s' is not supported here.", p->name.p);
		if (p->asked < ASKS && str_is_null(given[p->asked]))
			given[p->asked] = param->value;
	}
	return ST_OK;
}

static void
fields_all(struct query *q, struct arena *arena)
{
	const struct db_table *t = q->table;

	q->fields = arena_alloc(arena, t->n_columns * sizeof(q->fields[0]));
	q->n_fields = t->n_columns;
	q->all_fields = true;
	for (size_t i = 0; i < t->n_columns; i++)
		q->fields[i] = &t->columns[i];
}

/* A table without a key has nothing shorter than all of its fields. */
static void
fields_key(struct query *q, struct arena *arena)
{
	const struct db_table *t = q->table;

	if (t->n_key == 0) {
		fields_all(q, arena);
		return;
	}
	q->fields = arena_alloc(arena, t->n_key * sizeof(q->fields[0]));
	q->n_fields = t->n_key;
	for (size_t i = 0; i < t->n_key; i++)
		q->fields[i] = t->key[i];
}

static bool
has_field(const struct query *q, const struct column *column)
{
	for (size_t i = 0; i < q->n_fields; i++) {
		if (q->fields[i] == column)
			return true;
	}
	return false;
}

static enum status
fields_named(
    struct query *q, struct arena *arena, struct str text, struct error *err)
{
	const struct db_table *t = q->table;

	q->fields = arena_alloc(arena, t->n_columns * sizeof(q->fields[0]));
	while (!str_is_null(text)) {
		struct str name = str_trim(str_cut(&text, ','));
		const struct column *column = table_column(t, name);

		if (str_eq(name, STR("*"))) {
			fields_all(q, arena);
			return ST_OK;
		}
		if (column == NULL)
			return error_set(err, ST_INVALID,
			    "Invalid field requested: '%.*s'.", STR_ARG(name));
		if (!has_field(q, column))
			q->fields[q->n_fields++] = column;
	}
	return ST_OK;
}

static enum status
fields_read(struct query *q, struct arena *arena, struct str given,
    enum query_use use, struct error *err)
{
	bool reads = use == QUERY_LIST || use == QUERY_RECORD;
	struct str text = str_trim(given);

	if (text.n > 0)
		return fields_named(q, arena, text, err);
	if (str_is_null(given) && reads)
		fields_all(q, arena);
	else
		fields_key(q, arena);
	return ST_OK;
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
page_read(struct query *q, const struct str given[ASKS], int64_t max_records,
    struct error *err)
{
	enum status st = number_read("limit", given[ASK_LIMIT], &q->limit, err);

	if (st == ST_OK)
		st = number_read("offset", given[ASK_OFFSET], &q->offset, err);
	if (q->limit < 1 || q->limit > max_records) {
		q->limit = max_records;
		q->limit_implied = true;
	}
	if (q->offset < 0)
		q->offset = 0;
	return st;
}

static enum status
ids_read(struct query *q, struct arena *arena, struct str text,
    int64_t max_records, struct error *err)
{
	if (q->count_only)
		return error_set(err, ST_INVALID,
		    "Parameters 'ids' and 'count_only' exclude each other.");
	return identifier_list(arena, q->table, text, (size_t)max_records,
	    &q->ids, &q->n_ids, err);
}

static enum status
list_read(struct query *q, struct arena *arena, const struct str given[ASKS],
    int64_t max_records, struct error *err)
{
	struct str order = str_trim(given[ASK_ORDER]);
	struct str ids = str_trim(given[ASK_IDS]);
	enum status st = page_read(q, given, max_records, err);

	q->include_count = str_to_bool(given[ASK_INCLUDE_COUNT]);
	q->count_only = str_to_bool(given[ASK_COUNT_ONLY]);
	if (st == ST_OK && order.n > 0)
		st = order_parse(arena, order, q, err);
	if (st == ST_OK && ids.n > 0)
		st = ids_read(q, arena, ids, max_records, err);
	return st;
}

static enum status
batch_read(struct query *q, const struct str given[ASKS], struct error *err)
{
	q->go_on = str_to_bool(given[ASK_CONTINUE]);
	q->rollback = str_to_bool(given[ASK_ROLLBACK]);
	if (q->go_on && q->rollback)
		return error_set(err, ST_INVALID,
		    "Rollback and continue operations can not be requested at "
		    "the same time.");
	return ST_OK;
}

enum status
query_parse(struct arena *arena, const struct params *params,
    enum query_use use, const struct db_table *table, int64_t max_records,
    struct query *out, struct error *err)
{
	struct str given[ASKS] = { STR_NULL };
	enum status st = params_sort(params, given, err);

	*out = (struct query){ .table = table };
	if (st == ST_OK && use != QUERY_LIST && given[ASK_IDS].n > 0)
		st = error_set(
		    err, ST_INVALID, "Parameter 'ids' is not supported here.");
	if (st == ST_OK)
		st = fields_read(out, arena, given[ASK_FIELDS], use, err);
	if (st == ST_OK)
		st = batch_read(out, given, err);
	if (st == ST_OK && use == QUERY_LIST)
		st = list_read(out, arena, given, max_records, err);
	return st;
}
