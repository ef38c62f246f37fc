#include "app/services/db/write/bulk.h"

#include "app/services/db/answer.h"
#include "app/services/db/read/rows.h"
#include "app/services/db/write/precondition.h"
#include "app/services/db/write/write.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"

/* What a record did before it failed must not be kept with the others. */
static bool
needs_savepoints(const struct bulk *b)
{
	const struct table_call *c = b->call;

	bool in_part =
	    c->service->driver->fails_in_part && c->table->has_triggers;

	return (in_part || b->nests) && b->n > 1 && !b->query.rollback;
}

static enum status
savepoint(struct bulk *b, struct str sql, struct error *err)
{
	struct statement s;

	if (!needs_savepoints(b))
		return ST_OK;
	s = table_call_statement(b->call);
	buf_put(&s.sql, sql);
	return table_call_run(b->call, &s, NULL, NULL, NULL, err);
}

/* An item that fails may take the transaction with it (ON CONFLICT ROLLBACK);
 * then there is no savepoint either. */
static enum status
item_run(struct bulk *b, size_t i, struct error *err)
{
	const struct table_call *c = b->call;
	struct buf shown = buf_in(c->req->arena);
	enum status st = savepoint(b, STR("SAVEPOINT record"), err);

	if (st != ST_OK)
		return st;
	st = b->item(b, i, &shown, err);
	if (st == ST_OK && b->results.list.n + shown.n > ROWS_BYTES_MAX)
		return ST_TOO_BIG;
	if (st == ST_OK) {
		struct buf *list = results_next(&b->results);
		size_t from = list->n;

		buf_put(list, buf_str(&shown));
		bulk_related_mark(b, i, from);
		return savepoint(b, STR("RELEASE SAVEPOINT record"), err);
	}
	if (write_may_go_on(st) &&
	    c->service->driver->in_transaction(c->conn) &&
	    savepoint(b, STR("ROLLBACK TO SAVEPOINT record"), NULL) != ST_OK)
		return ST_ERROR;
	return st;
}

/* The database has undone what the call did before. */
static bool
is_undone(const struct table_call *c)
{
	return !c->autocommits && !c->service->driver->in_transaction(c->conn);
}

/* ST_OK when each item has its result, as far as they went; else nothing may
 * be kept. */
static enum status
items_run(struct bulk *b, struct error *err)
{
	const struct table_call *c = b->call;
	size_t n;

	for (size_t i = 0; i < b->n; i += n) {
		struct error why = { .text = "" };
		enum status st = block_create(b, i, &n, &why);

		if (st == ST_OK && n > 0)
			continue;
		if (st == ST_OK)
			st = item_run(b, i, &why);
		n = 1;
		if (st == ST_OK)
			continue;
		if (!write_may_go_on(st))
			return error_set(err, st, "%s", why.text);
		results_fail(&b->results, st, &why);
		b->last = st;
		b->why = why;
		b->rolled_back = b->query.rollback || is_undone(c);
		if (b->rolled_back || !b->query.go_on)
			break;
	}
	return ST_OK;
}

static enum status
items_shown(struct bulk *b, struct error *err)
{
	enum status st = bulk_related_begin(b, err);

	if (st == ST_OK)
		st = items_run(b, err);
	return st == ST_OK ? bulk_related_show(b, err) : st;
}

/* All items from the first on, again after a deadlock. */
static enum status
items_run_through(struct bulk *b, struct error *err)
{
	enum status st;
	int runs = 0;

	do {
		*err = (struct error){ .text = "" };
		results_open(&b->results, b->call->req->arena);
		st = precondition_check(b, err);
		if (st == ST_OK && !b->unmet)
			st = items_shown(b, err);
	} while (++runs < WRITE_RUNS && write_again(b->call, st));
	return st;
}

/* One record sent as such is answered as such. */
static bool
is_alone(const struct bulk *b)
{
	return b->single || (b->n == 1 && b->query.n_ids == 0 &&
				b->records.form == RECORDS_OBJECT);
}

static void
answer_done(const struct bulk *b)
{
	struct request *req = b->call->req;
	struct buf *out = &req->response.build;

	if (is_alone(b)) {
		buf_put(out, buf_str(&b->results.list));
		answer_json(req);
		return;
	}
	buf_put_lit(out, "{\"resource\":[");
	buf_put(out, buf_str(&b->results.list));
	buf_put_lit(out, "]}");
	answer_list(req, b->query.bare, false);
}

/* What fails for a path, and one new record that exists already, is said as
 * it is; all else is a batch error. */
static void
answer_failed(const struct bulk *b)
{
	struct request *req = b->call->req;
	bool conflict = b->item == item_create && b->n == 1 &&
			!b->query.go_on && b->last == ST_EXISTS;

	if (b->single || conflict)
		answer_refuse(req, b->last, &b->why);
	else
		results_refuse(req, &b->results, b->done, b->rolled_back);
}

/* What is checked at the commit (a deferred foreign key) names no record:
 * none of them was written. */
static void
fail_all(struct bulk *b, enum status st, const struct error *err)
{
	results_open(&b->results, b->call->req->arena);
	for (size_t i = 0; i < b->n; i++)
		results_fail(&b->results, st, err);
	b->last = st;
	b->why = *err;
	b->rolled_back = true;
}

void
bulk_run(struct bulk *b)
{
	struct table_call *c = b->call;
	struct error err = { .text = "" };
	bool keep;
	enum status done;
	enum status st;

	c->autocommits = !precondition_any(b) && bulk_autocommits(b);
	if (write_begin(c, b->verb) != ST_OK)
		return;
	done = items_run_through(b, &err);
	keep = b->results.n > b->results.n_failed && !b->rolled_back;
	st = write_end(c, done, keep, &err);
	if (done == ST_OK && (st == ST_INVALID || st == ST_EXISTS)) {
		fail_all(b, st, &err);
		st = ST_OK;
	}
	if (st != ST_OK)
		answer_fault(c, b->verb, st, &err);
	else if (b->unmet)
		precondition_refuse(c->req);
	else if (b->results.n_failed > 0)
		answer_failed(b);
	else
		answer_done(b);
}
