/*
 * Conditions on related records as SQL: a subquery that looks for one. In a
 * comparison the column that is referred to stands on the left: that is how
 * SQLite compares, as in the check of a foreign key.
 */
#include "app/services/db/filter/filter_tree.h"
#include "app/services/db/relation/relation.h"
#include "app/services/db/statement.h"
#include "drivers/db/catalog.h"

/* The server reads none of a table that the statement writes; a copy it must
 * make for the LIMIT. */
static void
copy_put(struct statement *s, const struct db_table *table)
{
	statement_put(s, "(SELECT ");
	for (size_t i = 0; i < table->n_columns; i++) {
		if (i > 0)
			statement_put(s, ", ");
		statement_name(s, table->columns[i].name);
	}
	statement_put(s, " FROM ");
	statement_name(s, table->name);
	statement_put(s, " LIMIT 9223372036854775807)");
}

static void
table_put(struct statement *s, const struct filter_related *f,
    const struct db_table *table, struct str alias)
{
	if (table == f->written)
		copy_put(s, table);
	else
		statement_name(s, table->name);
	statement_put(s, " AS ");
	statement_name(s, alias);
}

static void
column_put(struct statement *s, struct str alias, const struct column *column)
{
	statement_name(s, alias);
	statement_put(s, ".");
	statement_name(s, column->name);
}

/* What has the columns of a joint, and which side is referred to. */
struct sides {
	struct str left;
	struct str right;
	bool refers; /* left does, to right */
};

static void
joint_put(
    struct statement *s, const struct joint *joint, const struct sides *sides)
{
	for (size_t i = 0; i < joint->n; i++) {
		if (i > 0)
			statement_put(s, " AND ");
		if (sides->refers)
			column_put(s, sides->right, joint->right[i]);
		else
			column_put(s, sides->left, joint->left[i]);
		statement_put(s, " = ");
		if (sides->refers)
			column_put(s, sides->left, joint->left[i]);
		else
			column_put(s, sides->right, joint->right[i]);
	}
}

static void
from_put(struct statement *s, const struct filter_related *f)
{
	const struct relation *relation = f->relation;
	struct sides far = { f->junction_alias, f->alias, true };

	table_put(s, f, relation->ref, f->alias);
	if (relation->junction == NULL)
		return;
	statement_put(s, " JOIN ");
	table_put(s, f, relation->junction, f->junction_alias);
	statement_put(s, " ON ");
	joint_put(s, &relation->far, &far);
}

static void
role_put(struct statement *s, const struct condition *role)
{
	if (role == NULL)
		return;
	statement_put(s, " AND ");
	statement_condition(s, role);
}

void
filter_related_put(
    struct statement *s, const struct filter_node *node, filter_put_f *put)
{
	const struct filter_related *f = node->related;
	bool through = f->relation->junction != NULL;
	struct sides near = { f->outer, through ? f->junction_alias : f->alias,
		f->relation->kind == RELATION_BELONGS_TO };
	struct str alias = s->alias;

	if (f->negated)
		statement_put(s, "NOT ");
	statement_put(s, "EXISTS (SELECT 1 FROM ");
	from_put(s, f);
	statement_put(s, " WHERE ");
	joint_put(s, &f->relation->joint, &near);
	statement_put(s, " AND (");
	s->alias = f->alias;
	put(s, node->first);
	s->alias = alias;
	statement_put(s, ")");
	role_put(s, f->role);
	role_put(s, f->junction_role);
	statement_put(s, ")");
}
