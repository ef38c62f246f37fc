/* The places of a test whose Redis Cluster changes under way. */
#ifndef WEIR_TESTS_MOVING_H
#define WEIR_TESTS_MOVING_H

#include <stddef.h>

#include "app/base/str.h"

struct nodes;

/* cmocka set-up and tear-down: *state becomes a struct fixture of three fresh
 * masters, of which batches are asked by exec() or by submit() and reap(). */
int moving_set_up_blocking(void **state);
int moving_set_up_loop(void **state);
int moving_set_up_tls(void **state); /* where TLS is built in; a loop */
int moving_tear_down(void **state);

/* The masters. */
struct nodes *moving_nodes(void);

/* The slot of a name, and the node that serves a slot at first. */
unsigned moving_slot(struct str name);
size_t moving_owner(unsigned slot);

/* Moves a slot with its keys, a few at a time. */
void moving_move(unsigned slot, size_t from, size_t to);

#endif
