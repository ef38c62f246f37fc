/*
 * The identifiers of records: in a path, in ids=, in a JSON list or in the
 * records themselves; and the columns that they are about.
 */
#ifndef WEIR_SERVICES_DB_IDENTIFIER_H
#define WEIR_SERVICES_DB_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/jsonread.h"
#include "app/base/status.h"
#include "drivers/db/db.h"

struct arena;
struct column;
struct db_table;

/* What identifies records: the primary key, or the columns of id_field. */
struct identity {
	const struct db_table *table;
	const struct column *const *columns;
	size_t n; /* 0: the table has no key */
};

/* parts has a value for each column of the identity, in its order. */
struct identifier {
	struct str text; /* for people: as the client wrote it */
	const struct db_value *parts;
};

/* The primary key; lives as long as the table. */
struct identity identity_key(const struct db_table *table);

/* Is it the one of identity_key(), and not one of id_field? */
bool identity_is_key(const struct identity *by);

/* ST_INVALID with the message when nothing identifies records. */
enum status identity_check(const struct identity *by, struct error *err);

/* From id_field=a,b. ST_INVALID names a field that does not exist. */
enum status identity_parse(struct arena *arena, const struct db_table *table,
    struct str text, struct identity *out, struct error *err);

/*
 * An identifier of a URL: "5", or "(1,2)" for several columns (parentheses may
 * be absent). Commas that stand there as they are separate parts, so a part
 * may hold an encoded one; where every comma is encoded they separate too.
 * What the last part holds is all that is left.
 */
struct id_text {
	struct str text;
	bool encoded; /* percent-encoded still */
	bool plus;    /* and "+" is a blank */
};

/*
 * ST_INVALID when nothing identifies records of the table, or the parts are
 * too few. A text that a column cannot hold is no error: no record has it.
 */
enum status identifier_parse(struct arena *arena, const struct identity *by,
    struct id_text text, struct identifier *out, struct error *err);

/* From "1,2" or "(1,2),(3,4)": at most max, at least one. */
enum status identifier_list(struct arena *arena, const struct identity *by,
    struct id_text text, size_t max, struct identifier **out, size_t *n,
    struct error *err);

/* The same from a JSON array: 5, "a,b" and, for several columns, "(1,2)" or
 * [1,"a,b"]. */
enum status identifier_elements(struct arena *arena, const struct identity *by,
    struct json list, size_t max, struct identifier **out, size_t *n,
    struct error *err);

/* From the members of a record. ST_INVALID names the one that is missing. */
enum status identifier_of_record(struct arena *arena, const struct identity *by,
    struct json record, struct identifier *out, struct error *err);

/* The message for an identifier that names no record: ST_MISSING; or more
 * than one: ST_INVALID. */
enum status identifier_missing(const struct identifier *id, struct error *err);
enum status identifier_ambiguous(
    const struct identifier *id, struct error *err);

#endif
