/* The record that an item of a batch is about, and how statements name it. */
#ifndef WEIR_SERVICES_DB_TARGET_H
#define WEIR_SERVICES_DB_TARGET_H

#include "app/services/db/write/bulk.h"

struct target {
	struct identifier id;   /* as it was asked for, by query.by */
	struct identity by;     /* the key, where the table has one */
	struct db_value *parts; /* beside `by` */
};

/* ST_MISSING only where other columns than the key identify it: the key
 * itself is left to the statement that writes. ST_INVALID: several, or no
 * identifier. */
enum status target_find(
    struct bulk *b, size_t i, struct target *t, struct error *err);

/* Runs a statement on it. ST_MISSING when it touched no row. */
enum status target_run(struct bulk *b, const struct statement *s,
    const struct target *t, struct error *err);

/* Its name as it is after the change, which may have set it anew. */
void target_rename(struct target *t, const struct draft *draft);

#endif
