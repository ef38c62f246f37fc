#include "app/services/db/write/record.h"

#include "app/services/db/read/select.h"
#include "app/services/db/value/value.h"
#include "app/services/db/write/modify.h"
#include "app/services/db/write/taken.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"

/* What a column counted up to. */
static struct db_value
counted(const struct column *column, int64_t id)
{
	if (column->is_unsigned && id < 0)
		return (struct db_value){ .type = DB_UINT, .u = (uint64_t)id };
	return (struct db_value){ .type = DB_INT, .i = id };
}

/* Key columns as they were sent or counted up; false when one is neither. */
static bool
key_known(const struct db_table *table, const struct draft *draft,
    int64_t last_id, struct db_value *key)
{
	for (size_t i = 0; i < table->n_key; i++) {
		const struct db_value *sent = draft_value(draft, table->key[i]);

		if (sent != NULL)
			key[i] = *sent;
		else if (table->key[i]->auto_increment)
			key[i] = counted(table->key[i], last_id);
		else
			return false;
	}
	return table->n_key > 0;
}

/* A trigger may set another key than was sent; under a role it must be the new
 * row that is looked at. */
static bool
key_is_asked(const struct table_call *c, bool known)
{
	bool doubtful = c->role != NULL && c->table->has_triggers;

	return c->table->n_key > 0 && (!known || doubtful) &&
	       c->service->driver->returning(c->conn);
}

enum status
record_ignored(struct error *err)
{
	return error_set(err, ST_EXISTS,
	    "The database did not take the record: another is in its way, or "
	    "a trigger.");
}

enum status
record_insert(struct table_call *c, const struct draft *draft,
    struct db_value *key, bool *known, struct error *err)
{
	struct taken taken = { .arena = c->req->arena, .v = key };
	struct statement s = table_call_statement(c);
	struct db_result result;
	bool asked;
	enum status st;

	*known = key_known(c->table, draft, 0, key);
	asked = key_is_asked(c, *known);
	modify_insert(&s, c->table, draft);
	if (asked)
		modify_returning(&s, c->table);
	st = table_call_run(c, &s, taken_take, &taken, &result, err);
	if (st != ST_OK)
		return st;
	if (asked ? taken.rows == 0 : result.changed == 0)
		return record_ignored(err);
	if (*known && taken.n == 0)
		(void)key_known(c->table, draft, result.last_id, key);
	*known = *known || taken.n > 0;
	return ST_OK;
}

static enum status
refuse_missing(
    struct table_call *c, const struct record_name *name, struct error *err)
{
	struct buf text = buf_in(c->req->arena);
	struct identifier id;

	for (size_t i = 0; i < name->by->n; i++) {
		const struct db_value *part = &name->parts[i];

		if (i > 0)
			buf_put_char(&text, ',');
		if (part->type == DB_TEXT)
			buf_put(&text, part->s);
		else
			value_put(&text, part);
	}
	id = (struct identifier){ buf_str(&text), name->parts };
	return identifier_missing(&id, err);
}

/* A statement that writes one record. */
static enum status
one_run(struct table_call *c, const struct statement *s,
    const struct record_name *name, struct error *err)
{
	struct db_result result;
	enum status st = table_call_run(c, s, NULL, NULL, &result, err);

	if (st == ST_OK && result.changed == 0)
		return refuse_missing(c, name, err);
	return st;
}

enum status
record_update(struct table_call *c, const struct draft *draft,
    const struct record_name *name, struct error *err)
{
	struct statement s = table_call_statement(c);

	modify_update(&s, draft, name, c->role);
	return one_run(c, &s, name, err);
}

enum status
record_delete(
    struct table_call *c, const struct record_name *name, struct error *err)
{
	struct statement s = table_call_statement(c);

	modify_delete(&s, name, c->role);
	return one_run(c, &s, name, err);
}

enum status
record_values(struct table_call *c, const struct record_name *name,
    const struct column *const *columns, size_t n, struct db_value *out,
    struct error *err)
{
	struct query q = { .table = c->table,
		.fields = (const struct column **)(void *)columns,
		.n_fields = n };
	struct taken taken = { .arena = c->req->arena, .v = out };
	struct statement s = table_call_statement(c);
	enum status st;

	select_record(&s, &q, name, c->role);
	table_call_lock(c, &s);
	st = table_call_run(c, &s, taken_take, &taken, NULL, err);
	if (st == ST_OK && taken.rows == 0)
		return refuse_missing(c, name, err);
	return st;
}

enum status
record_check(
    struct table_call *c, const struct record_name *name, struct error *err)
{
	struct error why = { .text = "" };
	struct db_value *v;
	enum status st;

	if (c->role == NULL)
		return ST_OK;
	v = arena_alloc(c->req->arena, name->by->n * sizeof(v[0]));
	st = record_values(c, name, name->by->columns, name->by->n, v, &why);
	if (st == ST_MISSING)
		return error_set(err, ST_DENIED,
		    "Denied access to some of the requested fields.");
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}
