/* The identifier of a record in a URL, and the value of its key columns. */
#ifndef WEIR_SERVICES_DB_IDENTIFIER_H
#define WEIR_SERVICES_DB_IDENTIFIER_H

#include <stddef.h>

#include "app/base/status.h"
#include "drivers/db/db.h"

struct arena;
struct column;
struct db_table;

/* parts has table->n_key values, in key order. */
struct identifier {
	struct str text; /* as the client wrote it */
	const struct db_value *parts;
};

/*
 * From "5", or "(1,2)" for a key of several columns (the parentheses may be
 * absent). ST_INVALID when the table has no key or the number of parts is
 * not that of the key. A text that the key cannot hold is no error: no record
 * will have it.
 */
enum status identifier_parse(struct arena *arena, const struct db_table *table,
    struct str text, struct identifier *out, struct error *err);

/* From "1,2" or "(1,2),(3,4)": at most max, at least one. */
enum status identifier_list(struct arena *arena, const struct db_table *table,
    struct str text, size_t max, struct identifier **out, size_t *n,
    struct error *err);

#endif
