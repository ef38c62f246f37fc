/*
 * Which limits apply to a request, found by who asks and for what, so that a
 * request does not look at the limits of others.
 */
#ifndef WEIR_LIMIT_INDEX_H
#define WEIR_LIMIT_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"
#include "app/base/table.h"
#include "drivers/cache/cache.h"

struct arena;
struct limit;

#define LIMIT_HITS_MAX CACHE_GROUP_MAX /* counted for one request */

struct limit_index {
	struct table spans; /* of limits with one owner */
	unsigned kinds;     /* of owners that there are, a bit each */
};

/* Who asks, and for what. 0: nobody, nothing of that kind. */
struct limit_asked {
	int64_t app_id, user_id, role_id, service_id;
	struct str resource; /* of the service */
	unsigned verb;       /* enum method */
};

struct limit_hit {
	const struct limit *limit;
	bool yields; /* to a nearer one: it counts, and does not refuse */
};

/* Sorts the limits, which stay where they are and must live as long as the
 * index, as the arena must. */
void limit_index_build(struct limit_index *index, struct arena *arena,
    struct limit *limits, size_t n);

/*
 * Fills hits[0..max) and returns how many apply, which may be more: then not
 * all that yield among those found are known. A limit on a user outranks those
 * on each user of the same level, and one on a verb the one on all verbs with
 * the same rest (dreamfactory.md 4.2), unless it is a dry run.
 */
size_t limit_index_find(const struct limit_index *index,
    const struct limit_asked *asked, struct limit_hit *hits, size_t max);

#endif
