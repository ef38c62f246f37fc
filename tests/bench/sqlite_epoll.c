/*
 * sqlite_epoll SOCKET THREADS DATABASE: a page of the orders table, the JSON
 * built by hand for exactly these columns: the least that answers the same
 * question as GET _table/orders?limit=25&offset=N.
 */
#include <err.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/responder.h"

#define COLUMNS 10

static const char page_sql[] =
    "SELECT id, customer, country_code, currency_code, language_code, status,"
    " amount, paid, ordered_on, note FROM orders ORDER BY id LIMIT 25 OFFSET ?";

static const char *const column_name[COLUMNS] = { "id", "customer",
	"country_code", "currency_code", "language_code", "status", "amount",
	"paid", "ordered_on", "note" };

struct page {
	sqlite3 *db;
	sqlite3_stmt *stmt;
};

static void *
page_open(void *path)
{
	struct page *page = calloc(1, sizeof(*page));

	if (page == NULL ||
	    sqlite3_open_v2(path, &page->db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
		NULL) != SQLITE_OK ||
	    sqlite3_prepare_v3(page->db, page_sql, -1,
		SQLITE_PREPARE_PERSISTENT, &page->stmt, NULL) != SQLITE_OK)
		errx(1, "%s: cannot be read", (const char *)path);
	return page;
}

/* The text of the demo data needs no escape. */
static void
value_put(sqlite3_stmt *stmt, int i, FCGX_Stream *out)
{
	const char *text = (const char *)sqlite3_column_text(stmt, i);
	bool quoted = sqlite3_column_type(stmt, i) == SQLITE_TEXT;

	if (text == NULL)
		text = "null";
	if (strcmp(column_name[i], "paid") == 0)
		text = *text == '0' ? "false" : "true";
	if (quoted)
		(void)FCGX_PutChar('"', out);
	(void)FCGX_PutS(text, out);
	if (quoted)
		(void)FCGX_PutChar('"', out);
}

static void
row_put(sqlite3_stmt *stmt, FCGX_Stream *out)
{
	for (int i = 0; i < COLUMNS; i++) {
		(void)FCGX_PutS(i == 0 ? "{\"" : ",\"", out);
		(void)FCGX_PutS(column_name[i], out);
		(void)FCGX_PutS("\":", out);
		value_put(stmt, i, out);
	}
	(void)FCGX_PutChar('}', out);
}

static void
page_answer(void *state, FCGX_Request *r)
{
	struct page *page = state;
	const char *query = FCGX_GetParam("QUERY_STRING", r->envp);
	const char *offset = query ? strstr(query, "offset=") : NULL;
	const char *sep = "";

	sqlite3_bind_int64(
	    page->stmt, 1, offset ? atoll(offset + strlen("offset=")) : 0);
	(void)FCGX_PutS("Content-Type: application/json\r\n\r\n"
			"{\"resource\":[",
	    r->out);
	for (; sqlite3_step(page->stmt) == SQLITE_ROW; sep = ",") {
		(void)FCGX_PutS(sep, r->out);
		row_put(page->stmt, r->out);
	}
	sqlite3_reset(page->stmt);
	(void)FCGX_PutS("]}", r->out);
}

int
main(int argc, char **argv)
{
	if (argc != 4)
		errx(2, "usage: sqlite_epoll SOCKET THREADS DATABASE");
	responder_run(&(struct responder){ .path = argv[1],
	    .threads = atoi(argv[2]),
	    .open = page_open,
	    .answer = page_answer,
	    .ctx = argv[3] });
	return 0;
}
