/*
 * A way along the entries of a local store, in the order of their hashes. What
 * it stands at ends with the next write of its transaction.
 */
#ifndef WEIR_CACHE_LOCAL_ROUND_H
#define WEIR_CACHE_LOCAL_ROUND_H

#include <lmdb.h>
#include <stdint.h>

#include "drivers/cache/local_entry.h"

struct round {
	const struct values *v;
	MDB_cursor *cursor;
	MDB_val name;
	MDB_val data;
	struct entry entry; /* where it stands */
};

/*
 * Stands at the first entry with that hash or a higher one. 0, MDB_NOTFOUND
 * when there is none, or LMDB's error; round_end() follows in any case.
 */
int round_begin(struct round *r, const struct values *v, uint64_t hash);

/* Goes on to the next: 0, MDB_NOTFOUND behind the last, or LMDB's error. */
int round_next(struct round *r);

void round_end(struct round *r);

#endif
