#include "middleware/registry/role_build.h"

#include <stdlib.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/role_records.h"
#include "middleware/registry/row_filters.h"
#include "middleware/registry/snapshot.h"

static struct str
component_make(struct arena *arena, struct str component)
{
	struct str c = lower_case(
	    component, arena_alloc(arena, component.n + 1), component.n);

	while (c.n > 0 && c.p[0] == '/')
		c = str_skip(c, 1);
	while (c.n > 0 && c.p[c.n - 1] == '/')
		c.n--;
	return c;
}

static const struct access *
rows_build(struct arena *arena, const struct role_record *record)
{
	struct access *rows =
	    arena_zalloc(arena, (record->n_rows + 1) * sizeof(*rows));

	for (size_t i = 0; i < record->n_rows; i++) {
		const struct access_record *r = &record->rows[i];

		rows[i] = (struct access){
			.service_id = r->service_id,
			.component = component_make(arena, r->component),
			.verb_mask = r->verb_mask,
			.requestor_mask = r->requestor_mask,
			.filters =
			    row_filters_read(arena, r->filters, r->filter_op),
		};
	}
	return rows;
}

/* A row as text that no other row has: each text has its length before it. */
static struct str
row_text(struct arena *arena, const struct access *row,
    const struct access_record *record)
{
	bool filtered = row->filters != NULL;
	struct str filters = filtered ? record->filters : STR_NULL;
	struct str op = filtered ? record->filter_op : STR_NULL;

	return arena_printf(arena, "%lld %u %u %zu:%.*s %zu:%.*s %zu:%.*s\n",
	    (long long)row->service_id, row->verb_mask, row->requestor_mask,
	    row->component.n, STR_ARG(row->component), filters.n,
	    STR_ARG(filters), op.n, STR_ARG(op));
}

static int
text_order(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/*
 * The order of rows matters where there are filters, since the last row of a
 * class decides which apply; else rows are sorted, so that equal roles agree.
 */
static void
fingerprint(
    struct arena *arena, struct role *role, const struct role_record *record)
{
	struct buf text = buf_in(arena);
	struct str *rows =
	    arena_alloc(arena, (role->n_rows + 1) * sizeof(*rows));
	bool filtered = false;

	for (size_t i = 0; i < role->n_rows; i++) {
		rows[i] = row_text(arena, &role->rows[i], &record->rows[i]);
		filtered |= role->rows[i].filters != NULL;
	}
	if (!filtered)
		qsort(rows, role->n_rows, sizeof(*rows), text_order);
	for (size_t i = 0; i < role->n_rows; i++)
		buf_put(&text, rows[i]);
	digest(buf_str(&text), role->fingerprint);
}

static bool
is_among(const struct role *role, struct str text)
{
	for (size_t i = 0; i < role->n_looked_up; i++) {
		if (str_eq(role->looked_up[i], text))
			return true;
	}
	return false;
}

/* What all filters look up, each of it once. */
static void
look_up(struct arena *arena, struct role *role)
{
	struct str *list;
	size_t most = 0;

	for (size_t i = 0; i < role->n_rows; i++)
		most += role->rows[i].filters == NULL
			    ? 0
			    : role->rows[i].filters->n_lookups;
	role->looked_up = list = arena_alloc(arena, (most + 1) * sizeof(*list));
	for (size_t i = 0; most > 0 && i < role->n_rows; i++) {
		const struct row_filters *f = role->rows[i].filters;

		for (size_t j = 0; f != NULL && j < f->n_lookups; j++) {
			if (!is_among(role, f->lookups[j]))
				list[role->n_looked_up++] = f->lookups[j];
		}
	}
}

struct role *
roles_build(struct arena *arena, const struct role_record *records, size_t n)
{
	struct role *roles = arena_zalloc(arena, (n + 1) * sizeof(*roles));

	for (size_t i = 0; i < n; i++) {
		roles[i] = (struct role){
			.id = records[i].id,
			.name = records[i].name,
			.active = records[i].active,
			.rows = rows_build(arena, &records[i]),
			.n_rows = records[i].n_rows,
		};
		fingerprint(arena, &roles[i], &records[i]);
		look_up(arena, &roles[i]);
	}
	return roles;
}
