/* Names that clients give to tables and fields, and those made for what they
 * do not name; and how much of a schema one call may make. */
#ifndef WEIR_SERVICES_DB_SCHEMA_NAME_H
#define WEIR_SERVICES_DB_SCHEMA_NAME_H

#include <stddef.h>

#include "app/base/buf.h"
#include "app/base/status.h"

struct arena;
struct catalog;

#define SCHEMA_NAME_MAX   64  /* bytes; what both engines take */
#define SCHEMA_TABLES_MAX 100 /* of one call */
#define SCHEMA_FIELDS_MAX 500 /* of one table */

enum named { NAMED_TABLE, NAMED_FIELD };

/*
 * May a table or field be called so? Letters (of any script), digits, "_" and
 * "-", the first a letter or "_": a name stands in paths, filters and lists of
 * fields. ST_INVALID says what is wrong. Names that a schema has already are
 * not asked about.
 */
enum status schema_name_check(
    enum named what, struct str name, struct error *err);

/* Names that are made, each once. */
struct made_names {
	struct arena *arena;
	const struct catalog *catalog; /* whose names are taken */
	struct buf list;               /* of struct str: given out so far */
};

/* "uq_todo_name", "idx_...", "fk_...": cut to SCHEMA_NAME_MAX, and numbered
 * where the database has such an index, key or table already. */
struct str made_name(struct made_names *names, const char *prefix,
    struct str table, struct str column);

#endif
