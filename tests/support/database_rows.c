#include "tests/support/database_rows.h"

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"

#define NAME_BYTES 128

static const struct db_driver *
driver_of(const struct fixture *f)
{
	return db_driver_find(str_of(f->config.db->driver));
}

bool
rows_in_file(const struct fixture *f)
{
	return strcmp(f->config.db->driver, "sqlite") == 0;
}

struct db_conn *
rows_connect(const struct fixture *f)
{
	struct error err = { .text = "" };
	struct db_conn *conn;

	if (driver_of(f)->connect(
		f->config.db, fixture_deadline(), &conn, &err) != ST_OK)
		fail_msg("%s", err.text);
	return conn;
}

void
rows_sql(const struct fixture *f, const char *sql)
{
	struct error err = { .text = "" };
	struct db_conn *conn = rows_connect(f);

	if (driver_of(f)->script(conn, sql, &err) != ST_OK)
		fail_msg("%s: %s", sql, err.text);
	driver_of(f)->disconnect(conn);
}

static enum status
take(void *ctx, const struct db_value *v, size_t n)
{
	int64_t *number = ctx;

	assert_int_equal(n, 1);
	assert_int_equal(v[0].type, DB_INT);
	*number = v[0].i;
	return ST_OK;
}

int64_t
rows_number(const struct fixture *f, const char *sql)
{
	const struct db_stmt stmt = { .sql = str_of(sql) };
	struct error err = { .text = "" };
	struct db_conn *conn = rows_connect(f);
	int64_t number = -1;

	if (driver_of(f)->run(conn, &stmt, fixture_deadline(), take, &number,
		NULL, &err) != ST_OK)
		fail_msg("%s: %s", sql, err.text);
	driver_of(f)->disconnect(conn);
	return number;
}

int
rows_set_up(void **state)
{
	const struct place_kind *kind = *state;
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		abort();
	fixture_open(f, kind);
	*state = f;
	return 0;
}

int
rows_tear_down(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	free(f);
	return 0;
}

int
rows_run(const char *group, const struct CMUnitTest *tests, size_t n)
{
	struct CMUnitTest *all;
	char(*names)[NAME_BYTES];
	size_t kinds = 0;
	int failed;

	while (place_kinds[kinds] != NULL)
		kinds++;
	assert(kinds > 0 && n > 0);
	all = calloc(kinds * n, sizeof(*all));
	names = calloc(kinds * n, sizeof(*names));
	if (all == NULL || names == NULL)
		abort();
	for (size_t i = 0; i < kinds * n; i++) {
		const struct place_kind *kind = place_kinds[i / n];

		all[i] = tests[i % n];
		(void)snprintf(names[i], NAME_BYTES, "%s: %s", kind->name,
		    tests[i % n].name);
		all[i].name = names[i];
		all[i].initial_state = (void *)(uintptr_t)kind;
	}
	failed = _cmocka_run_group_tests(group, all, kinds * n, NULL, NULL);
	free(names);
	free(all);
	return failed;
}
