/*
 * What the response cache did, by service: a table of counts that can be added
 * to another and kept in a store. Services are known by their ids, so that the
 * counts survive every change of their records.
 */
#ifndef WEIR_TALLY_H
#define WEIR_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"

struct arena;

/* Services beyond are not counted. */
#define TALLY_SERVICES_MAX 1024

/* Of cacheable requests each is one of the first five. */
enum tally {
	TALLY_HITS,      /* answered by an entry within its time */
	TALLY_STALE,     /* by one beyond it, as the service may be */
	TALLY_MISSES,    /* by a query */
	TALLY_COLLAPSED, /* by the query of another request */
	TALLY_BYPASSED,  /* the client or the store would have no entry */
	TALLY_BYTES,     /* of the bodies of hits and stale answers */
	TALLY_SAVED_MS,  /* that the queries of those had taken */
	TALLIES
};

/* As members of a record: "hits". */
extern const char *const tally_names[TALLIES];

struct tally_row {
	int64_t service_id;
	uint64_t count[TALLIES];
};

struct tally_table {
	size_t n;
	struct tally_row rows[TALLY_SERVICES_MAX];
};

/* NULL: nothing was counted of it. */
const struct tally_row *tally_find(
    const struct tally_table *table, int64_t service_id);

/* Adds to the counts of a service; false: it is beyond, and nothing changes. */
bool tally_add(struct tally_table *table, const struct tally_row *more);

/* Adds all of `from`, but what is beyond. */
void tally_merge(struct tally_table *table, const struct tally_table *from);

/* As bytes in the arena, and such bytes; false when they are none. */
struct str tally_pack(struct arena *arena, const struct tally_table *table);
bool tally_unpack(struct str bytes, struct tally_table *table);

#endif
