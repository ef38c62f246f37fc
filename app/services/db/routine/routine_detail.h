/* What the list of routines tells of each (dreamfactory.md 7.8). */
#ifndef WEIR_SERVICES_DB_ROUTINE_DETAIL_H
#define WEIR_SERVICES_DB_ROUTINE_DETAIL_H

#include "app/base/buf.h"
#include "app/base/status.h"
#include "drivers/db/routine.h"

/* In this order. */
enum detail {
	DETAIL_NAME,
	DETAIL_LABEL,
	DETAIL_DESCRIPTION,
	DETAIL_RETURNS, /* the type of a function */
	DETAIL_PARAMS,
	DETAIL_ACCESS, /* verbs, as bits */
	DETAILS
};

/* fields= as bits 1 << enum detail; the name alone when it says nothing.
 * ST_INVALID names what is none. */
enum status routine_details_read(
    struct str fields, unsigned *out, struct error *err);

/* An object. verbs: what the role may do with it. */
void routine_details_put(struct buf *out, const struct routine *routine,
    unsigned wanted, unsigned verbs);

#endif
