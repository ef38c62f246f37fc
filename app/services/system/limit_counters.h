/*
 * The counters of limits, as those who administer see them: what stands in
 * each, and its end. A limit on each user has one for each active user who does
 * not administer, and so has one on each app or service. Worker only.
 */
#ifndef WEIR_SERVICES_SYSTEM_LIMIT_COUNTERS_H
#define WEIR_SERVICES_SYSTEM_LIMIT_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "middleware/registry/limit_index.h"

struct buf;
struct everybody;
struct request;
struct system_db;

/* The member of a limit that its counters are shown in. */
#define LIMIT_COUNTERS "limit_cache_by_limit_id"

struct limit_counter {
	const struct limit *limit;
	struct limit_asked whose; /* on each of which it counts; else 0 */
	uint32_t attempts;        /* once it has been looked at */
};

/* Counters in an arena, by the ids of the limits. */
struct limit_counters {
	struct limit_counter *list;
	size_t n;
};

/* Limits by their ids, and of whom each has a counter: many more counters than
 * anybody wants at once. */
struct limited {
	const struct limit *limits;
	size_t n;
	const struct everybody *all;
};

/* Those with these ids, active or not; with n_ids 0, all that are active. An id
 * that names no limit is passed over. In the arena. */
enum status limited_find(struct system_db *db, struct arena *arena,
    const int64_t *ids, size_t n_ids, struct limited *out, struct error *err);

/* How many counters they have, one at least each. */
size_t limited_count(const struct limited *limited);

/* n of these counters from the one at offset on; there are so many. */
struct limit_counters limited_page(const struct limited *limited,
    struct arena *arena, size_t offset, size_t n);

/* The first counters of each limit, at most `most`. */
struct limit_counters limited_heads(
    const struct limited *limited, struct arena *arena, size_t most);

/* Looks at counters, or ends them. Any status but ST_OK is the limit
 * store's. */
enum status limit_counters_look(
    struct request *req, const struct limit_counters *counters);
enum status limit_counters_end(
    struct request *req, const struct limit_counters *counters);

/* {"id":1,"key":"instance.minute","max":10,"attempts":3,"remaining":7}
 * (dreamfactory.md 4.6) */
void limit_counter_put(struct buf *b, const struct limit_counter *counter);

#endif
