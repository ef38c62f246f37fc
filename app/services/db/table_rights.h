/* What a role may do with a table, as "_table" or "_schema" resource. */
#ifndef WEIR_SERVICES_DB_TABLE_RIGHTS_H
#define WEIR_SERVICES_DB_TABLE_RIGHTS_H

#include "app/base/str.h"

struct buf;
struct request;

/* Bits of enum method; 0: it must not even learn that the table exists.
 * resource: "_table" or "_schema". */
unsigned table_rights(
    const struct request *req, struct str resource, struct str table);

/* ["GET","POST"] */
void table_rights_put(struct buf *out, unsigned verbs);

#endif
