/*
 * The tables of the system database as the System API reads them: with the code
 * of the data API (app/services/db), but without tables and columns that are
 * nobody's to see, such as hashes of passwords and keys.
 */
#ifndef WEIR_SERVICES_SYSTEM_TABLES_H
#define WEIR_SERVICES_SYSTEM_TABLES_H

#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/registry/snapshot.h"

struct db_service;
struct db_table;
struct relations;

/* Shared read-only by all workers. */
struct system_tables {
	struct db_service *db;
	struct service service; /* what calls on it are about */
};

/* Connects to the system database; may block. The settings are borrowed until
 * the close. */
enum status system_tables_open(const struct settings *settings,
    struct system_tables **out, struct error *err);
void system_tables_close(struct system_tables *tables);

/* What leads from records of the table to others. */
const struct relations *system_tables_relations(
    const struct system_tables *tables, const struct db_table *table);

#endif
