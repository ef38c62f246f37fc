/*
 * sqlite_epoll SOCKET THREADS DATABASE: the orders table, the least that
 * answers the same questions as weir.
 */
#include <err.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "tests/bench/orders.h"
#include "tests/bench/responder.h"

/* Of one thread. */
struct orders {
	sqlite3 *db;
	sqlite3_stmt *page;
	sqlite3_stmt *row;
};

static sqlite3_stmt *
prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt,
		NULL) != SQLITE_OK)
		errx(1, "%s", sqlite3_errmsg(db));
	return stmt;
}

static void *
orders_open(void *path)
{
	struct orders *orders = calloc(1, sizeof(*orders));

	if (orders == NULL ||
	    sqlite3_open_v2(path, &orders->db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		errx(1, "%s: cannot be read", (const char *)path);
	orders->page = prepare(orders->db, orders_page_sql);
	orders->row = prepare(orders->db, orders_row_sql);
	return orders;
}

static void
orders_answer(void *state, FCGX_Request *r)
{
	const struct orders *orders = state;
	struct orders_ask ask = orders_asked(r);
	sqlite3_stmt *stmt = ask.is_page ? orders->page : orders->row;
	const char *text[ORDERS_COLUMNS];

	sqlite3_bind_int64(stmt, 1, ask.value);
	orders_begin(&ask, r->out);
	for (int n = 0; sqlite3_step(stmt) == SQLITE_ROW; n++) {
		for (int i = 0; i < ORDERS_COLUMNS; i++)
			text[i] = (const char *)sqlite3_column_text(stmt, i);
		orders_row(text, n, r->out);
	}
	sqlite3_reset(stmt);
	orders_end(&ask, r->out);
}

int
main(int argc, char **argv)
{
	if (argc != 4)
		errx(2, "usage: sqlite_epoll SOCKET THREADS DATABASE");
	responder_run(&(struct responder){ .path = argv[1],
	    .threads = atoi(argv[2]),
	    .open = orders_open,
	    .answer = orders_answer,
	    .ctx = argv[3] });
	return 0;
}
