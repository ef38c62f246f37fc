/*
 * mariadb_epoll SOCKET THREADS PORT USER PASSWORD DATABASE: the orders table
 * of a server at 127.0.0.1, the least that answers the same questions as weir.
 */
#include <err.h>
#include <mysql.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/orders.h"
#include "tests/bench/responder.h"

#define TEXT_BYTES 256

/* A prepared statement; the client writes every value as text. */
struct asked {
	MYSQL_STMT *stmt;
	unsigned long length[ORDERS_COLUMNS_MAX];
	my_bool null[ORDERS_COLUMNS_MAX];
	char text[ORDERS_COLUMNS_MAX][TEXT_BYTES];
};

/* Of one thread. */
struct orders {
	MYSQL *link;
	struct asked sql[ORDERS_SQLS];
};

static void
asked_open(struct asked *a, MYSQL *link, const struct orders_sql_text *sql)
{
	MYSQL_BIND out[ORDERS_COLUMNS_MAX] = { 0 };

	a->stmt = mysql_stmt_init(link);
	for (int i = 0; i < sql->n_columns; i++) {
		out[i].buffer_type = MYSQL_TYPE_STRING;
		out[i].buffer = a->text[i];
		out[i].buffer_length = TEXT_BYTES - 1;
		out[i].length = &a->length[i];
		out[i].is_null = &a->null[i];
	}
	if (a->stmt == NULL ||
	    mysql_stmt_prepare(a->stmt, sql->text, strlen(sql->text)) != 0)
		errx(1, "%s", mysql_error(link));
	if (sql->n_columns > 0 && mysql_stmt_bind_result(a->stmt, out) != 0)
		errx(1, "%s", mysql_stmt_error(a->stmt));
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
	orders->link = link;
	for (int i = 0; i < ORDERS_SQLS; i++)
		asked_open(&orders->sql[i], link, &orders_sql[i]);
	return orders;
}

static void
execute(struct asked *a, const struct orders_value *values, int n)
{
	MYSQL_BIND in[ORDERS_VALUES_MAX] = { 0 };

	for (int i = 0; i < n; i++) {
		const struct orders_value *v = &values[i];
		const void *p =
		    v->text == NULL ? (const void *)&v->number : v->text;

		in[i].buffer_type =
		    v->text == NULL ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_STRING;
		in[i].buffer = (void *)(uintptr_t)p;
		in[i].buffer_length = v->text == NULL ? 0 : strlen(v->text);
	}
	if (mysql_stmt_bind_param(a->stmt, in) != 0 ||
	    mysql_stmt_execute(a->stmt) != 0)
		errx(1, "%s", mysql_stmt_error(a->stmt));
}

static void
run(void *state, enum orders_sql sql, const struct orders_value *values,
    orders_row_f *row, void *ctx)
{
	struct asked *a = &((struct orders *)state)->sql[sql];
	int n = orders_sql[sql].n_columns;
	const char *text[ORDERS_COLUMNS_MAX];

	execute(a, values, orders_sql[sql].n_values);
	while (n > 0 && mysql_stmt_fetch(a->stmt) == 0) {
		for (int i = 0; i < n; i++) {
			unsigned long length = a->length[i];

			a->text[i][length < TEXT_BYTES ? length : 0] = '\0';
			text[i] = a->null[i] ? NULL : a->text[i];
		}
		row(ctx, text);
	}
}

static long long
last_id(void *state)
{
	struct asked *a = &((struct orders *)state)->sql[ORDERS_INSERT];

	return (long long)mysql_stmt_insert_id(a->stmt);
}

static void
say(void *state, const char *sql)
{
	MYSQL *link = ((struct orders *)state)->link;

	if (mysql_query(link, sql) != 0)
		errx(1, "%s", mysql_error(link));
}

static void
begin(void *state)
{
	say(state, "START TRANSACTION");
}

static void
commit(void *state)
{
	say(state, "COMMIT");
}

static void
snapshot(void *state)
{
	say(state, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
}

static void
rollback(void *state)
{
	say(state, "ROLLBACK");
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
	if (argc != 7)
		errx(2, "usage: mariadb_epoll SOCKET THREADS PORT USER "
			"PASSWORD DATABASE");
	if (mysql_library_init(0, NULL, NULL) != 0)
		errx(1, "the client library does not start");
	responder_run(&(struct responder){ .path = argv[1],
	    .threads = atoi(argv[2]),
	    .open = orders_open,
	    .answer = answer,
	    .ctx = argv });
	return 0;
}
