/* What a batch does with one record: make it, change it, delete it. */
#include "app/services/db/read/select.h"
#include "app/services/db/relation/nested.h"
#include "app/services/db/write/bulk.h"
#include "app/services/db/write/modify.h"
#include "app/services/db/write/record.h"
#include "app/services/db/write/target.h"
#include "app/services/db/write/written.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"

/* The related records in the record of an item. */
static struct nesting
nesting_of(const struct bulk *b, size_t i)
{
	struct nesting nesting = { .n = 0 };

	if (!b->nests)
		return nesting;
	nesting =
	    nested_of(b->call, b->records.list[b->query.n_ids > 0 ? 0 : i]);
	nesting.may_delete = b->query.deletes_related;
	return nesting;
}

bool
item_may_keep(const struct bulk *b, size_t i)
{
	const struct table_call *c = b->call;
	bool by_ids = b->query.n_ids > 0;

	return c->service->allow_upsert &&
	       draft_is_named(c->req->arena, &b->query.by,
		   by_ids ? b->query.ids[i].parts : NULL,
		   b->records.list[by_ids ? 0 : i]);
}

static enum status
insert_and_show(struct bulk *b, const struct draft *draft,
    const struct nesting *nesting, struct buf *shown, struct error *err)
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
		st = record_insert(c, draft, key, &known, err);
	if (st != ST_OK)
		return st;
	w.name = known ? &name : NULL;
	st = nested_after(c, nesting, w.name, err);
	return st == ST_OK ? written_show(c, &w, shown, err) : st;
}

enum status
item_create(struct bulk *b, size_t i, struct buf *shown, struct error *err)
{
	struct table_call *c = b->call;
	struct nesting nesting = nesting_of(b, i);
	struct draft draft;
	enum status st = draft_members(c->req->arena, c->table,
	    b->records.list[i], DRAFT_NEW, &draft, err);

	if (st == ST_OK)
		st = nested_before(c, &nesting, &draft, err);
	if (st == ST_OK)
		st = draft_check(c->table, &draft, DRAFT_NEW, err);
	if (st != ST_OK)
		return st;
	return insert_and_show(b, &draft, &nesting, shown, err);
}

/* Nothing in it is changed: it must be there all the same. */
static enum status
find(struct bulk *b, struct target *t, const struct record_name *name,
    struct error *err)
{
	struct error why = { .text = "" };
	enum status st = record_values(
	    b->call, name, t->by.columns, t->by.n, t->parts, &why);

	if (st == ST_MISSING)
		return identifier_missing(&t->id, err);
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

/* Where nobody else writes meanwhile, a record that is there although nothing
 * was changed was passed over. What is not there may be made instead. */
static enum status
update_run(struct bulk *b, const struct statement *s, struct target *t,
    const struct record_name *name, struct error *err)
{
	const struct db_service *service = b->call->service;
	struct error why = { .text = "" };
	enum status st = target_run(b, s, t, &why);

	if (st == ST_MISSING && !service->allow_upsert &&
	    !service->driver->for_update && find(b, t, name, NULL) == ST_OK)
		return record_ignored(err);
	return st == ST_OK ? st : error_set(err, st, "%s", why.text);
}

static enum status
update(struct bulk *b, struct target *t, const struct draft *draft,
    const struct nesting *nesting, struct error *err)
{
	struct table_call *c = b->call;
	struct statement s = table_call_statement(c);
	struct record_name name = { &t->by, t->parts };
	enum status st = written_check(c, err);

	if (st == ST_OK && draft->n == 0)
		st = find(b, t, &name, err);
	modify_update(&s, draft, &name, c->role);
	if (st == ST_OK && draft->n > 0)
		st = update_run(b, &s, t, &name, err);
	if (st != ST_OK)
		return st;
	target_rename(t, draft);
	return nested_after(c, nesting, &name, err);
}

static enum status
updated_show(struct bulk *b, const struct target *t, const struct draft *draft,
    struct buf *shown, struct error *err)
{
	struct record_name name = { &t->by, t->parts };
	struct written w = { .query = &b->query,
		.name = &name,
		.draft = draft,
		.preload = b->preload };

	return written_show(b->call, &w, shown, err);
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
    const struct nesting *nesting, struct buf *shown, struct error *err)
{
	struct draft draft;
	enum status st = draft_for_new(b->call->req->arena, &b->query.by,
	    t->id.parts, change, &draft, err);

	return st == ST_OK ? insert_and_show(b, &draft, nesting, shown, err)
			   : st;
}

/* What a change assigns: the one record for all ids, or the item's own; with
 * related records in it, or as the name of a record, that may be nothing. */
static enum status
draft_of(struct bulk *b, size_t i, const struct nesting *nesting,
    struct draft *draft, struct error *err)
{
	struct table_call *c = b->call;
	enum status st = ST_OK;

	*draft = b->draft;
	if (b->query.n_ids == 0) {
		st = draft_members(c->req->arena, c->table, b->records.list[i],
		    DRAFT_CHANGE, draft, err);
		if (st == ST_OK)
			*draft = draft_rest(c->req->arena, draft, &b->query.by);
	}
	if (st == ST_OK)
		st = nested_before(c, nesting, draft, err);
	if (st != ST_OK || nesting->n > 0 || item_may_keep(b, i))
		return st;
	return draft_check(c->table, draft, DRAFT_CHANGE, err);
}

enum status
item_change(struct bulk *b, size_t i, struct buf *shown, struct error *err)
{
	struct error why = { .text = "" };
	struct target t = { .parts = NULL };
	struct nesting nesting = nesting_of(b, i);
	struct draft draft;
	enum status st = draft_of(b, i, &nesting, &draft, &why);

	if (st == ST_OK)
		st = target_find(b, i, &t, &why);
	if (st == ST_OK)
		st = update(b, &t, &draft, &nesting, &why);
	if (st == ST_MISSING && may_be_made(b, &t))
		return upsert(b, &t, &draft, &nesting, shown, err);
	if (st == ST_OK)
		st = updated_show(b, &t, &draft, shown, &why);
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
