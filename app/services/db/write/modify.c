#include "app/services/db/write/modify.h"

#include "app/services/db/read/select.h"
#include "drivers/db/catalog.h"

static void
values_put(struct statement *s, const struct draft *draft)
{
	for (size_t i = 0; i < draft->n; i++) {
		buf_put(&s->sql, i == 0 ? STR("(") : STR(", "));
		statement_bind(s, draft->list[i].value);
	}
	statement_put(s, ")");
}

void
modify_insert(struct statement *s, const struct db_table *table,
    const struct draft *draft)
{
	buf_put(&s->sql,
	    s->keeps ? STR("INSERT OR ABORT INTO ") : STR("INSERT INTO "));
	statement_name(s, table->name);
	for (size_t i = 0; i < draft->n; i++) {
		buf_put(&s->sql, i == 0 ? STR(" (") : STR(", "));
		statement_name(s, draft->list[i].column->name);
	}
	statement_put(s, ") VALUES ");
	values_put(s, draft);
}

void
modify_insert_also(struct statement *s, const struct draft *draft)
{
	statement_put(s, ", ");
	values_put(s, draft);
}

void
modify_returning(struct statement *s, const struct db_table *table)
{
	statement_put(s, " RETURNING ");
	statement_columns(
	    s, (const struct column *const *)table->key, table->n_key);
}

static void
update_put(struct statement *s, const struct db_table *table,
    const struct draft *draft)
{
	buf_put(&s->sql, s->keeps ? STR("UPDATE OR ABORT ") : STR("UPDATE "));
	statement_name(s, table->name);
	for (size_t i = 0; i < draft->n; i++) {
		buf_put(&s->sql, i == 0 ? STR(" SET ") : STR(", "));
		statement_name(s, draft->list[i].column->name);
		statement_put(s, " = ");
		statement_bind(s, draft->list[i].value);
	}
}

static void
delete_put(struct statement *s, const struct db_table *table)
{
	statement_put(s, "DELETE FROM ");
	statement_name(s, table->name);
}

void
modify_update(struct statement *s, const struct draft *draft,
    const struct record_name *name, const struct condition *role)
{
	update_put(s, name->by->table, draft);
	where_record(s, name, role);
}

void
modify_delete(struct statement *s, const struct record_name *name,
    const struct condition *role)
{
	delete_put(s, name->by->table);
	where_record(s, name, role);
}

void
modify_update_rows(struct statement *s, const struct db_table *table,
    const struct draft *draft, const struct condition *filter,
    const struct condition *role)
{
	update_put(s, table, draft);
	where_rows(s, filter, role);
}

void
modify_delete_rows(struct statement *s, const struct db_table *table,
    const struct condition *filter, const struct condition *role)
{
	delete_put(s, table);
	where_rows(s, filter, role);
}
