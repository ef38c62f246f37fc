/*
 * What the minimal responders share that answer from the orders table: the
 * statements, what a request asks for, and the JSON of the answer, built by
 * hand for exactly these columns.
 */
#ifndef BENCH_ORDERS_H
#define BENCH_ORDERS_H

#include <fcgiapp.h>

#define ORDERS_PAGE_ROWS   25
#define ORDERS_COLUMNS_MAX 10
#define ORDERS_VALUES_MAX  ORDERS_PAGE_ROWS

enum orders_sql {
	ORDERS_PAGE,      /* of so many rows from an offset on */
	ORDERS_ROW,       /* of an id */
	ORDERS_COUNTRIES, /* of ORDERS_PAGE_ROWS codes */
	ORDERS_INSERT,    /* a row of the table entries */
	ORDERS_SQLS
};

struct orders_sql_text {
	const char *text;
	int n_values;
	int n_columns;
};

extern const struct orders_sql_text orders_sql[ORDERS_SQLS];

/* Bound to a statement: a text, or a number when that is NULL. */
struct orders_value {
	const char *text;
	long long number;
};

/* Each column as text, NULL for null. */
typedef void orders_row_f(void *ctx, const char *const *text);

/* What a thread does with its database. */
struct orders_engine {
	void (*run)(void *db, enum orders_sql sql,
	    const struct orders_value *values, orders_row_f *row, void *ctx);
	long long (*last_id)(void *db);
	void (*begin)(void *db); /* to write */
	void (*commit)(void *db);
	void (*snapshot)(void *db); /* to read several times */
	void (*rollback)(void *db);
};

/*
 * Answers GET _table/orders?limit=N&offset=N, the same with related=,
 * GET _table/orders/N, and POST _table/entries.
 */
void orders_answer(
    const struct orders_engine *engine, void *db, FCGX_Request *r);

#endif
