/* What a batch does with one record: make it, change it, delete it. */
#include "app/services/db/bulk.h"
#include "app/services/db/find.h"
#include "app/services/db/modify.h"
#include "app/services/db/select.h"
#include "app/services/db/written.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"

/* A row of values that a statement gave, kept. */
struct taken {
	struct arena *arena;
	struct db_value *v;
	size_t n;    /* of values; 0: no row */
	size_t rows; /* the first of them is kept */
};

static enum status
take_values(void *ctx, const struct db_value *v, size_t n)
{
	struct taken *taken = ctx;

	if (taken->rows++ > 0)
		return ST_OK;
	for (size_t i = 0; i < n; i++) {
		taken->v[i] = v[i];
		if (v[i].type >= DB_NUMBER)
			taken->v[i].s = arena_dup(taken->arena, v[i].s);
	}
	taken->n = n;
	return ST_OK;
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
			key[i] =
			    (struct db_value){ .type = DB_INT, .i = last_id };
		else
			return false;
	}
	return table->n_key > 0;
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
	if (!*known && c->table->n_key > 0 &&
	    c->service->driver->returning(c->conn))
		modify_returning(&s, c->table);
	st = table_call_run(c, &s, take_values, &taken, &result, err);
	if (st != ST_OK)
		return st;
	if (*known)
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
	struct written w = {
		.query = &b->query, .draft = draft, .is_new = true
	};
	bool known;
	enum status st = insert(c, draft, key, &known, err);

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

/* The record of an item, and how statements name it: by its key where the
 * table has one. */
struct target {
	struct identifier id;   /* as it was asked for, by query.by */
	struct identity by;     /* as statements do */
	struct db_value *parts; /* beside `by` */
};

static bool
is_key(const struct identity *by)
{
	return (const void *)by->columns == (const void *)by->table->key;
}

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
	st = table_call_run(c, &s, take_values, &taken, NULL, err);
	if (st == ST_OK && taken.rows == 0)
		return identifier_missing(&t->id, err);
	if (st == ST_OK && taken.rows > 1)
		return identifier_ambiguous(&t->id, err);
	return st;
}

static enum status
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
	if (!is_key(asked))
		return target_resolve(b, t, err);
	memcpy(t->parts, t->id.parts, t->by.n * sizeof(t->parts[0]));
	return ST_OK;
}

/* ST_MISSING when it touched no row. */
static enum status
run_on_one(struct bulk *b, const struct statement *s, const struct target *t,
    struct error *err)
{
	struct db_result result;
	enum status st = table_call_run(b->call, s, NULL, NULL, &result, err);

	if (st == ST_OK && result.changed == 0)
		return identifier_missing(&t->id, err);
	return st;
}

/* Its name as it is after the change, which may have set it anew. */
static void
target_rename(struct target *t, const struct draft *draft)
{
	for (size_t i = 0; i < t->by.n; i++) {
		const struct db_value *sent =
		    draft_value(draft, t->by.columns[i]);

		if (sent != NULL)
			t->parts[i] = *sent;
	}
}

static enum status
update(struct bulk *b, struct target *t, const struct draft *draft,
    struct buf *shown, struct error *err)
{
	struct table_call *c = b->call;
	struct statement s = table_call_statement(c);
	struct record_name name = { &t->by, t->parts };
	struct written w = {
		.query = &b->query, .name = &name, .draft = draft
	};
	enum status st;

	modify_update(&s, draft, &name, c->role);
	st = run_on_one(b, &s, t, err);
	if (st != ST_OK)
		return st;
	target_rename(t, draft);
	return written_show(c, &w, shown, err);
}

/* A part that no value of its column can be names nothing to be made. */
static bool
may_be_made(const struct bulk *b, const struct target *t)
{
	if (!b->call->service->allow_upsert)
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
	struct target t;
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
	return run_on_one(b, &s, &t, err);
}
