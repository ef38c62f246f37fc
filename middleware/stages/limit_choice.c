#include "middleware/stages/limit_choice.h"

#include <string.h>

#include "app/base/arena.h"
#include "middleware/registry/snapshot.h"

#define CLASSES 3

bool
limit_hit_is_soft(const struct limit_hit *hit)
{
	return hit->yields || hit->limit->dry_run;
}

/* The first of CLASSES is counted before the others. */
static int
class_of(const struct limit_hit *hit)
{
	if (hit->limit->dry_run)
		return 2;
	return hit->yields ? 1 : 0;
}

/* All of them, those of one class together. */
static const struct limit_hit *
classed(const struct limit_hit *hits, size_t n, struct arena *arena)
{
	struct limit_hit *sorted = arena_alloc(arena, n * sizeof(*sorted));
	size_t at = 0;

	for (int class = 0; class < CLASSES; class ++) {
		for (size_t i = 0; i < n; i++) {
			if (class_of(&hits[i]) == class)
				sorted[at++] = hits[i];
		}
	}
	return sorted;
}

void
limit_choose(const struct limit_index *index, const struct limit_asked *asked,
    struct arena *arena, struct limit_choice *out)
{
	size_t n = limit_index_find(index, asked, out->hits, LIMIT_HITS_MAX);
	struct limit_hit *all;

	out->n = n;
	out->rest = NULL;
	out->rest_n = 0;
	if (n <= LIMIT_HITS_MAX)
		return;
	all = arena_alloc(arena, n * sizeof(*all));
	(void)limit_index_find(index, asked, all, n);
	out->rest = classed(all, n, arena);
	memcpy(out->hits, out->rest, sizeof(out->hits));
	out->n = LIMIT_HITS_MAX;
	out->rest += LIMIT_HITS_MAX;
	out->rest_n = n - LIMIT_HITS_MAX;
}

bool
limit_choice_is_whole(const struct limit_choice *choice)
{
	return choice->rest_n == 0 || limit_hit_is_soft(&choice->rest[0]);
}
