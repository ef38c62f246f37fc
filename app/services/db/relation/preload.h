/*
 * What is related to rows, read for all of them at once: one statement for
 * each relation and level, or one for each thousand keys. Rows are kept as the
 * JSON text that they are shown as; what is related is put into them when all
 * of it is known.
 */
#ifndef WEIR_SERVICES_DB_PRELOAD_H
#define WEIR_SERVICES_DB_PRELOAD_H

#include "app/base/status.h"
#include "app/services/db/relation/bucket.h"

struct query;
struct statement;
struct table_call;

struct preload_row {
	struct str text; /* an object */
	uint32_t next;   /* of the same bucket, or BUCKET_NONE */
};

/* The rows of one query; everything lives in the arena. */
struct preload {
	struct arena *arena;
	const struct query *query;
	struct preload_row *rows;
	uint32_t *links; /* of each row, and each of query->related: which
			  * bucket, or BUCKET_NONE */
	size_t n;
	size_t room;
	struct preload_branch *branches; /* beside query->related */
	size_t *bytes;                   /* that all of it takes */
};

/* What is related by one relation. */
struct preload_branch {
	struct str label; /* ,"name": */
	struct buckets buckets;
	struct preload below; /* the rows found */
	struct buf text;      /* theirs */
};

/* NULL when nothing related is asked for. */
struct preload *preload_open(struct arena *arena, const struct query *q);

/*
 * A row more, shown as that text: v has the fields of the query and those that
 * it does not show. The text must live as long as the preload. ST_TOO_BIG past
 * ROWS_BYTES_MAX.
 */
enum status preload_add(
    struct preload *p, const struct db_value *v, struct str text);

/* Reads what is related to all rows. ST_TOO_BIG past ROWS_BYTES_MAX;
 * ST_INVALID when a record has more than max_records of one relation. */
enum status preload_fetch(
    struct preload *p, struct table_call *c, struct error *err);

/* Appends row i with what is related to it. ST_TOO_BIG when out would pass
 * ROWS_BYTES_MAX. */
enum status preload_put(const struct preload *p, size_t i, struct buf *out);

/*
 * Runs a statement that gives rows of the query, with its fields and those that
 * it does not show: appends as many as its limit to out, with commas between
 * them and what is related in them. *more: there were others behind them.
 */
enum status preload_page(struct table_call *c, const struct query *q,
    const struct statement *s, struct buf *out, bool *more, struct error *err);

#endif
