/* What documents say of a database: app/services/docs/doc.h. */
#ifndef WEIR_SERVICES_DB_DOCS_H
#define WEIR_SERVICES_DB_DOCS_H

#include <stdbool.h>

#include "app/base/str.h"

struct buf;
struct db_service;
struct db_table;
struct doc;
struct service;

void db_describe(struct doc *d, const struct service *service);

/* Its tables in short: fields with their types, keys, relations. */
void db_model(struct doc *d, const struct service *service, struct buf *out);

/* The parts of it, each with its schemas; of routines the database is asked. */
void docs_tables(struct doc *d, const struct db_service *service);
void docs_schemas(struct doc *d, const struct db_service *service);
void docs_routines(struct doc *d, const struct db_service *service);

/* Could a path have that name? One or two dots are a folder and its parent. */
bool docs_has_path(struct str name);

/* Is the table one that the document is about, and the caller may do anything
 * with, as resource _table? */
bool docs_has_table(struct doc *d, const struct db_table *table);

/* The schemas of its records that its operations, which come first, have named
 * and, since others may, of a record. */
void docs_record(struct doc *d, const struct db_service *service,
    const struct db_table *table);

#endif
