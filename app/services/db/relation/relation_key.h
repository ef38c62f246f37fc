/* Foreign keys with the tables and columns they name, in a lasting order. */
#ifndef WEIR_SERVICES_DB_RELATION_KEY_H
#define WEIR_SERVICES_DB_RELATION_KEY_H

#include "app/services/db/relation/relation.h"

/* The rows of `from` refer to rows of `to`. */
struct relation_key {
	const struct db_table *from;
	const struct db_table *to;
	struct joint joint;
	const struct foreign_key *key;
	size_t place; /* of its first column in `from` */
};

/*
 * All keys of the catalogue that say which record is referred to, each once:
 * by the order of their tables, then of their columns. They live in the arena.
 */
struct relation_key *relation_keys(
    struct arena *arena, const struct catalog *catalog, size_t *n);

/* Can no two rows have the same values in these columns? */
bool columns_are_unique(const struct db_table *table,
    const struct column *const *columns, size_t n);

#endif
