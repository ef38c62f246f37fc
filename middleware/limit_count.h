/* A limit's counter in the limit store: whoever counts, looks or ends it names
 * it here. */
#ifndef WEIR_LIMIT_COUNT_H
#define WEIR_LIMIT_COUNT_H

#include "app/base/str.h"
#include "drivers/cache/cache.h"

struct arena;
struct limit;
struct limit_asked;

/*
 * Fills an operation that is all zero, but for its kind, group and soft: the
 * counter that a request of whom `asked` names has. Of `asked` only the ids
 * matter; the key lives in the arena, or as long as the limit. Whatever changes
 * what a count means is in it: with a changed rate, say, it begins anew.
 */
void limit_count_fill(struct cache_op *op, const struct limit *limit,
    const struct limit_asked *asked, struct arena *arena);

#endif
