/*
 * Counters of all kinds: those of a batch that slide, pace, lock out, are soft
 * or only looked at are counted by a second script, together with the plain
 * ones beside them, which it keeps as the first does (redis_count.h). It counts
 * as cache_window.c and cache_group.c do, by the server's clock, number for
 * number: Lua's numbers are exact to 2^53, and a time of day in us is below
 * 2^51.
 *
 * A counter that is not plain is a text of numbers with a blank between: when
 * it ends, in ms since 1970; 1 when it is locked, else 0; cache_window.mark;
 * its count; how many older parts follow the newest; those, newest first, as
 * far as they are not 0. What is no such text counts as nothing. Its key
 * expires when it ends.
 *
 * Measured on Redis 7.0, the server spends 10 us on a plain counter and 12 to
 * 13 us on another, where the first script takes 3 us; 25 and 33 us on four of
 * them, against 7 us; 6 to 8 us each on 32, against 1.4 us.
 */
#ifndef WEIR_CACHE_REDIS_PACE_H
#define WEIR_CACHE_REDIS_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct cache_op;
struct redis_script;

#define REDIS_PACE_WORDS 5 /* that follow the keys, of a counter */

const struct redis_script *redis_pace_script(void);

/* Whether it takes this script. What does not may still be counted by it. */
bool redis_pace_takes(const struct cache_op *op);

/* Puts the words of an operation; members: from this to the last of its group.
 * The script answers with REDIS_COUNT_WORDS. */
void redis_pace_put(struct buf *out, const struct cache_op *op, size_t members);

/*
 * For counts that are taken back one by one (redis_loose.h). Puts the words of
 * a COUNT whose answer has one word more, its mark; and those that take back
 * what was counted with that mark. Of CACHE_GCRA that is done only while nobody
 * else has counted since: one too many may stay counted, but never too few.
 */
void redis_pace_put_marked(struct buf *out, const struct cache_op *op);
void redis_pace_put_back(
    struct buf *out, const struct cache_op *op, int64_t mark);

#endif
