/* The members of a table's records that show.h shows otherwise than they
 * stand there. */
#ifndef WEIR_SERVICES_SYSTEM_MEMBER_H
#define WEIR_SERVICES_SYSTEM_MEMBER_H

#include <stdbool.h>

#include "app/base/jsonread.h"
#include "app/base/str.h"

struct buf;
struct show;

struct members {
	const char *table;
	const char *always;        /* a relation, see show_always(); or NULL */
	const char *const *hidden; /* columns; NULL ends it, or is none */
	const char *const *added;  /* what no column holds; the same */
	/* Puts the value of a member, whose value is JSON_NONE when it is one
	 * that is added. False: as it stands, or nothing. */
	bool (*put)(const struct show *s, struct json record,
	    const struct json_member *member, struct buf *out);
};

/* NULL: they are shown as they stand. */
const struct members *members_of(struct str table);

#endif
