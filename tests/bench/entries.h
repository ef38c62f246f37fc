/*
 * The records that a request sends for the table entries, read as a minimal
 * program would: the whole body as a tree of json-c.
 */
#ifndef BENCH_ENTRIES_H
#define BENCH_ENTRIES_H

#include <stddef.h>

#include <fcgiapp.h>

#include "tests/bench/orders.h"

#define ENTRY_VALUES 3 /* name, amount, note: of ORDERS_INSERT */

struct entries {
	struct json_object *body;
	struct json_object *records;
	size_t n;
};

/* Exits with a message when the body is not {"resource":[...]}. */
void entries_read(FCGX_Request *r, struct entries *out);

/* Texts that live until entries_free(). */
void entries_values(const struct entries *entries, size_t i,
    struct orders_value out[ENTRY_VALUES]);

void entries_free(struct entries *entries);

#endif
