/* order=a desc,b asc nulls last */
#ifndef WEIR_SERVICES_DB_ORDER_H
#define WEIR_SERVICES_DB_ORDER_H

#include "app/services/db/read/query.h"

/* Sets order and n_order of the query. ST_INVALID names the item. */
enum status order_parse(struct arena *arena, struct str text,
    struct query *query, struct error *err);

#endif
