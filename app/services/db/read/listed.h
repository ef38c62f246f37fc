/* Reading the records that a list of identifiers names. */
#ifndef WEIR_SERVICES_DB_LISTED_H
#define WEIR_SERVICES_DB_LISTED_H

#include "app/base/status.h"

struct query;
struct table_call;

/* Makes the response: the records in the order of q->ids, or a batch error.
 * Anything but ST_OK is a failure of the database, and no response. */
enum status listed_read(
    struct table_call *c, const struct query *q, struct error *err);

#endif
