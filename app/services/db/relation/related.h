/*
 * related=a,b.c: which related records an answer shows with each record
 * (dreamfactory.md 7.5, contract.md 7).
 *
 *   related := item {, item}
 *   item    := relation [. relation] | [relation .] *
 *
 * A relation has its name, or that of the table it leads to when no other
 * leads there too; "*" is all those whose tables the role may read. Options of
 * one are parameters of their own: books.fields=, books.limit= (records of
 * each parent), books.order=, books.filter=, a.b.limit= at the second level;
 * "_" stands for each "." as well. What leads to one record has no limit and
 * no order.
 */
#ifndef WEIR_SERVICES_DB_RELATED_H
#define WEIR_SERVICES_DB_RELATED_H

#include "app/base/status.h"
#include "app/base/uri.h"
#include "app/services/db/read/query.h"

struct filter_scope;
struct relation;

#define RELATED_MAX        32 /* relations of one call, of all levels */
#define RELATED_LEVELS_MAX 2
#define RELATED_PATHS      (1 << RELATED_LEVELS_MAX)

/* Lives in the arena of its query. */
struct related {
	const struct relation *relation;
	/* Of its table: fields, order, filter, what is related in turn; limit
	 * 0: every record. */
	struct query query;
	const struct condition *role;          /* rows it may show */
	const struct condition *junction_role; /* rows it may go by */
	/* Where a row of the query above has relation->joint.left[i]: places
	 * among its fields, those that it does not show behind them. */
	size_t *at;
	struct str paths[RELATED_PATHS]; /* what its options may be called
					  * by: "a.b" */
	size_t n_paths;
};

struct related_source {
	const struct filter_scope *scope; /* where relations lead, and with
					   * whose rights */
	const struct params *options;     /* all parameters of the call */
	struct str text;                  /* of related=, not empty */
	char quote;                       /* the driver's, around names */
	int64_t max_records;              /* bounds each limit */
};

/*
 * Sets related and n_related of the query, whose fields are known, and adds to
 * those that it does not show. ST_INVALID names the relation that does not
 * exist or may mean several, the option that is wrong, or the bound that is
 * passed; ST_DENIED the relation whose table the role may not read.
 */
enum status related_parse(struct arena *arena,
    const struct related_source *source, struct query *q, struct error *err);

/* Options of one relation: what related_parse() does once it is known.
 * related_options_check() finds those that are about none. */
enum status related_options_read(struct arena *arena,
    const struct related_source *source, struct related *related,
    struct error *err);
enum status related_options_check(const struct related_source *source,
    const struct query *q, struct error *err);

#endif
