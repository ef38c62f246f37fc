/* The steps that migrations.c runs, in order; a step is never changed. */
#ifndef WEIR_SCHEMA_H
#define WEIR_SCHEMA_H

#include <stdint.h>

#include "middleware/registry/migrations.h"

struct app_keys;
struct arena;
struct system_db;

/* A script, a function, or both in this order. */
struct schema_step {
	int64_t number;
	const char *sql;
	enum status (*fill)(struct system_db *db, const struct app_keys *keys,
	    struct error *err);
};

/* A step's function: seals the secrets of services. */
enum status schema_seal(
    struct system_db *db, const struct app_keys *keys, struct error *err);

/* The tables of users, and what else came with them. */
extern const char schema_people_sql[];

/* A step's function: columns that say who made and who changed a record. */
enum status schema_owners(
    struct system_db *db, const struct app_keys *keys, struct error *err);

/* A step's function: what limits are about since there are users. */
enum status schema_limits(
    struct system_db *db, const struct app_keys *keys, struct error *err);

/* For steps' functions: adds a column of that type, unless the step ended
 * halfway once and had done so. Needs the arena meanwhile. */
struct schema_column {
	const char *table, *name, *type;
};
enum status schema_column_add(struct system_db *db, struct arena *arena,
    const struct schema_column *column, struct error *err);

/* Numbers 1 to MIGRATION_NEWEST. */
extern const struct schema_step schema_steps[MIGRATION_NEWEST];

#endif
