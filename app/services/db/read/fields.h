/* Which fields an answer has: fields=a,b. */
#ifndef WEIR_SERVICES_DB_FIELDS_H
#define WEIR_SERVICES_DB_FIELDS_H

#include "app/services/db/read/query.h"

/* Every column of the table, in its order. */
void fields_all(struct query *query, struct arena *arena);

/* Those of the identity; all of them when there is none. */
void fields_of_identity(
    struct query *query, struct arena *arena, const struct identity *by);

/* The columns named, each once, or "*". ST_INVALID names a wrong one. */
enum status fields_parse(struct arena *arena, struct str text,
    struct query *query, struct error *err);

/* The place of a column among the fields of the query and those that it does
 * not show, to which it is added where it is neither. */
size_t fields_place(
    struct query *query, struct arena *arena, const struct column *column);

#endif
