/*
 * mariadb_epoll SOCKET THREADS PORT USER PASSWORD DATABASE: the orders table
 * of a server at 127.0.0.1, the least that answers the same questions as weir.
 */
#include <err.h>
#include <mysql.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/orders.h"
#include "tests/bench/responder.h"

#define TEXT_BYTES 256

/* A prepared statement; the client writes every value as text. */
struct asked {
	MYSQL_STMT *stmt;
	long long value;
	MYSQL_BIND in;
	MYSQL_BIND out[ORDERS_COLUMNS];
	unsigned long length[ORDERS_COLUMNS];
	my_bool null[ORDERS_COLUMNS];
	char text[ORDERS_COLUMNS][TEXT_BYTES];
};

/* Of one thread. */
struct orders {
	struct asked page;
	struct asked row;
};

static void
asked_open(struct asked *a, MYSQL *link, const char *sql)
{
	a->stmt = mysql_stmt_init(link);
	a->in.buffer_type = MYSQL_TYPE_LONGLONG;
	a->in.buffer = &a->value;
	for (int i = 0; i < ORDERS_COLUMNS; i++) {
		a->out[i].buffer_type = MYSQL_TYPE_STRING;
		a->out[i].buffer = a->text[i];
		a->out[i].buffer_length = TEXT_BYTES - 1;
		a->out[i].length = &a->length[i];
		a->out[i].is_null = &a->null[i];
	}
	if (a->stmt == NULL ||
	    mysql_stmt_prepare(a->stmt, sql, strlen(sql)) != 0 ||
	    mysql_stmt_bind_param(a->stmt, &a->in) != 0 ||
	    mysql_stmt_bind_result(a->stmt, a->out) != 0)
		errx(1, "%s", mysql_error(link));
}

static void *
orders_open(void *ctx)
{
	char *const *argv = ctx;
	struct orders *orders = calloc(1, sizeof(*orders));
	MYSQL *link = mysql_init(NULL);

	if (orders == NULL || link == NULL)
		errx(1, "out of memory");
	if (mysql_real_connect(link, "127.0.0.1", argv[4], argv[5], argv[6],
		(unsigned)atoi(argv[3]), NULL, 0) == NULL)
		errx(1, "%s", mysql_error(link));
	asked_open(&orders->page, link, orders_page_sql);
	asked_open(&orders->row, link, orders_row_sql);
	return orders;
}

static bool
asked_next(struct asked *a, const char **text)
{
	if (mysql_stmt_fetch(a->stmt) != 0)
		return false;
	for (int i = 0; i < ORDERS_COLUMNS; i++) {
		text[i] = a->null[i] ? NULL : a->text[i];
		a->text[i][a->length[i] < TEXT_BYTES ? a->length[i] : 0] = '\0';
	}
	return true;
}

static void
orders_answer(void *state, FCGX_Request *r)
{
	struct orders *orders = state;
	struct orders_ask ask = orders_asked(r);
	struct asked *a = ask.is_page ? &orders->page : &orders->row;
	const char *text[ORDERS_COLUMNS];

	a->value = ask.value;
	if (mysql_stmt_execute(a->stmt) != 0)
		errx(1, "%s", mysql_stmt_error(a->stmt));
	orders_begin(&ask, r->out);
	for (int n = 0; asked_next(a, text); n++)
		orders_row(text, n, r->out);
	orders_end(&ask, r->out);
}

int
main(int argc, char **argv)
{
	if (argc != 7)
		errx(2, "usage: mariadb_epoll SOCKET THREADS PORT USER "
			"PASSWORD DATABASE");
	if (mysql_library_init(0, NULL, NULL) != 0)
		errx(1, "the client library does not start");
	responder_run(&(struct responder){ .path = argv[1],
	    .threads = atoi(argv[2]),
	    .open = orders_open,
	    .answer = orders_answer,
	    .ctx = argv });
	return 0;
}
