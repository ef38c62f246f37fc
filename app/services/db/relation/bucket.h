/*
 * Values that lead from records to others, each kept once, with the rows that
 * were found for it. Values are told apart byte by byte.
 */
#ifndef WEIR_SERVICES_DB_BUCKET_H
#define WEIR_SERVICES_DB_BUCKET_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/table.h"
#include "drivers/db/db.h"

#define BUCKET_NONE UINT32_MAX

struct bucket {
	struct str name; /* the values as bytes */
	const struct db_value *values;
	uint32_t
	    first; /* of its rows, which the caller links; or BUCKET_NONE */
	uint32_t last;
	int64_t n; /* of them */
};

struct buckets {
	struct arena *arena;
	size_t n_values; /* of each */
	struct bucket *list;
	size_t n;
	size_t room;
	struct table by_name;
	struct buf name; /* of the values looked for */
};

void buckets_open(struct buckets *b, struct arena *arena, size_t n_values);

/*
 * Which of the list has the values v[at[0]], v[at[1]] and so on (at NULL: v[0],
 * v[1]); it is added when none has. BUCKET_NONE when one is NULL, which leads
 * nowhere. Everything is copied.
 */
uint32_t buckets_add(
    struct buckets *b, const struct db_value *v, const size_t *at);

/* The same, and BUCKET_NONE when none has them. */
uint32_t buckets_find(
    struct buckets *b, const struct db_value *v, const size_t *at);

#endif
