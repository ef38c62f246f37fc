#include "app/services/db/read/group.h"

#include <assert.h>

#include "app/base/arena.h"
#include "app/services/db/filter/filter.h"

/* The group being made; room for GROUP_FIELDS_MAX of each. */
struct making {
	struct arena *arena;
	const struct group_order *order;
	struct group *group;
	struct group_item *items;
	struct error *err;
};

static enum status
column_add(struct making *m, const struct group_item *item)
{
	struct db_table *result = &m->group->result;
	struct str name = group_item_name(m->arena, item);

	if (result->n_columns == GROUP_FIELDS_MAX)
		return error_set(m->err, ST_INVALID,
		    "A grouped answer may have at most %u fields.",
		    GROUP_FIELDS_MAX);
	if (table_column(result, name) != NULL)
		return error_set(m->err, ST_INVALID,
		    "Two fields of the answer would be named '%.*s'.",
		    STR_ARG(name));
	assert(result->columns != NULL);
	m->items[result->n_columns] = *item;
	result->columns[result->n_columns++] =
	    (struct column){ .name = name, .kind = group_item_kind(item) };
	return ST_OK;
}

/* The column of the result that is made of the item, or NULL. */
static struct column *
column_find(const struct making *m, const struct group_item *item)
{
	for (size_t i = 0; i < m->group->result.n_columns; i++) {
		if (m->items[i].function == item->function &&
		    m->items[i].column == item->column)
			return &m->group->result.columns[i];
	}
	return NULL;
}

static enum status
fields_read(struct making *m)
{
	struct str rest = m->order->fields;
	enum status st = ST_OK;

	if (rest.n == 0 || str_eq(rest, STR("*")))
		return ST_OK;
	while (st == ST_OK && !str_is_null(rest)) {
		struct group_item item;

		st = group_item_read(m->order->table,
		    str_trim(str_cut(&rest, ',')), &item, m->err);
		if (st == ST_OK && column_find(m, &item) == NULL)
			st = column_add(m, &item);
	}
	return st;
}

/* Each column of the group is in the result, and of its key. */
static enum status
group_read(struct making *m)
{
	struct db_table *result = &m->group->result;
	struct str rest = m->order->group.n == 0 ? STR_NULL : m->order->group;

	while (!str_is_null(rest)) {
		struct str text = str_trim(str_cut(&rest, ','));
		struct group_item item = { .column = table_column(
					       m->order->table, text) };
		enum status st = ST_OK;

		if (item.column == NULL)
			return group_field_unknown(text, m->err);
		if (column_find(m, &item) == NULL)
			st = column_add(m, &item);
		if (st != ST_OK)
			return st;
		if (column_find(m, &item)->key_part > 0)
			continue;
		result->key[result->n_key++] = column_find(m, &item);
		result->key[result->n_key - 1]->key_part =
		    (unsigned)result->n_key;
	}
	return ST_OK;
}

/* Any other column has more than one value in a group. */
static enum status
columns_check(const struct making *m)
{
	const struct db_table *result = &m->group->result;

	for (size_t i = 0; i < result->n_columns; i++) {
		if (m->items[i].function == GROUP_COLUMN &&
		    result->columns[i].key_part == 0)
			return error_set(m->err, ST_INVALID,
			    "Field '%.*s' must be in 'group' or in a function.",
			    STR_ARG(result->columns[i].name));
	}
	return ST_OK;
}

static enum status
having_read(const struct making *m)
{
	struct filter_order order = {
		.text = m->order->having,
		.table = &m->group->result,
		.params = m->order->params,
		.quote = m->order->quote,
		.has_functions = true,
	};
	struct condition *having = arena_alloc(m->arena, sizeof(*having));

	if (order.text.n == 0)
		return ST_OK;
	m->group->having = having;
	return filter_parse(m->arena, &order, having, m->err);
}

static void
making_open(struct making *m)
{
	struct db_table *result;

	m->group = arena_zalloc(m->arena, sizeof(*m->group));
	m->items =
	    arena_alloc(m->arena, GROUP_FIELDS_MAX * sizeof(m->items[0]));
	m->group->items = m->items;
	result = &m->group->result;
	result->name = m->order->table->name;
	result->columns = arena_alloc(
	    m->arena, GROUP_FIELDS_MAX * sizeof(result->columns[0]));
	result->key =
	    arena_alloc(m->arena, GROUP_FIELDS_MAX * sizeof(result->key[0]));
}

/* The fields of the answer: the first n columns, or all when none is named. */
static void
fields_show(const struct making *m, struct query *query, size_t n)
{
	const struct db_table *result = &m->group->result;

	query->group = m->group;
	query->n_fields = n == 0 ? result->n_columns : n;
	query->fields =
	    arena_alloc(m->arena, query->n_fields * sizeof(query->fields[0]));
	for (size_t i = 0; i < query->n_fields; i++)
		query->fields[i] = &result->columns[i];
}

enum status
group_parse(struct arena *arena, const struct group_order *order,
    struct query *query, struct error *err)
{
	struct making m = { .arena = arena, .order = order, .err = err };
	size_t asked = 0;
	enum status st;

	making_open(&m);
	st = fields_read(&m);
	asked = m.group->result.n_columns;
	if (st == ST_OK)
		st = group_read(&m);
	if (st == ST_OK)
		st = columns_check(&m);
	if (st == ST_OK)
		st = having_read(&m);
	if (st == ST_OK)
		fields_show(&m, query, asked);
	return st;
}
