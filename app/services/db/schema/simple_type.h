/* The simple types by which clients order columns (dreamfactory.md 7.6). */
#ifndef WEIR_SERVICES_DB_SIMPLE_TYPE_H
#define WEIR_SERVICES_DB_SIMPLE_TYPE_H

#include "app/base/status.h"
#include "drivers/db/reshape.h"

struct simple_type {
	struct str name;
	enum column_type type;
	int64_t length; /* the usual one; fixed: it has no other */
	unsigned precision;
	unsigned scale;
	bool fixed;
	bool is_reference;   /* of the type of what it refers to */
	bool is_now;         /* set to the time when its row is made */
	bool follows_update; /* and when it is changed */
};

/* ST_INVALID: there is no such type; ST_DENIED: DreamFactory has it, weir does
 * not. */
enum status simple_type_find(
    struct str name, const struct simple_type **out, struct error *err);

#endif
