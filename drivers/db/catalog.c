#include "drivers/db/catalog.h"

const struct db_table *
catalog_table(const struct catalog *c, struct str name)
{
	const struct db_table *t = table_get(&c->by_name, name);

	for (size_t i = 0; t == NULL && i < c->n_tables; i++) {
		if (str_eq_nocase(c->tables[i].name, name))
			t = &c->tables[i];
	}
	return t;
}

const struct column *
table_column(const struct db_table *t, struct str name)
{
	const struct column *c = table_get(&t->by_name, name);

	for (size_t i = 0; c == NULL && i < t->n_columns; i++) {
		if (str_eq_nocase(t->columns[i].name, name))
			c = &t->columns[i];
	}
	return c;
}
