/* The parameters that a call on a table knows, under all of their names
 * (dreamfactory.md 1.3). */
#ifndef WEIR_SERVICES_DB_PARAMETER_H
#define WEIR_SERVICES_DB_PARAMETER_H

#include "app/base/status.h"
#include "app/base/uri.h"
#include "app/services/db/read/query.h"

/* What can be asked, whatever alias it is asked by. */
enum asked {
	ASK_FIELDS,
	ASK_LIMIT,
	ASK_OFFSET,
	ASK_ORDER,
	ASK_FILTER,
	ASK_GROUP,
	ASK_HAVING,
	ASK_IDS,
	ASK_ID_FIELD,
	ASK_INCLUDE_COUNT,
	ASK_COUNT_ONLY,
	ASK_INCLUDE_SCHEMA,
	ASK_AS_LIST,
	ASK_WRAP,
	ASK_FORCE,
	ASK_CONTINUE,
	ASK_ROLLBACK,
	ASK_RELATED,
	ASK_RELATED_DELETE,
	ASKS
};

/*
 * given[i] becomes the first value of what is asked, else STR_NULL. Names are
 * taken in any case; unknown ones are left alone. ST_INVALID names a parameter
 * that is not honoured in this use: one that narrows or changes an answer is
 * never passed over.
 */
enum status parameters_sort(const struct options *options, enum query_use use,
    struct str given[ASKS], struct error *err);

#endif
