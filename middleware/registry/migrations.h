/*
 * The schema of the system database, as numbered steps. Each runs in a
 * transaction of its own, or where that cannot be under a lock, and is noted
 * in schema_migration, so any number of processes may try at once and a step
 * runs once. Where all have run, nothing but SELECT is asked for.
 */
#ifndef WEIR_MIGRATIONS_H
#define WEIR_MIGRATIONS_H

#include <stdint.h>

#include "app/base/status.h"

struct app_keys;
struct system_db;

/* The newest step this weir knows. */
#define MIGRATION_NEWEST 8

/*
 * Takes the schema to step `last` (MIGRATION_NEWEST but in tests). What it
 * stores of secrets is under the keys. *applied receives how many steps ran.
 * ST_INVALID when a newer weir has been here.
 */
enum status migrations_run(struct system_db *db, int64_t last,
    const struct app_keys *keys, unsigned *applied, struct error *err);

/* The newest step that has run; 0 when `weir setup` has never been here. */
enum status migrations_number(
    struct system_db *db, int64_t *number, struct error *err);

/* ST_OK when the schema is the newest; else ST_INVALID and what to do. */
enum status migrations_check(struct system_db *db, struct error *err);

#endif
