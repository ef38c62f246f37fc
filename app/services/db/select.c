#include "app/services/db/select.h"

#include "drivers/db/catalog.h"

static void
select_from(struct statement *s, const struct query *q)
{
	statement_put(s, "SELECT ");
	statement_columns(s, q->fields, q->n_fields);
	statement_put(s, " FROM ");
	statement_name(s, q->table->name);
}

static void
where_role(struct statement *s, const struct condition *role)
{
	if (role == NULL)
		return;
	statement_put(s, " WHERE ");
	statement_condition(s, role);
}

void
where_record(struct statement *s, const struct db_table *table,
    const struct db_value *key, const struct condition *role)
{
	statement_put(s, " WHERE ");
	for (size_t i = 0; i < table->n_key; i++) {
		if (i > 0)
			statement_put(s, " AND ");
		statement_name(s, table->key[i]->name);
		statement_put(s, " = ");
		statement_bind(s, key[i]);
	}
	if (role == NULL)
		return;
	statement_put(s, " AND ");
	statement_condition(s, role);
}

/* "NULLS LAST" is not in every dialect; a comparison with NULL is. */
static void
order_item_put(struct statement *s, const struct order_item *item)
{
	if (item->nulls != NULLS_ANYWHERE) {
		statement_name(s, item->column->name);
		if (item->nulls == NULLS_LAST)
			statement_put(s, " IS NULL, ");
		else
			statement_put(s, " IS NOT NULL, ");
	}
	statement_name(s, item->column->name);
	if (item->descending)
		statement_put(s, " DESC");
}

static bool
is_ordered_by(const struct query *q, const struct column *column)
{
	for (size_t i = 0; i < q->n_order; i++) {
		if (q->order[i].column == column)
			return true;
	}
	return false;
}

/* The key comes last, so that pages neither overlap nor leave rows out. */
static void
order_put(struct statement *s, const struct query *q)
{
	const struct db_table *t = q->table;
	size_t n = 0;

	for (size_t i = 0; i < q->n_order; i++) {
		buf_put(&s->sql, n++ == 0 ? STR(" ORDER BY ") : STR(", "));
		order_item_put(s, &q->order[i]);
	}
	for (size_t i = 0; i < t->n_key; i++) {
		if (is_ordered_by(q, t->key[i]))
			continue;
		buf_put(&s->sql, n++ == 0 ? STR(" ORDER BY ") : STR(", "));
		statement_name(s, t->key[i]->name);
	}
}

void
select_page(struct statement *s, const struct query *q,
    const struct condition *role, int64_t n)
{
	select_from(s, q);
	where_role(s, role);
	order_put(s, q);
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
	statement_put(s, "SELECT count(*) FROM ");
	statement_name(s, q->table->name);
	where_role(s, role);
}

void
select_record(struct statement *s, const struct query *q,
    const struct db_value *key, const struct condition *role)
{
	select_from(s, q);
	where_record(s, q->table, key, role);
}
