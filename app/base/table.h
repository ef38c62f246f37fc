/*
 * A hash table from bytes to a pointer, filled once and then only read: the
 * look-ups of a snapshot or a catalogue. Keys are views and are not copied;
 * they must live as long as the table, which lives in its arena.
 */
#ifndef WEIR_BASE_TABLE_H
#define WEIR_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/str.h"

struct arena;
struct table_slot;

struct table {
	struct table_slot *slots;
	size_t mask;
	size_t count;
};

/* Room for at most n keys. */
void table_init(struct table *t, struct arena *arena, size_t n);

/* False when the key is there already (the table is unchanged). */
bool table_add(struct table *t, struct str key, void *value);

/* NULL when there is no such key. */
void *table_get(const struct table *t, struct str key);

#endif
