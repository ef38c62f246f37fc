#include "app/services/db/read/parameter.h"

/* What is never honoured here, and when that matters. */
enum refused {
	REFUSE_IN_BODY = ASKS /* where format_of() does not look */
};

struct parameter {
	struct str name;
	int asked; /* enum asked or enum refused */
};

#define PARAMETER(name, asked)                                                 \
	{                                                                      \
		{ name, sizeof(name) - 1 }, asked                              \
	}

/* id_type is not among them: the catalogue knows the types. */
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
	PARAMETER("filter", ASK_FILTER),
	PARAMETER("where", ASK_FILTER),
	PARAMETER("ids", ASK_IDS),
	PARAMETER("id_field", ASK_ID_FIELD),
	PARAMETER("include_count", ASK_INCLUDE_COUNT),
	PARAMETER("count_only", ASK_COUNT_ONLY),
	PARAMETER("include_schema", ASK_INCLUDE_SCHEMA),
	PARAMETER("as_list", ASK_AS_LIST),
	PARAMETER("wrap", ASK_WRAP),
	PARAMETER("force", ASK_FORCE),
	PARAMETER("continue", ASK_CONTINUE),
	PARAMETER("rollback", ASK_ROLLBACK),
	PARAMETER("group", ASK_GROUP),
	PARAMETER("group_by", ASK_GROUP),
	PARAMETER("having", ASK_HAVING),
	PARAMETER("related", ASK_RELATED),
	PARAMETER("file", REFUSE_IN_BODY),
	PARAMETER("allow_related_delete", ASK_RELATED_DELETE),
	PARAMETER("accept", REFUSE_IN_BODY),
};

#define RECORDS (1u << QUERY_RECORD | 1u << QUERY_CREATE | 1u << QUERY_CHANGE)
#define SETS    (1u << QUERY_BATCH | 1u << QUERY_DELETE)

#define CHANGES (1u << QUERY_CREATE | 1u << QUERY_CHANGE | 1u << QUERY_BATCH)

/* The uses that would pass over what is asked, and must not. */
static const unsigned not_meant[ASKS] = {
	[ASK_LIMIT] = SETS,
	[ASK_OFFSET] = SETS,
	[ASK_ORDER] = SETS,
	[ASK_COUNT_ONLY] = SETS,
	[ASK_FILTER] = RECORDS,
	[ASK_GROUP] = ~(1u << QUERY_LIST),
	[ASK_HAVING] = ~(1u << QUERY_LIST),
	[ASK_IDS] = RECORDS,
	[ASK_FORCE] = ~(1u << QUERY_DELETE),
	[ASK_RELATED_DELETE] = ~CHANGES,
	[ASK_INCLUDE_SCHEMA] = ~(1u << QUERY_LIST),
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

static bool
is_switch(int asked)
{
	return asked == ASK_FORCE || asked == ASK_RELATED_DELETE ||
	       asked == ASK_COUNT_ONLY || asked == ASK_INCLUDE_SCHEMA;
}

static bool
is_refused(int asked, enum query_use use, struct str value)
{
	if (asked < ASKS && (not_meant[asked] & 1u << use) == 0)
		return false;
	if (is_switch(asked))
		return str_to_bool(value);
	return str_trim(value).n > 0;
}

enum status
parameters_sort(const struct options *options, enum query_use use,
    struct str given[ASKS], struct error *err)
{
	const struct params *params = &options->params;

	for (size_t i = 0; i < params->n; i++) {
		const struct param *param = &params->list[i];
		const struct parameter *p = parameter_find(param->name);

		if (p == NULL ||
		    (p->asked == REFUSE_IN_BODY && i < options->n_url))
			continue;
		if (is_refused(p->asked, use, param->value))
			return error_set(err, ST_INVALID,
			    "Parameter '%s' is not supported here.", p->name.p);
		if (p->asked < ASKS && str_is_null(given[p->asked]))
			given[p->asked] = param->value;
	}
	return ST_OK;
}
