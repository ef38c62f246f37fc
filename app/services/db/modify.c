#include "app/services/db/modify.h"

#include "app/services/db/select.h"
#include "drivers/db/catalog.h"

void
modify_insert(struct statement *s, const struct db_table *table,
    const struct draft *draft)
{
	statement_put(s, "INSERT INTO ");
	statement_name(s, table->name);
	for (size_t i = 0; i < draft->n; i++) {
		buf_put(&s->sql, i == 0 ? STR(" (") : STR(", "));
		statement_name(s, draft->list[i].column->name);
	}
	for (size_t i = 0; i < draft->n; i++) {
		buf_put(&s->sql, i == 0 ? STR(") VALUES (") : STR(", "));
		statement_bind(s, draft->list[i].value);
	}
	statement_put(s, ")");
}

void
modify_returning(struct statement *s, const struct db_table *table)
{
	statement_put(s, " RETURNING ");
	statement_columns(
	    s, (const struct column *const *)table->key, table->n_key);
}

void
modify_update(struct statement *s, const struct db_table *table,
    const struct draft *draft, const struct db_value *key,
    const struct condition *role)
{
	statement_put(s, "UPDATE ");
	statement_name(s, table->name);
	for (size_t i = 0; i < draft->n; i++) {
		buf_put(&s->sql, i == 0 ? STR(" SET ") : STR(", "));
		statement_name(s, draft->list[i].column->name);
		statement_put(s, " = ");
		statement_bind(s, draft->list[i].value);
	}
	where_record(s, table, key, role);
}

void
modify_delete(struct statement *s, const struct db_table *table,
    const struct db_value *key, const struct condition *role)
{
	statement_put(s, "DELETE FROM ");
	statement_name(s, table->name);
	where_record(s, table, key, role);
}
