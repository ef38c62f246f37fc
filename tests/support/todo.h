/* A small database service for the tests of what is read: five todos, pairs
 * with a key of two columns, a table without a key, a view. */
#ifndef WEIR_TESTS_TODO_H
#define WEIR_TESTS_TODO_H

#include "tests/support/db_world.h"

/* For cmocka: *state is a struct world whose answers hold at most 4 records. */
int todo_set_up(void **state);
int todo_tear_down(void **state);

/* GET answers 200 with that body and deletes no tag. */
void todo_expect(struct world *w, const char *target, const char *want);

/* GET answers an error of that status and message. */
void todo_expect_refused(
    struct world *w, const char *target, int status, const char *message);

#endif
