/* Which known name was meant by one that nobody knows. */
#ifndef WEIR_BASE_NEAR_H
#define WEIR_BASE_NEAR_H

#include <stddef.h>

#include "app/base/str.h"

struct near {
	struct str name;
	size_t best;
	const char *found; /* NULL: none is near enough to be what was meant */
};

/* Nothing is found yet. */
struct near near_to(struct str name);

/* Takes the known name if it is nearer than what is found; NULL is none. */
void near_try(struct near *near, const char *known);

#endif
