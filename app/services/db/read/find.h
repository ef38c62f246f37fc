/*
 * Records by their identifiers, many in one statement: a round trip to a
 * server costs more than the records.
 */
#ifndef WEIR_SERVICES_DB_FIND_H
#define WEIR_SERVICES_DB_FIND_H

#include "app/services/db/db.h"

/* Identifiers of one statement. */
#define FIND_MAX 256

struct found {
	enum status status; /* ST_OK, ST_MISSING, or ST_INVALID: several */
	struct str text;    /* the record as the query wants it shown */
	size_t row;         /* of the preload, while one is at work */
};

/*
 * Finds the records of q->ids, with their fields; list has room for q->n_ids.
 * *doubtful: some row does not show which identifier it answers ('ABC' for
 * 'abc'), so only find_each() can tell. ST_TOO_BIG past ROWS_BYTES_MAX.
 */
enum status find_all(struct table_call *c, const struct query *q,
    struct found *list, bool *doubtful, struct error *err);

/* The same with a statement each: the database alone compares. */
enum status find_each(struct table_call *c, const struct query *q,
    struct found *list, struct error *err);

/* One of them, appended to out. ST_MISSING or ST_INVALID with its message. */
enum status find_one(struct table_call *c, const struct query *q,
    const struct identifier *id, struct buf *out, struct error *err);

#endif
