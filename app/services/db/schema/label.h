/* What people call a table or a field, made of its name, as DreamFactory makes
 * it where nobody gave another: "order_items" is "Order Items". */
#ifndef WEIR_SERVICES_DB_LABEL_H
#define WEIR_SERVICES_DB_LABEL_H

#include "app/base/str.h"

struct arena;

/* In the arena. */
struct str label_of(struct arena *arena, struct str name);

/* The label of several: "Order Items", "Categories". */
struct str label_plural(struct arena *arena, struct str name);

#endif
