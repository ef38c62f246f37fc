/*
 * Groups as a table in a statement: what is asked of them stands outside, so
 * that no name can mean a column of the table there as well.
 */
#include "app/services/db/read/group.h"
#include "app/services/db/read/select.h"

static void
function_put(struct statement *s, const struct group_item *item)
{
	static const struct str calls[] = {
		[GROUP_AVG] = { "AVG(", 4 },
		[GROUP_COUNT] = { "COUNT(", 6 },
		[GROUP_MAX] = { "MAX(", 4 },
		[GROUP_MIN] = { "MIN(", 4 },
		[GROUP_SUM] = { "SUM(", 4 },
	};

	buf_put(&s->sql, calls[item->function]);
	if (item->column == NULL)
		statement_put(s, "*");
	else
		statement_name(s, item->column->name);
	statement_put(s, ") AS ");
}

static void
items_put(struct statement *s, const struct group *g)
{
	for (size_t i = 0; i < g->result.n_columns; i++) {
		if (i > 0)
			statement_put(s, ", ");
		if (g->items[i].function != GROUP_COLUMN)
			function_put(s, &g->items[i]);
		statement_name(s, g->result.columns[i].name);
	}
}

void
group_put(
    struct statement *s, const struct query *q, const struct condition *role)
{
	const struct group *g = q->group;

	statement_put(s, "(SELECT ");
	items_put(s, g);
	statement_put(s, " FROM ");
	statement_name(s, q->table->name);
	where_rows(s, q->filter, role);
	if (g->result.n_key > 0) {
		statement_put(s, " GROUP BY ");
		statement_columns(s,
		    (const struct column *const *)g->result.key,
		    g->result.n_key);
	}
	statement_put(s, ") AS grouped");
	where_rows(s, g->having, NULL);
}
