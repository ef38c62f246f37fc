#include "tests/support/todo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "middleware/service.h"

static const char script[] =
    "CREATE TABLE todo (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "
    "done BOOLEAN, price DECIMAL, due DATE, data BLOB);"
    "INSERT INTO todo VALUES (1, 'one', 1, 1.5, '2024-01-01', x'00ff'),"
    "(2, 'two', 0, 2, NULL, NULL), (3, 'three', NULL, 0.1, NULL, NULL),"
    "(4, 'fo\"ur', NULL, NULL, NULL, NULL), (5, 'five', 1, 5, NULL, NULL);"
    "CREATE TABLE pair (a INTEGER NOT NULL, b TEXT NOT NULL, v INTEGER, "
    "PRIMARY KEY (a, b));"
    "INSERT INTO pair VALUES (1, 'x', 10), (1, 'y', 11), (2, 'x', 12);"
    "CREATE TABLE keyless (v INTEGER);"
    "INSERT INTO keyless VALUES (7);"
    "CREATE VIEW done AS SELECT id, name FROM todo WHERE done = 1;"
    "CREATE TABLE secret (id INTEGER PRIMARY KEY)";

int
todo_set_up(void **state)
{
	struct world *w = malloc(sizeof(*w));

	assert_non_null(w);
	world_open(w, script, ",\"max_records\":4");
	*state = w;
	return 0;
}

int
todo_tear_down(void **state)
{
	world_close(*state);
	free(*state);
	return 0;
}

void
todo_expect(struct world *w, const char *target, const char *want)
{
	int status = world_call(w, "GET", target, NULL);

	assert_string_equal(world_body(w), want);
	assert_int_equal(status, 200);
	assert_int_equal(w->n_batches, 0);
}

void
todo_expect_refused(
    struct world *w, const char *target, int status, const char *message)
{
	assert_int_equal(world_call(w, "GET", target, NULL), status);
	assert_string_equal(world_message(w), message);
}
