/*
 * The limits that are counted for one request. No more than LIMIT_HITS_MAX can
 * be counted together: of more, dry runs are left out first, then those that
 * yield.
 */
#ifndef WEIR_LIMIT_CHOICE_H
#define WEIR_LIMIT_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "middleware/registry/limit_index.h"

struct arena;

struct limit_choice {
	struct limit_hit hits[LIMIT_HITS_MAX];
	size_t n;
	const struct limit_hit *rest; /* apply too; in the arena */
	size_t rest_n;
};

/* Fills *out with what applies. */
void limit_choose(const struct limit_index *index,
    const struct limit_asked *asked, struct arena *arena,
    struct limit_choice *out);

/* Counts, and refuses nobody. */
bool limit_hit_is_soft(const struct limit_hit *hit);

/* False: even those that may refuse are more than can be counted. */
bool limit_choice_is_whole(const struct limit_choice *choice);

#endif
