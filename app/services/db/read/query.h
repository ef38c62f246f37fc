/*
 * What a call asks of a table: its parameters, understood and checked against
 * the catalogue (dreamfactory.md 1.3, 7.4). The read itself and the plan for
 * the cache are made from the same struct query, so they never disagree.
 */
#ifndef WEIR_SERVICES_DB_QUERY_H
#define WEIR_SERVICES_DB_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/services/db/identifier.h"
#include "app/services/db/write/body_options.h"

struct arena;
struct column;
struct condition;
struct db_table;
struct filter_reach;
struct group;
struct related;
struct table_call;

enum query_use {
	QUERY_LIST,   /* GET T */
	QUERY_RECORD, /* GET T/ID */
	QUERY_CREATE, /* POST T */
	QUERY_CHANGE, /* PUT, PATCH, DELETE T/ID */
	QUERY_BATCH,  /* PUT, PATCH T */
	QUERY_DELETE  /* DELETE T */
};

enum nulls_place { NULLS_ANYWHERE, NULLS_FIRST, NULLS_LAST };

struct order_item {
	const struct column *column;
	bool descending;
	enum nulls_place nulls;
};

/* Lives in the arena given to query_parse(). */
struct query {
	const struct db_table *table;
	const struct column **fields; /* of the answer, in its order */
	size_t n_fields;
	size_t n_hidden; /* columns behind them that the answer does not show,
			  * though what is related goes by them */
	bool all_fields; /* they are the table's, in its order */
	struct related **related; /* shown with each record; see related.h */
	size_t n_related;
	struct order_item *order;
	size_t n_order;
	struct identity by; /* what ids are about */
	struct identifier *ids;
	size_t n_ids;
	const struct condition *filter;   /* NULL: every row */
	const struct filter_reach *reach; /* of the filter; NULL: nothing */
	const struct group *group;        /* NULL: rows as they are */
	int64_t limit;                    /* 1 to the maximum */
	bool limit_implied; /* the maximum, because none or more was asked */
	int64_t offset;     /* 0 or more */
	bool include_count;
	bool include_schema;
	bool count_only;
	bool as_list; /* an identifier for each record, not an object */
	bool bare;    /* wrap=false: no "resource" around a list */
	bool force;   /* a delete of every row is meant */
	bool go_on;   /* continue=true: after a failure with the next record */
	bool rollback;
	bool deletes_related; /* allow_related_delete=true; see nested.h */
};

/* What query_parse() reads; lives as long as the query. */
struct query_source {
	const struct db_table *table;
	enum query_use use;
	int64_t max_records;           /* bounds limit and ids */
	char quote;                    /* the driver's, around names */
	const struct table_call *call; /* whose role relations ask; NULL: they
					* lead nowhere */
	struct options options;
	struct str wrap; /* the header line, or STR_NULL */
};

/*
 * ST_INVALID names the parameter: a field that does not exist, a number that
 * is none, two that exclude each other, or one that this release cannot
 * honour; ST_DENIED a related table that the role may not read. Of a parameter
 * that stands twice the first counts.
 */
enum status query_parse(struct arena *arena, const struct query_source *source,
    struct query *out, struct error *err);

/* What fields and order are about: the table, or what its groups make. */
const struct db_table *query_rows(const struct query *q);

/* Is column the subject of an item of the order? */
bool query_is_ordered_by(const struct query *q, const struct column *column);

#endif
