/* Rows kept to be looked at, for the suites of the database drivers. */
#ifndef WEIR_TESTS_DB_ROWS_H
#define WEIR_TESTS_DB_ROWS_H

#include "tests/contract/db_fixture.h"

/* Copies of the rows that came, at most a few. */
struct rows {
	struct arena *arena;
	struct db_value v[8][12];
	size_t n;
	size_t columns;
	size_t stop_after; /* 0: never */
};

/* Runs a statement on a connection; rows may be NULL. */
enum status rows_run_on(struct fixture *f, struct db_conn *conn,
    const char *sql, const struct db_value *args, size_t n, struct rows *rows);

/* Runs a statement without arguments on the fixture's connection. */
enum status rows_run(struct fixture *f, const char *sql, struct rows *rows);

/* The one number that a statement gives. */
int64_t rows_number(struct fixture *f, const char *sql);

#endif
