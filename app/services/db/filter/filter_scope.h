/* Where the relations of a call's filters lead (filter.h), and with whose
 * rights. */
#ifndef WEIR_SERVICES_DB_FILTER_SCOPE_H
#define WEIR_SERVICES_DB_FILTER_SCOPE_H

#include "app/services/db/filter/filter.h"

struct table_call;

/*
 * In the arena; NULL without a call. written: the table that the statement
 * writes, or NULL.
 */
const struct filter_scope *filter_scope_make(struct arena *arena,
    const struct table_call *call, const struct db_table *written);

#endif
