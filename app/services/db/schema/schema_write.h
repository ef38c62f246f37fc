/*
 * Changing a schema (dreamfactory.md 7.6): the frame of every such call. Tags
 * are deleted before and after, and the catalogue is read anew before the
 * answer, so that whoever gets it may use what he made.
 */
#ifndef WEIR_SERVICES_DB_SCHEMA_WRITE_H
#define WEIR_SERVICES_DB_SCHEMA_WRITE_H

#include "app/services/db/schema/schema_call.h"
#include "app/services/db/schema/schema_order.h"

/* ST_OK: done, and c is of the fresh catalogue as far as it could be read.
 * Else the response says what was not done, and what stands. */
enum status schema_write_run(struct schema_call *c, struct schema_order *o);

/* Makes the response of a refusal: ST_DENIED is what weir or the engine cannot
 * do (501). */
void schema_write_refuse(
    struct request *req, enum status st, const struct error *err);

/* Else the response says why not: 401, to a user 403, unless the role allows
 * one of the verbs on the table's schema; 403 when row filters apply there:
 * rows that it may not touch would be changed too. */
enum status schema_write_allowed(
    struct request *req, struct str table, unsigned verbs);

/* -- schema_tables.c, schema_fields.c: by what the path names -------------- */

void schema_write_tables(struct schema_call *c);
void schema_write_table(struct schema_call *c);
void schema_write_fields(struct schema_call *c);

#endif
