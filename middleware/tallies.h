/*
 * Counts of the response cache (tally.h) on their way: each thread counts on a
 * sheet of its own, without a lock; once a second the process adds what is new
 * to the sum that all processes share, one value in the cache store.
 */
#ifndef WEIR_TALLIES_H
#define WEIR_TALLIES_H

#include <stdint.h>

#include "app/base/status.h"
#include "middleware/tally.h"

struct stores;
struct tallies;
struct tally_sheet;

struct tallies *tallies_new(void);
void tallies_free(struct tallies *t);

/* For one thread; lives as long as the tallies. */
struct tally_sheet *tallies_sheet(struct tallies *t);

/* What one answer adds to the counts of its service. */
struct tally_mark {
	enum tally kind; /* one of the first five */
	uint64_t bytes;
	uint64_t saved_ms;
};

/* The sheet's thread only: some nanoseconds, and no writes to what others
 * write. */
void tally_sheet_add(struct tally_sheet *sheet, int64_t service_id,
    const struct tally_mark *mark);

/*
 * Adds what this process has counted to the sum that all share; may block until
 * deadline_ms of clock_boot_ms(). ST_EXISTS: others add to it now. What a store
 * does not take is kept for the next time, unless it may have it: then it
 * counts as shared.
 */
enum status tallies_share(
    struct tallies *t, struct stores *stores, int64_t deadline_ms);

/* The sum, and what this process has not added yet; may block. */
enum status tallies_read(struct tallies *t, struct stores *stores,
    int64_t deadline_ms, struct tally_table *sum);

#endif
