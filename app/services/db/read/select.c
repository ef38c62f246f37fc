#include "app/services/db/read/select.h"

#include "app/services/db/read/group.h"
#include "app/services/db/value/value.h"
#include "drivers/db/catalog.h"

static void
from_table(struct statement *s, const struct db_table *table)
{
	statement_put(s, " FROM ");
	statement_name(s, table->name);
}

/* Those that the answer does not show as well. */
static void
columns_put(struct statement *s, const struct query *q)
{
	statement_columns(s, q->fields, q->n_fields + q->n_hidden);
}

static void
select_from(struct statement *s, const struct query *q)
{
	statement_put(s, "SELECT ");
	columns_put(s, q);
	from_table(s, q->table);
}

void
where_rows(struct statement *s, const struct condition *filter,
    const struct condition *role)
{
	if (filter != NULL) {
		statement_put(s, " WHERE ");
		statement_condition(s, filter);
	}
	if (role == NULL)
		return;
	buf_put(&s->sql, filter == NULL ? STR(" WHERE ") : STR(" AND "));
	statement_condition(s, role);
}

/* What a page is cut from. */
static void
from_rows(
    struct statement *s, const struct query *q, const struct condition *role)
{
	if (q->group != NULL) {
		statement_put(s, " FROM ");
		group_put(s, q, role);
		return;
	}
	from_table(s, q->table);
	where_rows(s, q->filter, role);
}

static void
and_role(struct statement *s, const struct condition *role)
{
	if (role == NULL)
		return;
	statement_put(s, " AND ");
	statement_condition(s, role);
}

void
select_bind(struct statement *s, const struct column *column, struct db_value v)
{
	if (column->form == FORM_FLOAT)
		value_as_kept(s->sql.arena, column, &v);
	statement_bind(s, v);
}

static void
equals_put(struct statement *s, const struct identity *by,
    const struct db_value *parts)
{
	for (size_t i = 0; i < by->n; i++) {
		if (i > 0)
			statement_put(s, " AND ");
		statement_name(s, by->columns[i]->name);
		statement_put(s, " = ");
		select_bind(s, by->columns[i], parts[i]);
	}
}

void
where_record(struct statement *s, const struct record_name *name,
    const struct condition *role)
{
	statement_put(s, " WHERE ");
	equals_put(s, name->by, name->parts);
	and_role(s, role);
}

size_t
select_places(size_t n)
{
	size_t places = 1;

	while (places < n)
		places *= 2;
	return places;
}

static void
in_put(struct statement *s, const struct identity *by,
    const struct identifier *ids, size_t n)
{
	size_t places = select_places(n);

	statement_name(s, by->columns[0]->name);
	statement_put(s, " IN (");
	for (size_t i = 0; i < places; i++) {
		if (i > 0)
			statement_put(s, ", ");
		select_bind(s, by->columns[0], ids[i < n ? i : n - 1].parts[0]);
	}
	statement_put(s, ")");
}

static void
or_put(struct statement *s, const struct identity *by,
    const struct identifier *ids, size_t n)
{
	size_t places = select_places(n);

	for (size_t i = 0; i < places; i++) {
		buf_put(&s->sql, i == 0 ? STR("((") : STR(") OR ("));
		equals_put(s, by, ids[i < n ? i : n - 1].parts);
	}
	statement_put(s, "))");
}

void
select_listed(struct statement *s, const struct query *q,
    const struct identifier *ids, size_t n, const struct condition *role)
{
	statement_put(s, "SELECT ");
	statement_columns(s, q->by.columns, q->by.n);
	statement_put(s, ", ");
	columns_put(s, q);
	from_table(s, q->table);
	statement_put(s, " WHERE ");
	if (q->by.n == 1)
		in_put(s, &q->by, ids, n);
	else
		or_put(s, &q->by, ids, n);
	and_role(s, role);
}

static void
qualified_put(
    struct statement *s, struct str alias, const struct column *column)
{
	if (alias.n > 0) {
		buf_put(&s->sql, alias);
		statement_put(s, ".");
	}
	statement_name(s, column->name);
}

/* "NULLS LAST" is not in every dialect; a comparison with NULL is. */
static void
order_item_put(
    struct statement *s, const struct order_item *item, struct str alias)
{
	if (item->nulls != NULLS_ANYWHERE) {
		qualified_put(s, alias, item->column);
		if (item->nulls == NULLS_LAST)
			statement_put(s, " IS NULL, ");
		else
			statement_put(s, " IS NOT NULL, ");
	}
	qualified_put(s, alias, item->column);
	if (item->descending)
		statement_put(s, " DESC");
}

void
select_order(struct statement *s, const struct query *q, struct str alias,
    struct str before)
{
	const struct db_table *t = query_rows(q);
	size_t n = 0;

	for (size_t i = 0; i < q->n_order; i++) {
		buf_put(&s->sql, n++ == 0 ? before : STR(", "));
		order_item_put(s, &q->order[i], alias);
	}
	for (size_t i = 0; i < t->n_key; i++) {
		if (query_is_ordered_by(q, t->key[i]))
			continue;
		buf_put(&s->sql, n++ == 0 ? before : STR(", "));
		qualified_put(s, alias, t->key[i]);
	}
}

void
select_page(struct statement *s, const struct query *q,
    const struct condition *role, int64_t n)
{
	statement_put(s, "SELECT ");
	columns_put(s, q);
	from_rows(s, q, role);
	select_order(s, q, STR(""), STR(" ORDER BY "));
	statement_put(s, " LIMIT ");
	statement_bind(s, (struct db_value){ .type = DB_INT, .i = n });
	if (q->offset == 0)
		return;
	statement_put(s, " OFFSET ");
	statement_bind(s, (struct db_value){ .type = DB_INT, .i = q->offset });
}

void
select_count(
    struct statement *s, const struct query *q, const struct condition *role)
{
	statement_put(s, "SELECT count(*)");
	from_rows(s, q, role);
}

void
select_record(struct statement *s, const struct query *q,
    const struct record_name *name, const struct condition *role)
{
	select_from(s, q);
	where_record(s, name, role);
	if (identity_is_key(name->by))
		return;
	statement_put(s, " LIMIT ");
	statement_bind(s, (struct db_value){ .type = DB_INT, .i = 2 });
}
