/* The database behind a database store's fixture (tests/contract), reached
 * beside the store. */
#ifndef WEIR_TEST_DATABASE_ROWS_H
#define WEIR_TEST_DATABASE_ROWS_H

#include <stdint.h>

#include "drivers/db/db.h"

struct CMUnitTest;
struct fixture;

/* A connection of its own; end it by its driver. */
struct db_conn *rows_connect(const struct fixture *f);

/* Runs SQL; asserts that it could. */
void rows_sql(const struct fixture *f, const char *sql);

/* The one number that a query tells. */
int64_t rows_number(const struct fixture *f, const char *sql);

/* Whether the fixture's database is a file. */
bool rows_in_file(const struct fixture *f);

/* cmocka set-up and tear-down of a fixture on the kind of place that *state
 * names; and a group of tests, each run on every kind. */
int rows_set_up(void **state);
int rows_tear_down(void **state);
int rows_run(const char *group, const struct CMUnitTest *tests, size_t n);

#define ROWS_TEST(f)                                                           \
	cmocka_unit_test_setup_teardown(f, rows_set_up, rows_tear_down)
#define ROWS_RUN(group, tests)                                                 \
	rows_run(group, tests, sizeof(tests) / sizeof((tests)[0]))

#endif
