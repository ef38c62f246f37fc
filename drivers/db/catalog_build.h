/* What drivers share to make a catalogue of the rows that they read. */
#ifndef WEIR_DB_CATALOG_BUILD_H
#define WEIR_DB_CATALOG_BUILD_H

#include <stddef.h>

#include "app/base/buf.h"

struct arena;
struct catalog;
struct db_table;

/* Appends an item to a list that grows as bytes of a buf in the arena. */
void items_add(struct buf *list, const void *item, size_t size);

struct column;

/* Sets least and most of an integer of so many bits, 1 to 64; is_unsigned is
 * set. */
void column_range(struct column *c, unsigned bits);

/* Makes key, by_name and the labels of the table's columns, which stay where
 * they are. */
void table_link(struct db_table *t, struct arena *arena);

/* Leaves out the table's indexes that have a column without a name, and tells
 * the columns what the others say of them. Once, after table_link(). */
void indexes_link(struct db_table *t);

/* Makes by_name of the catalogue's tables, which stay where they are. */
void catalog_index(struct catalog *c, struct arena *arena);

/* That, and links their foreign keys: a key may name its table in another case,
 * or no columns, which are then the primary key's. */
void catalog_link(struct catalog *c, struct arena *arena);

#endif
