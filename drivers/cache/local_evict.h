/*
 * Keeps a local store below its mark: expired entries go first, then those
 * that nobody has used lately. The choice is the clock algorithm: a hand goes
 * round the entries in the order of their hashes, which is no order at all.
 * The hand spares a new entry once, and one that was read three times, so that
 * a run of new values does not drive out those in use. This is kept in one
 * byte of memory (`seen` in local_state.h): a hit writes no more, and there is
 * no index to keep. Entries that share a byte are spared together.
 */
#ifndef WEIR_CACHE_LOCAL_EVICT_H
#define WEIR_CACHE_LOCAL_EVICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct values;

/* Deletions in one transaction; more could themselves find the store full. */
#define EVICT_BATCH 16

/*
 * Whether `more` pages on top of those in use would pass the mark. Returns 0
 * or LMDB's error.
 */
int evict_needed(const struct values *v, size_t more, bool *needed);

/*
 * Removes up to EVICT_BATCH entries, fewer when there is room for `more` pages
 * sooner; *n says how many. 0 or LMDB's error.
 */
int evict_some(const struct values *v, size_t more, size_t *n);

/*
 * Looks at the next `look` entries for expired ones, from where the last call
 * ended; stops when it has found EVICT_BATCH. A read transaction will do.
 */
int sweep_find(const struct values *v, size_t look,
    uint64_t hashes[EVICT_BATCH], size_t *n);

/* Removes those of the n entries that are expired. 0 or LMDB's error. */
int sweep_drop(const struct values *v, const uint64_t *hashes, size_t n);

#endif
