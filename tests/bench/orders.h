/*
 * What the minimal responders share that answer from the orders table: the
 * two statements, what a request asks for, and the JSON of a row, built by
 * hand for exactly these columns.
 */
#ifndef BENCH_ORDERS_H
#define BENCH_ORDERS_H

#include <fcgiapp.h>
#include <stdbool.h>

#define ORDERS_COLUMNS 10

/* 25 rows from an offset on, and the row of an id: each has one value. */
extern const char orders_page_sql[];
extern const char orders_row_sql[];

/* What GET _table/orders?offset=N or _table/orders/N asks for. */
struct orders_ask {
	bool is_page;
	long long value; /* for the statement */
};

struct orders_ask orders_asked(const FCGX_Request *r);

/* Around the rows: the answer's head, and what a page is wrapped in. */
void orders_begin(const struct orders_ask *ask, FCGX_Stream *out);
void orders_end(const struct orders_ask *ask, FCGX_Stream *out);

/* The row number n of the answer, each column as text, NULL for null. */
void orders_row(const char *const *text, int n, FCGX_Stream *out);

#endif
