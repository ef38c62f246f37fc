/* What a batch does with one record: make it, change it, delete it. */
#include "app/services/db/bulk.h"
#include "app/services/db/modify.h"
#include "app/services/db/select.h"
#include "app/services/db/taken.h"
#include "app/services/db/target.h"
#include "app/services/db/written.h"
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

/* Inserts, and finds the key out. *known: key holds it. */
static enum status
insert(struct table_call *c, const struct draft *draft, struct db_value *key,
    bool *known, struct error *err)
{
	struct taken taken = { .arena = c->req->arena, .v = key };
	struct statement s = table_call_statement(c);
	struct db_result result;
	enum status st;

	*known = key_known(c->table, draft, 0, key);
	modify_insert(&s, c->table, draft);
	if (key_is_asked(c, *known))
		modify_returning(&s, c->table);
	st = table_call_run(c, &s, taken_take, &taken, &result, err);
	if (st != ST_OK)
		return st;
	if (*known && taken.n == 0)
		(void)key_known(c->table, draft, result.last_id, key);
	*known = *known || taken.n > 0;
	return ST_OK;
}

static enum status
insert_and_show(struct bulk *b, const struct draft *draft, struct buf *shown,
    struct error *err)
{
	struct table_call *c = b->call;
	struct identity by = identity_key(c->table);
	struct db_value *key =
	    arena_zalloc(c->req->arena, c->table->n_key * sizeof(key[0]));
	struct record_name name = { &by, key };
	struct written w = { .query = &b->query,
		.draft = draft,
		.is_new = true,
		.preload = b->preload };
	bool known;
	enum status st = written_check(c, err);

	if (st == ST_OK)
		st = insert(c, draft, key, &known, err);
	if (st != ST_OK)
		return st;
	w.name = known ? &name : NULL;
	return written_show(c, &w, shown, err);
}

enum status
item_create(struct bulk *b, size_t i, struct buf *shown, struct error *err)
{
	struct table_call *c = b->call;
	struct draft draft;
	enum status st = draft_read(c->req->arena, c->table, b->records.list[i],
	    DRAFT_NEW, &draft, err);

	return st == ST_OK ? insert_and_show(b, &draft, shown, err) : st;
}

static enum status
update(struct bulk *b, struct target *t, const struct draft *draft,
    struct buf *shown, struct error *err)
{
	struct table_call *c = b->call;
	struct statement s = table_call_statement(c);
	struct record_name name = { &t->by, t->parts };
	struct written w = { .query = &b->query,
		.name = &name,
		.draft = draft,
		.preload = b->preload };
	enum status st = written_check(c, err);

	if (st != ST_OK)
		return st;
	modify_update(&s, draft, &name, c->role);
	st = target_run(b, &s, t, err);
	if (st != ST_OK)
		return st;
	target_rename(t, draft);
	return written_show(c, &w, shown, err);
}

/* A part that no value of its column can be names nothing to be made. */
static bool
may_be_made(const struct bulk *b, const struct target *t)
{
	if (!b->call->service->allow_upsert || t->id.parts == NULL)
		return false;
	for (size_t i = 0; i < b->query.by.n; i++) {
		if (t->id.parts[i].type == DB_NULL)
			return false;
	}
	return true;
}

static enum status
upsert(struct bulk *b, const struct target *t, const struct draft *change,
    struct buf *shown, struct error *err)
{
	struct draft draft;
	enum status st = draft_for_new(b->call->req->arena, &b->query.by,
	    t->id.parts, change, &draft, err);

	return st == ST_OK ? insert_and_show(b, &draft, shown, err) : st;
}

/* What a change assigns: the one record for all ids, or the item's own. */
static enum status
draft_of(struct bulk *b, size_t i, struct draft *draft, struct error *err)
{
	struct table_call *c = b->call;
	enum status st;

	*draft = b->draft;
	if (b->query.n_ids > 0)
		return ST_OK;
	st = draft_read(c->req->arena, c->table, b->records.list[i],
	    DRAFT_CHANGE, draft, err);
	return st == ST_OK ? draft_without(draft, &b->query.by, err) : st;
}

enum status
item_change(struct bulk *b, size_t i, struct buf *shown, struct error *err)
{
	struct error why = { .text = "" };
	struct target t = { .parts = NULL };
	struct draft draft;
	enum status st = draft_of(b, i, &draft, &why);

	if (st == ST_OK)
		st = target_find(b, i, &t, &why);
	if (st == ST_OK)
		st = update(b, &t, &draft, shown, &why);
	if (st == ST_MISSING && may_be_made(b, &t))
		return upsert(b, &t, &draft, shown, err);
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

/* What is deleted is shown as it was before. */
enum status
item_delete(struct bulk *b, size_t i, struct buf *shown, struct error *err)
{
	struct table_call *c = b->call;
	struct statement s = table_call_statement(c);
	struct draft none = { .n = 0 };
	struct error why = { .text = "" };
	struct target t;
	struct record_name name;
	struct written w = {
		.query = &b->query, .name = &name, .draft = &none
	};
	enum status st = target_find(b, i, &t, err);

	if (st != ST_OK)
		return st;
	name = (struct record_name){ &t.by, t.parts };
	st = written_show(c, &w, shown, &why);
	if (st == ST_DENIED) /* to this role it is not there */
		return identifier_missing(&t.id, err);
	if (st != ST_OK)
		return error_set(err, st, "%s", why.text);
	modify_delete(&s, &name, c->role);
	return target_run(b, &s, &t, err);
}

/* Before a call deletes anything. */
enum status
item_show(struct bulk *b, size_t i, struct buf *shown, struct error *err)
{
	struct draft none = { .n = 0 };
	struct target t;
	struct record_name name;
	struct written w = { .query = &b->query,
		.name = &name,
		.draft = &none,
		.preload = b->preload };
	enum status st = target_find(b, i, &t, err);

	if (st != ST_OK)
		return st;
	name = (struct record_name){ &t.by, t.parts };
	return written_show(b->call, &w, shown, err);
}
