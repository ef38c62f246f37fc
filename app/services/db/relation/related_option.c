/* What is asked of one relation: books.fields=, books.limit= and so on. */
#include "app/base/arena.h"
#include "app/services/db/filter/filter.h"
#include "app/services/db/read/fields.h"
#include "app/services/db/read/order.h"
#include "app/services/db/relation/related.h"
#include "app/services/db/relation/relation.h"
#include "drivers/db/catalog.h"

enum option {
	OPTION_FIELDS,
	OPTION_LIMIT,
	OPTION_ORDER,
	OPTION_FILTER,
	OPTIONS,
	OPTION_REFUSED /* it would narrow or change the answer */
};

static const struct {
	struct str name;
	enum option option;
} names[] = {
	{ { "fields", 6 }, OPTION_FIELDS },
	{ { "select", 6 }, OPTION_FIELDS },
	{ { "limit", 5 }, OPTION_LIMIT },
	{ { "top", 3 }, OPTION_LIMIT },
	{ { "order", 5 }, OPTION_ORDER },
	{ { "order_by", 8 }, OPTION_ORDER },
	{ { "sort", 4 }, OPTION_ORDER },
	{ { "filter", 6 }, OPTION_FILTER },
	{ { "where", 5 }, OPTION_FILTER },
	{ { "offset", 6 }, OPTION_REFUSED },
	{ { "skip", 4 }, OPTION_REFUSED },
	{ { "group", 5 }, OPTION_REFUSED },
	{ { "group_by", 8 }, OPTION_REFUSED },
	{ { "having", 6 }, OPTION_REFUSED },
};

#define N_NAMES (sizeof(names) / sizeof(names[0]))

/* In any case; some clients cannot send a dot, and send "_". */
static bool
char_is(char sent, char known)
{
	if (known == '.' && sent == '_')
		return true;
	return str_eq_nocase(str_make(&sent, 1), str_make(&known, 1));
}

static bool
begins(struct str name, struct str path)
{
	if (name.n <= path.n || !char_is(name.p[path.n], '.'))
		return false;
	for (size_t i = 0; i < path.n; i++) {
		if (!char_is(name.p[i], path.p[i]))
			return false;
	}
	return true;
}

/* OPTIONS: the parameter is none of a relation of that path. */
static enum option
option_of(struct str name, struct str path)
{
	if (!begins(name, path))
		return OPTIONS;
	name = str_skip(name, path.n + 1);
	for (size_t i = 0; i < N_NAMES; i++) {
		if (str_eq_nocase(names[i].name, name))
			return names[i].option;
	}
	return OPTIONS;
}

static enum option
option_of_related(struct str name, const struct related *related)
{
	enum option option = OPTIONS;

	for (size_t i = 0; i < related->n_paths && option == OPTIONS; i++)
		option = option_of(name, related->paths[i]);
	return option;
}

/* given[i] becomes the first value of an option, else STR_NULL. */
static enum status
options_sort(const struct params *params, const struct related *related,
    struct str given[OPTIONS], struct error *err)
{
	for (size_t i = 0; i < params->n; i++) {
		const struct param *param = &params->list[i];
		enum option option = option_of_related(param->name, related);

		if (option == OPTION_REFUSED && str_trim(param->value).n > 0)
			return error_set(err, ST_INVALID,
			    "Parameter '%.*s' is not supported.",
			    STR_ARG(param->name));
		if (option < OPTIONS && str_is_null(given[option]))
			given[option] = param->value;
	}
	return ST_OK;
}

/* The message of a mistake names the relation as well. */
static enum status
explain(const struct related *related, enum status st, const struct error *why,
    struct error *err)
{
	if (st == ST_OK)
		return ST_OK;
	return error_set(err, st, "Relation '%.*s': %s",
	    STR_ARG(related->relation->name), why->text);
}

static enum status
fields_read(
    struct arena *arena, struct str given, struct query *q, struct error *err)
{
	struct identity key = identity_key(q->table);
	struct str text = str_trim(given);

	if (text.n > 0)
		return fields_parse(arena, text, q, err);
	if (str_is_null(given))
		fields_all(q, arena);
	else
		fields_of_identity(q, arena, &key);
	return ST_OK;
}

/* None, or one that is never reached, is no limit. */
static enum status
limit_read(struct str given, int64_t max, struct query *q, struct error *err)
{
	struct str text = str_trim(given);

	q->limit = 0;
	if (text.n > 0 && !str_to_i64(text, &q->limit))
		return error_set(
		    err, ST_INVALID, "'limit' must be an integer.");
	if (q->limit < 1 || q->limit > max)
		q->limit = 0;
	return ST_OK;
}

static enum status
filter_read(struct arena *arena, const struct related_source *source,
    struct str given, struct query *q, struct error *err)
{
	struct condition *filter = arena_alloc(arena, sizeof(*filter));
	struct filter_reach *reach = arena_zalloc(arena, sizeof(*reach));
	struct filter_scope scope = *source->scope;
	struct params values;
	struct filter_order order = {
		.text = str_trim(given),
		.table = q->table,
		.params = &values,
		.quote = source->quote,
		.scope = &scope,
		.reach = reach,
	};
	enum status st;

	if (order.text.n == 0)
		return ST_OK;
	scope.written = NULL; /* by a statement of its own */
	st = filter_params(arena, source->options, &values, err);
	if (st == ST_OK)
		st = filter_parse(arena, &order, filter, err);
	if (st != ST_OK)
		return st;
	q->filter = filter;
	q->reach = reach;
	return ST_OK;
}

enum status
related_options_read(struct arena *arena, const struct related_source *source,
    struct related *related, struct error *err)
{
	struct str given[OPTIONS] = { STR_NULL };
	struct query *q = &related->query;
	struct error why = { .text = "" };
	struct str order;
	enum status st = options_sort(source->options, related, given, err);

	if (st != ST_OK)
		return st;
	order = str_trim(given[OPTION_ORDER]);
	st = fields_read(arena, given[OPTION_FIELDS], q, &why);
	if (st == ST_OK)
		st = limit_read(
		    given[OPTION_LIMIT], source->max_records, q, &why);
	if (st == ST_OK && order.n > 0)
		st = order_parse(arena, order, q, &why);
	if (st == ST_OK)
		st = filter_read(arena, source, given[OPTION_FILTER], q, &why);
	return explain(related, st, &why, err);
}

static bool
is_known(struct str name, const struct query *q)
{
	for (size_t i = 0; i < q->n_related; i++) {
		const struct related *related = q->related[i];

		if (option_of_related(name, related) != OPTIONS ||
		    is_known(name, &related->query))
			return true;
	}
	return false;
}

/* Does it end as an option of a relation does? With "_" it may be anything. */
static bool
ends_as_option(struct str name)
{
	for (size_t i = 0; i < N_NAMES; i++) {
		size_t n = names[i].name.n;

		if (name.n > n + 1 && name.p[name.n - n - 1] == '.' &&
		    str_eq_nocase(str_skip(name, name.n - n), names[i].name))
			return true;
	}
	return false;
}

enum status
related_options_check(const struct related_source *source,
    const struct query *q, struct error *err)
{
	for (size_t i = 0; i < source->options->n; i++) {
		struct str name = source->options->list[i].name;

		if (ends_as_option(name) && !is_known(name, q))
			return error_set(err, ST_INVALID,
			    "Parameter '%.*s' is about no relation of "
			    "'related'.",
			    STR_ARG(name));
	}
	return ST_OK;
}
