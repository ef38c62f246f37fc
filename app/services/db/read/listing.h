/*
 * Lists of what a database service offers (dreamfactory.md 7.1): its resources
 * at the root, its tables at _table and _schema. Names alone, or with what
 * fields= asks for.
 */
#ifndef WEIR_SERVICES_DB_LISTING_H
#define WEIR_SERVICES_DB_LISTING_H

#include "app/base/jsonread.h"

struct names;
struct request;

/* Makes the response to GET on the service itself. body: its options, or
 * JSON_NONE. */
void listing_root(struct request *req, struct json body);

/*
 * The tables that the role may see there, by their names; only those of
 * `names` when it has any: 404 when one of them is not to be seen; none where
 * `schema` names another schema than the service's.
 * resource: "_table" or "_schema".
 */
void listing_tables(struct request *req, struct str resource, struct json body,
    const struct names *names);

#endif
