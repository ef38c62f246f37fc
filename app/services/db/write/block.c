/* Several new records of a call in one INSERT. */
#include "app/services/db/read/rows.h"
#include "app/services/db/write/bulk.h"
#include "app/services/db/write/modify.h"
#include "app/services/db/write/write.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"

#define BLOCK_RECORDS 128u
#define BLOCK_VALUES  4096u          /* a server takes at most 65535 */
#define BLOCK_BYTES   (1024u * 1024) /* and may take as little as this */

struct block {
	struct draft drafts[BLOCK_RECORDS];
	size_t n;
	size_t bytes; /* of texts */
};

/* The statement itself gives what is shown: no more than the key, which no
 * default, generated column or conversion changes behind it. */
static bool
shows_key_only(const struct query *q)
{
	for (size_t i = 0; i < q->n_fields; i++) {
		if (q->fields[i]->key_part == 0)
			return false;
	}
	return q->n_fields > 0;
}

static bool
may_be_block(const struct bulk *b, size_t i)
{
	const struct table_call *c = b->call;
	const struct db_driver *driver = c->service->driver;

	return b->item == item_create && i >= b->by_itself && b->n - i > 1 &&
	       c->role == NULL && c->table->undoes && !c->table->has_triggers &&
	       driver->returns_in_order && driver->returning(c->conn) &&
	       b->query.n_related == 0 && !b->nests &&
	       shows_key_only(&b->query);
}

static size_t
draft_bytes(const struct draft *draft)
{
	size_t n = 0;

	for (size_t i = 0; i < draft->n; i++) {
		if (draft->list[i].value.type >= DB_NUMBER)
			n += draft->list[i].value.s.n;
	}
	return n;
}

static bool
assigns_alike(const struct draft *a, const struct draft *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (a->list[i].column != b->list[i].column)
			return false;
	}
	return true;
}

static bool
has_room(const struct block *block, const struct draft *draft)
{
	return block->n < BLOCK_RECORDS &&
	       (block->n + 1) * draft->n <= BLOCK_VALUES &&
	       block->bytes + draft_bytes(draft) <= BLOCK_BYTES;
}

/* As many records from i on as go into one statement. One that is refused ends
 * them: by itself it says why. */
static void
block_fill(struct bulk *b, size_t i, struct block *block)
{
	const struct table_call *c = b->call;

	block->n = 0;
	block->bytes = 0;
	for (; i < b->n && block->n < BLOCK_RECORDS; i++) {
		struct draft *draft = &block->drafts[block->n];

		if (draft_read(c->req->arena, c->table, b->records.list[i],
			DRAFT_NEW, draft, NULL) != ST_OK ||
		    !assigns_alike(draft, &block->drafts[0]) ||
		    !has_room(block, draft))
			return;
		block->bytes += draft_bytes(draft);
		block->n++;
	}
}

static enum status
block_run(struct bulk *b, const struct block *block, struct str *shown,
    struct error *err)
{
	struct table_call *c = b->call;
	struct statement s = table_call_statement(c);
	struct buf text = buf_in(c->req->arena);
	struct rows rows;
	enum status st;

	modify_insert(&s, c->table, &block->drafts[0]);
	for (size_t i = 1; i < block->n; i++)
		modify_insert_also(&s, &block->drafts[i]);
	statement_put(&s, " RETURNING ");
	statement_columns(&s, b->query.fields, b->query.n_fields);
	rows_open(&rows, c->req->arena, &text, &b->query, INT64_MAX);
	st = table_call_run(c, &s, rows_take, &rows, NULL, err);
	if (st == ST_OK && rows.count != (int64_t)block->n)
		return error_set(err, ST_ERROR,
		    "the database returned %lld of %zu new records",
		    (long long)rows.count, block->n);
	*shown = buf_str(&text);
	return st;
}

enum status
block_create(struct bulk *b, size_t i, size_t *n, struct error *err)
{
	const struct table_call *c = b->call;
	struct block *block;
	struct str shown = STR_NULL;
	enum status st;

	*n = 0;
	if (!may_be_block(b, i))
		return ST_OK;
	block = arena_alloc(c->req->arena, sizeof(*block));
	block_fill(b, i, block);
	if (block->n < 2)
		return ST_OK;
	st = block_run(b, block, &shown, err);
	if (st == ST_OK) {
		results_add(&b->results, shown, block->n);
		*n = block->n;
	} else if (write_may_go_on(st) &&
		   c->service->driver->in_transaction(c->conn)) {
		b->by_itself = i + block->n;
		st = ST_OK;
	}
	return st;
}
