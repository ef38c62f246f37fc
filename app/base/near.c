#include "app/base/near.h"

/* Names further apart than this are not taken for slips of each other. */
#define NEAR_ENOUGH  3
#define NAME_LONGEST 64

/* Levenshtein's distance, one row at a time. */
static size_t
distance(struct str a, struct str b)
{
	size_t row[NAME_LONGEST + 1];

	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t cost = diagonal + (a.p[i - 1] != b.p[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < cost)
				cost = row[j] + 1;
			if (row[j - 1] + 1 < cost)
				cost = row[j - 1] + 1;
			row[j] = cost;
		}
	}
	return row[b.n];
}

struct near
near_to(struct str name)
{
	return (struct near){ .name = name, .best = NEAR_ENOUGH + 1 };
}

void
near_try(struct near *near, const char *known)
{
	struct str other = str_of(known);
	size_t d;

	if (str_is_null(other) || other.n > NAME_LONGEST ||
	    near->name.n > NAME_LONGEST)
		return;
	d = distance(near->name, other);
	/* Of a short name less than half may differ. */
	if (d < near->best && 2 * d <= near->name.n + 1) {
		near->best = d;
		near->found = known;
	}
}
