/*
 * Counters of this process alone, for the time in which the limit store does
 * not answer (LIMIT_ON_ERROR=local), and for log-ins where the host has none.
 * Bounded: calls are not counted by a counter that finds no room; the log says
 * so, at most once a minute.
 */
#ifndef WEIR_FALLBACK_H
#define WEIR_FALLBACK_H

#include <stddef.h>
#include <stdint.h>

struct cache_op;
struct fallback;

/* Counters with something counted; it can be less where keys crowd, but hardly
 * less than half of it. */
#define FALLBACK_SLOTS 65536u

struct fallback *fallback_new(void);
void fallback_free(struct fallback *f);

/*
 * Runs up to CACHE_GROUP_MAX COUNT operations as a store would: all or none,
 * each with its status, count and reset_ms. One without room refuses nobody,
 * and its count is 0. now_ms: clock_boot_ms(). Any thread; takes a lock.
 */
void fallback_count(
    struct fallback *f, struct cache_op *const *ops, size_t n, int64_t now_ms);

/* What one would be told, without counting. */
void fallback_look(struct fallback *f, struct cache_op *op, int64_t now_ms);

#endif
