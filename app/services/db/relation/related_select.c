/*
 * Names in these statements: r is the table of the related records, p that of
 * the relation, j the junction, k the keys and where each leads, w all of them
 * with their place among those of one key. Of k, a0, a1 and so on are the key,
 * b0 and so on what a related record has in the columns that are referred to.
 *
 * A condition on rows, which may name columns bare, stands in a subquery of
 * its own with the table alone.
 */
#include "app/services/db/relation/related_select.h"

#include "app/services/db/read/select.h"
#include "app/services/db/relation/related.h"
#include "app/services/db/relation/relation.h"
#include "drivers/db/catalog.h"

/* alias."column" */
static void
column_put(struct statement *s, char alias, const struct column *column)
{
	buf_put_char(&s->sql, alias);
	statement_put(s, ".");
	statement_name(s, column->name);
}

/* The i-th name of a kind: "b3". */
static void
nth_put(struct statement *s, char kind, size_t i)
{
	buf_put_char(&s->sql, kind);
	buf_put_u64(&s->sql, i);
}

static void
comma_put(struct statement *s, size_t i)
{
	if (i > 0)
		statement_put(s, ", ");
}

/* SQLite compares as the left side does: that is what is referred to, as in
 * the check of a foreign key. */
static void
on_put(struct statement *s, size_t i)
{
	buf_put(&s->sql, i == 0 ? STR(" ON ") : STR(" AND "));
}

/* The table under an alias; only those of its rows that conditions allow. */
static void
table_put(struct statement *s, const struct db_table *table, char alias,
    const struct condition *filter, const struct condition *role)
{
	if (filter == NULL && role == NULL) {
		statement_name(s, table->name);
	} else {
		statement_put(s, "(SELECT ");
		for (size_t i = 0; i < table->n_columns; i++) {
			comma_put(s, i);
			statement_name(s, table->columns[i].name);
		}
		statement_put(s, " FROM ");
		statement_name(s, table->name);
		where_rows(s, filter, role);
		statement_put(s, ")");
	}
	statement_put(s, " AS ");
	buf_put_char(&s->sql, alias);
}

static void
related_table_put(struct statement *s, const struct related *r)
{
	table_put(s, r->relation->ref, 'r', r->query.filter, r->role);
}

/* "alias.a = ? AND alias.b = ?" */
static void
equals_put(struct statement *s, char alias, const struct column *const *columns,
    size_t n, const struct db_value *key)
{
	static const struct db_value none = { .type = DB_NULL };

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			statement_put(s, " AND ");
		column_put(s, alias, columns[i]);
		statement_put(s, " = ");
		select_bind(s, columns[i], key != NULL ? key[i] : none);
	}
}

/* One of the list, and again the last where a place is left. */
static const struct db_value *
key_at(const struct related_keys *keys, size_t i)
{
	return keys->list[i < keys->n ? i : keys->n - 1];
}

static void
in_put(struct statement *s, char alias, const struct column *column,
    const struct related_keys *keys)
{
	size_t places = select_places(keys->n);

	if (places > RELATED_KEYS_MAX)
		places = RELATED_KEYS_MAX;
	column_put(s, alias, column);
	statement_put(s, " IN (");
	for (size_t i = 0; i < places; i++) {
		comma_put(s, i);
		select_bind(s, column, key_at(keys, i)[0]);
	}
	statement_put(s, ")");
}

static void
where_keys_put(struct statement *s, char alias,
    const struct column *const *columns, size_t n,
    const struct related_keys *keys)
{
	size_t places = select_places(keys->n);

	statement_put(s, " WHERE ");
	if (n == 1) {
		in_put(s, alias, columns[0], keys);
		return;
	}
	for (size_t i = 0; i < places; i++) {
		buf_put(&s->sql, i == 0 ? STR("((") : STR(") OR ("));
		equals_put(s, alias, columns, n, key_at(keys, i));
	}
	statement_put(s, "))");
}

/* Must keys be found first, before what they lead to? */
static bool
has_links(const struct relation *relation)
{
	return relation->junction != NULL ||
	       (!relation->exact && relation->kind != RELATION_BELONGS_TO);
}

/* "p.x AS a0, p.y AS a1" */
static void
named_put(struct statement *s, char alias, const struct column *const *columns,
    size_t n, char kind)
{
	for (size_t i = 0; i < n; i++) {
		comma_put(s, i);
		column_put(s, alias, columns[i]);
		statement_put(s, " AS ");
		nth_put(s, kind, i);
	}
}

/* Where the links are read, and of which keys. */
static void
links_from_put(struct statement *s, const struct related *r,
    const struct related_keys *keys)
{
	const struct relation *relation = r->relation;
	const struct joint *joint = &relation->joint;

	statement_put(s, " FROM ");
	if (relation->exact) {
		table_put(s, relation->junction, 'j', NULL, r->junction_role);
		where_keys_put(s, 'j', joint->right, joint->n, keys);
		return;
	}
	table_put(s, relation->table, 'p', NULL, NULL);
	if (relation->junction != NULL) {
		statement_put(s, " JOIN ");
		table_put(s, relation->junction, 'j', NULL, r->junction_role);
		for (size_t i = 0; i < joint->n; i++) {
			on_put(s, i);
			column_put(s, 'p', joint->left[i]);
			statement_put(s, " = ");
			column_put(s, 'j', joint->right[i]);
		}
	}
	where_keys_put(s, 'p', joint->left, joint->n, keys);
}

static void
links_put(struct statement *s, const struct related *r,
    const struct related_keys *keys)
{
	const struct relation *relation = r->relation;
	const struct joint *joint = &relation->joint;

	statement_put(s, "(SELECT ");
	if (relation->repeats)
		statement_put(s, "DISTINCT ");
	if (relation->exact)
		named_put(s, 'j', joint->right, joint->n, 'a');
	else
		named_put(s, 'p', joint->left, joint->n, 'a');
	if (relation->junction != NULL) {
		statement_put(s, ", ");
		named_put(s, 'j', relation->far.left, relation->far.n, 'b');
	}
	links_from_put(s, r, keys);
	statement_put(s, ") AS k");
}

/* The related records that each of k leads to by a joint: as k's columns of
 * that kind refer to them, or as they refer to k's. */
static void
join_related_put(struct statement *s, const struct related *r,
    const struct joint *joint, char kind)
{
	bool refer = kind == 'a';

	statement_put(s, " JOIN ");
	related_table_put(s, r);
	for (size_t i = 0; i < joint->n; i++) {
		on_put(s, i);
		if (refer) {
			statement_put(s, "k.");
			nth_put(s, 'a', i);
			statement_put(s, " = ");
		}
		column_put(s, 'r', joint->right[i]);
		if (!refer) {
			statement_put(s, " = k.");
			nth_put(s, kind, i);
		}
	}
}

static void
from_put(struct statement *s, const struct related *r,
    const struct related_keys *keys)
{
	const struct relation *relation = r->relation;

	statement_put(s, " FROM ");
	if (has_links(relation)) {
		links_put(s, r, keys);
		if (relation->junction != NULL)
			join_related_put(s, r, &relation->far, 'b');
		else
			join_related_put(s, r, &relation->joint, 'a');
	} else {
		related_table_put(s, r);
		where_keys_put(
		    s, 'r', relation->joint.right, relation->joint.n, keys);
	}
}

static void
key_column_put(struct statement *s, const struct relation *relation, size_t i)
{
	if (has_links(relation)) {
		statement_put(s, "k.");
		nth_put(s, 'a', i);
	} else {
		column_put(s, 'r', relation->joint.right[i]);
	}
}

static void
key_put(struct statement *s, const struct relation *relation)
{
	for (size_t i = 0; i < relation->joint.n; i++) {
		comma_put(s, i);
		key_column_put(s, relation, i);
	}
}

static void
fields_put(struct statement *s, const struct query *q)
{
	for (size_t i = 0; i < q->n_fields + q->n_hidden; i++) {
		statement_put(s, ", ");
		column_put(s, 'r', q->fields[i]);
	}
}

/* All columns of the rows, and beside them where each stands among those of
 * its key. */
static void
ranked_put(struct statement *s, const struct related *r)
{
	const struct relation *relation = r->relation;
	const struct query *q = &r->query;

	for (size_t i = 0; i < relation->joint.n; i++) {
		comma_put(s, i);
		key_column_put(s, relation, i);
		statement_put(s, " AS ");
		nth_put(s, 'a', i);
	}
	statement_put(s, ", ");
	named_put(s, 'r', q->fields, q->n_fields + q->n_hidden, 'f');
	statement_put(s, ", ROW_NUMBER() OVER (PARTITION BY ");
	key_put(s, relation);
	select_order(s, q, STR("r"), STR(" ORDER BY "));
	statement_put(s, ") AS n");
}

/* "w.a0, w.a1" */
static void
nths_put(struct statement *s, char kind, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		comma_put(s, i);
		statement_put(s, "w.");
		nth_put(s, kind, i);
	}
}

static void
select_limited(struct statement *s, const struct related *r,
    const struct related_keys *keys)
{
	const struct query *q = &r->query;
	size_t n_key = r->relation->joint.n;

	statement_put(s, "SELECT ");
	nths_put(s, 'a', n_key);
	statement_put(s, ", ");
	nths_put(s, 'f', q->n_fields + q->n_hidden);
	statement_put(s, " FROM (SELECT ");
	ranked_put(s, r);
	from_put(s, r, keys);
	statement_put(s, ") AS w WHERE w.n <= ");
	statement_bind(s, (struct db_value){ .type = DB_INT, .i = q->limit });
	statement_put(s, " ORDER BY ");
	nths_put(s, 'a', n_key);
	statement_put(s, ", w.n");
}

void
related_select(struct statement *s, const struct related *related,
    const struct related_keys *keys)
{
	const struct relation *relation = related->relation;
	bool single = relation_is_single(relation);

	if (related->query.limit > 0 && !single) {
		select_limited(s, related, keys);
		return;
	}
	statement_put(s, "SELECT ");
	key_put(s, relation);
	fields_put(s, &related->query);
	from_put(s, related, keys);
	if (single)
		return;
	statement_put(s, " ORDER BY ");
	key_put(s, relation);
	select_order(s, &related->query, STR("r"), STR(", "));
}

/* "SELECT 3 AS a0, r.x AS b0 FROM t AS r WHERE r.x = ?"; NULL is never
 * equal. */
static void
numbered_put(struct statement *s, const struct relation *relation, size_t i,
    const struct db_value *key)
{
	const struct joint *joint = &relation->joint;

	buf_put(&s->sql, i == 0 ? STR("SELECT ") : STR(" UNION ALL SELECT "));
	buf_put_u64(&s->sql, i);
	statement_put(s, " AS a0, ");
	named_put(s, 'r', joint->right, joint->n, 'b');
	statement_put(s, " FROM ");
	table_put(s, relation->ref, 'r', NULL, NULL);
	statement_put(s, " WHERE ");
	equals_put(s, 'r', joint->right, joint->n, key);
}

void
related_select_numbered(struct statement *s, const struct related *related,
    const struct related_keys *keys)
{
	size_t places = select_places(keys->n);

	statement_put(s, "SELECT k.a0");
	fields_put(s, &related->query);
	statement_put(s, " FROM (");
	for (size_t i = 0; i < places; i++)
		numbered_put(s, related->relation, i,
		    i < keys->n ? keys->list[i] : NULL);
	statement_put(s, ") AS k");
	join_related_put(s, related, &related->relation->joint, 'b');
}
