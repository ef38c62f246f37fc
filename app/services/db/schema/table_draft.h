/* Tables and fields as a body describes them. */
#ifndef WEIR_SERVICES_DB_TABLE_DRAFT_H
#define WEIR_SERVICES_DB_TABLE_DRAFT_H

#include "app/services/db/schema/schema_order.h"

struct db_service;
struct table_draft;

/*
 * Reads a table: {"name","field":[...],"primary_key":[...]}. name: the path's,
 * or STR_NULL. What describes it besides is passed over, unless it would make
 * it something else (alias, is_view, a relation that is none of its):
 * ST_DENIED. ST_INVALID names table, field and member.
 */
enum status table_draft_read(const struct db_service *service,
    struct arena *arena, struct json object, struct str name,
    struct table_draft *out, struct error *err);

/* Fields of a table that exists, out of a list of objects. */
enum status table_draft_fields(struct arena *arena,
    const struct db_table *table, const struct json *list, size_t n,
    struct table_draft *out, struct error *err);

#endif
