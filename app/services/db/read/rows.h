/*
 * Rows written as JSON objects, straight into the answer as the driver reads
 * them: no tree, no allocation a row. Names are escaped once a result.
 */
#ifndef WEIR_SERVICES_DB_ROWS_H
#define WEIR_SERVICES_DB_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "drivers/db/db.h"

struct arena;
struct column;
struct preload;
struct query;
struct table_call;

/* What is held beyond this is refused, whatever its rows hold. */
#define ROWS_BYTES_MAX (64u * 1024 * 1024)

struct rows {
	struct buf *out;
	struct table_call *call; /* whose answer may leave in pieces; or NULL */
	const struct column *const *fields; /* beside labels; or NULL */
	const struct str *labels;           /* {"a":  then  ,"b":  and so on */
	size_t n_labels;
	int64_t count; /* rows written */
	int64_t max;   /* further rows only set `more` */
	bool more;
	struct preload *preload; /* of rows_add(); or NULL */
	bool bare;       /* the values alone: 5, or "(1,2)" for several */
	struct buf text; /* of such a "(1,2)" */
};

/* Rows of the query's fields, as it asks for them, into out; at most max. The
 * labels live in the arena. */
void rows_open(struct rows *rows, struct arena *arena, struct buf *out,
    const struct query *q, int64_t max);

/* Does a row more fit into ROWS_BYTES_MAX? */
bool rows_fit(const struct rows *rows, const struct db_value *v);

/* One object, without any comma before it. */
void rows_put(struct rows *rows, const struct db_value *v);

/* The same, and a row of the preload, if there is one; out is then a buf of an
 * arena. ST_TOO_BIG as preload_add(). */
enum status rows_add(struct rows *rows, const struct db_value *v);

/* A db_row_f on a struct rows: objects with commas between them. ST_TOO_BIG
 * past ROWS_BYTES_MAX; ST_REFUSED as table_call_flush(). */
enum status rows_take(void *ctx, const struct db_value *v, size_t n);

#endif
