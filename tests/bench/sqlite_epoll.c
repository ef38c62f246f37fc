/*
 * sqlite_epoll SOCKET THREADS DATABASE: the orders table, the least that
 * answers the same questions as weir.
 */
#include <err.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "tests/bench/orders.h"
#include "tests/bench/responder.h"

#define BUSY_MS 5000

/* Of one thread. */
struct orders {
	sqlite3 *db;
	sqlite3_stmt *sql[ORDERS_SQLS];
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
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		errx(1, "%s: cannot be opened", (const char *)path);
	(void)sqlite3_busy_timeout(orders->db, BUSY_MS);
	for (int i = 0; i < ORDERS_SQLS; i++)
		orders->sql[i] = prepare(orders->db, orders_sql[i].text);
	return orders;
}

static void
bind(sqlite3_stmt *stmt, const struct orders_value *values, int n)
{
	for (int i = 0; i < n; i++) {
		if (values[i].text != NULL)
			sqlite3_bind_text(
			    stmt, i + 1, values[i].text, -1, SQLITE_STATIC);
		else
			sqlite3_bind_int64(stmt, i + 1, values[i].number);
	}
}

static void
run(void *state, enum orders_sql sql, const struct orders_value *values,
    orders_row_f *row, void *ctx)
{
	const struct orders *orders = state;
	sqlite3_stmt *stmt = orders->sql[sql];
	const char *text[ORDERS_COLUMNS_MAX];

	bind(stmt, values, orders_sql[sql].n_values);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		for (int i = 0; i < orders_sql[sql].n_columns; i++)
			text[i] = (const char *)sqlite3_column_text(stmt, i);
		row(ctx, text);
	}
	if (sqlite3_reset(stmt) != SQLITE_OK)
		errx(1, "%s", sqlite3_errmsg(orders->db));
}

static long long
last_id(void *state)
{
	return sqlite3_last_insert_rowid(((struct orders *)state)->db);
}

static void
execute(void *state, const char *sql)
{
	sqlite3 *db = ((struct orders *)state)->db;

	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		errx(1, "%s", sqlite3_errmsg(db));
}

static void
begin(void *state)
{
	execute(state, "BEGIN IMMEDIATE");
}

static void
commit(void *state)
{
	execute(state, "COMMIT");
}

static void
snapshot(void *state)
{
	execute(state, "BEGIN");
}

static void
rollback(void *state)
{
	execute(state, "ROLLBACK");
}

static void
answer(void *state, FCGX_Request *r)
{
	static const struct orders_engine engine = { run, last_id, begin,
		commit, snapshot, rollback };

	orders_answer(&engine, state, r);
}

int
main(int argc, char **argv)
{
	if (argc != 4)
		errx(2, "usage: sqlite_epoll SOCKET THREADS DATABASE");
	responder_run(&(struct responder){ .path = argv[1],
	    .threads = atoi(argv[2]),
	    .open = orders_open,
	    .answer = answer,
	    .ctx = argv[3] });
	return 0;
}
