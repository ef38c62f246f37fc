#include "middleware/tally.h"

#include <string.h>

#include "app/base/arena.h"

/* Changes with the layout: what another weir has counted is left out. */
#define FORMAT 0x77747901u

const char *const tally_names[TALLIES] = {
	[TALLY_HITS] = "hits",
	[TALLY_STALE] = "stale",
	[TALLY_MISSES] = "misses",
	[TALLY_COLLAPSED] = "collapsed",
	[TALLY_BYPASSED] = "bypassed",
	[TALLY_BYTES] = "bytes",
	[TALLY_SAVED_MS] = "time_saved_ms",
};

struct head {
	uint32_t format;
	uint32_t n;
};

/* Where its row is, or table->n. */
static size_t
index_of(const struct tally_table *table, int64_t service_id)
{
	size_t i = 0;

	while (i < table->n && table->rows[i].service_id != service_id)
		i++;
	return i;
}

const struct tally_row *
tally_find(const struct tally_table *table, int64_t service_id)
{
	size_t i = index_of(table, service_id);

	return i < table->n ? &table->rows[i] : NULL;
}

bool
tally_add(struct tally_table *table, const struct tally_row *more)
{
	size_t at = index_of(table, more->service_id);
	struct tally_row *row = &table->rows[at];

	if (at == TALLY_SERVICES_MAX)
		return false;
	if (at == table->n) {
		table->n++;
		*row = *more;
		return true;
	}
	for (int i = 0; i < TALLIES; i++)
		row->count[i] += more->count[i];
	return true;
}

void
tally_merge(struct tally_table *table, const struct tally_table *from)
{
	for (size_t i = 0; i < from->n; i++)
		(void)tally_add(table, &from->rows[i]); /* or is beyond */
}

struct str
tally_pack(struct arena *arena, const struct tally_table *table)
{
	size_t rows = table->n * sizeof(table->rows[0]);
	struct head head = { FORMAT, (uint32_t)table->n };
	char *p = arena_alloc(arena, sizeof(head) + rows);

	memcpy(p, &head, sizeof(head));
	memcpy(p + sizeof(head), table->rows, rows);
	return str_make(p, sizeof(head) + rows);
}

bool
tally_unpack(struct str bytes, struct tally_table *table)
{
	struct head head;

	table->n = 0;
	if (bytes.n < sizeof(head))
		return false;
	memcpy(&head, bytes.p, sizeof(head));
	bytes = str_skip(bytes, sizeof(head));
	if (head.format != FORMAT || head.n > TALLY_SERVICES_MAX ||
	    bytes.n != head.n * sizeof(table->rows[0]))
		return false;
	table->n = head.n;
	memcpy(table->rows, bytes.p, bytes.n);
	return true;
}
