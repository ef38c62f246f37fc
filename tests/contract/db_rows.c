#include "tests/contract/db_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static enum status
keep_row(void *ctx, const struct db_value *v, size_t n)
{
	struct rows *rows = ctx;

	assert_true(rows->n < 8 && n <= 12);
	for (size_t i = 0; i < n; i++) {
		struct db_value *copy = &rows->v[rows->n][i];

		*copy = v[i];
		if (v[i].type >= DB_NUMBER)
			copy->s = arena_dup(rows->arena, v[i].s);
	}
	rows->columns = n;
	rows->n++;
	return rows->n == rows->stop_after ? ST_REFUSED : ST_OK;
}

enum status
rows_run_on(struct fixture *f, struct db_conn *conn, const char *sql,
    const struct db_value *args, size_t n, struct rows *rows)
{
	struct db_stmt stmt = { str_of(sql), args, n };

	if (rows != NULL)
		rows->arena = &f->arena;
	return f->driver->run(conn, &stmt, fixture_deadline(),
	    rows == NULL ? NULL : keep_row, rows, NULL, NULL);
}

enum status
rows_run(struct fixture *f, const char *sql, struct rows *rows)
{
	return rows_run_on(f, f->conn, sql, NULL, 0, rows);
}

int64_t
rows_number(struct fixture *f, const char *sql)
{
	struct rows rows = { .n = 0 };

	assert_int_equal(rows_run(f, sql, &rows), ST_OK);
	assert_int_equal(rows.n, 1);
	return rows.v[0][0].i;
}
