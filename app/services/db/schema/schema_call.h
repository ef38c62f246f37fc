/*
 * A call on the schema of a database: /_schema, /_schema/T,
 * /_schema/T/_field[/F], /_schema/T/_related[/R] and the deprecated
 * /_schema/T/F (dreamfactory.md 7.1, 7.6).
 */
#ifndef WEIR_SERVICES_DB_SCHEMA_CALL_H
#define WEIR_SERVICES_DB_SCHEMA_CALL_H

#include "app/base/jsonread.h"
#include "app/base/status.h"
#include "app/base/str.h"
#include "app/services/db/schema/names.h"

struct db_service;
struct db_table;
struct request;

enum schema_part { SCHEMA_TABLE, SCHEMA_FIELD, SCHEMA_RELATED };

struct schema_call {
	struct request *req;
	const struct db_service *service;
	struct json body;             /* JSON_NONE: there is none */
	struct names names;           /* that the call lists */
	struct str table_name;        /* STR_NULL: the schema itself */
	const struct db_table *table; /* NULL: there is none of that name */
	enum schema_part part;
	struct str name; /* of the field or relation; STR_NULL: all */
};

/* Makes the response. */
void schema_handle(struct request *req);

/* Describes what the path names. */
void schema_read(struct schema_call *c);

#endif
