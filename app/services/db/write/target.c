#include "app/services/db/write/target.h"

#include "app/services/db/read/select.h"
#include "app/services/db/write/taken.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"

/* Identified by other columns, it must be one record and no more. */
static enum status
target_resolve(struct bulk *b, struct target *t, struct error *err)
{
	struct table_call *c = b->call;
	struct query q = { .table = c->table,
		.fields = (const struct column **)(void *)t->by.columns,
		.n_fields = t->by.n };
	struct record_name name = { &b->query.by, t->id.parts };
	struct taken taken = { .arena = c->req->arena, .v = t->parts };
	struct statement s = table_call_statement(c);
	enum status st;

	select_record(&s, &q, &name, c->role);
	table_call_lock(c, &s);
	st = table_call_run(c, &s, taken_take, &taken, NULL, err);
	if (st == ST_OK && taken.rows == 0)
		return identifier_missing(&t->id, err);
	if (st == ST_OK && taken.rows > 1)
		return identifier_ambiguous(&t->id, err);
	return st;
}

enum status
target_find(struct bulk *b, size_t i, struct target *t, struct error *err)
{
	struct table_call *c = b->call;
	struct arena *arena = c->req->arena;
	const struct identity *asked = &b->query.by;
	enum status st = ST_OK;

	if (b->query.n_ids > 0)
		t->id = b->query.ids[i];
	else
		st = identifier_of_record(
		    arena, asked, b->records.list[i], &t->id, err);
	if (st != ST_OK)
		return st;
	t->by = c->table->n_key > 0 ? identity_key(c->table) : *asked;
	t->parts = arena_alloc(arena, t->by.n * sizeof(t->parts[0]));
	if (!identity_is_key(asked))
		return target_resolve(b, t, err);
	memcpy(t->parts, t->id.parts, t->by.n * sizeof(t->parts[0]));
	return ST_OK;
}

enum status
target_run(struct bulk *b, const struct statement *s, const struct target *t,
    struct error *err)
{
	struct db_result result;
	enum status st = table_call_run(b->call, s, NULL, NULL, &result, err);

	if (st == ST_OK && result.changed == 0)
		return identifier_missing(&t->id, err);
	return st;
}

void
target_rename(struct target *t, const struct draft *draft)
{
	for (size_t i = 0; i < t->by.n; i++) {
		const struct db_value *sent =
		    draft_value(draft, t->by.columns[i]);

		if (sent != NULL)
			t->parts[i] = *sent;
	}
}
