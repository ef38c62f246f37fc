/* POST T: new records, one after the other in one transaction. */
#include "app/services/db/answer.h"
#include "app/services/db/draft.h"
#include "app/services/db/modify.h"
#include "app/services/db/options.h"
#include "app/services/db/results.h"
#include "app/services/db/write.h"
#include "app/services/db/written.h"
#include "middleware/json.h"
#include "middleware/request.h"

struct creation {
	struct table_call *call;
	struct query query;
	struct records records;
	struct results results;
	enum status last; /* of the record that failed last */
	struct error why; /* in its words */
	bool rolled_back; /* nothing of the call is kept */
};

/* A key that the statement itself gave back. */
struct key_taken {
	struct arena *arena;
	struct db_value *v;
	size_t n;
};

static enum status
take_key(void *ctx, const struct db_value *v, size_t n)
{
	struct key_taken *key = ctx;

	for (size_t i = 0; i < n; i++) {
		key->v[i] = v[i];
		if (v[i].type >= DB_NUMBER)
			key->v[i].s = arena_dup(key->arena, v[i].s);
	}
	key->n = n;
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
	struct key_taken taken = { .arena = c->req->arena, .v = key };
	struct statement s = table_call_statement(c);
	struct db_result result;
	enum status st;

	*known = key_known(c->table, draft, 0, key);
	modify_insert(&s, c->table, draft);
	if (!*known && c->table->n_key > 0 &&
	    c->service->driver->returning(c->conn))
		modify_returning(&s, c->table);
	st = table_call_run(c, &s, take_key, &taken, &result, err);
	if (st != ST_OK)
		return st;
	if (*known)
		(void)key_known(c->table, draft, result.last_id, key);
	*known = *known || taken.n > 0;
	return ST_OK;
}

static enum status
create_one(struct creation *cr, struct json record, struct error *err)
{
	struct table_call *c = cr->call;
	struct arena *arena = c->req->arena;
	struct db_value *key =
	    arena_zalloc(arena, c->table->n_key * sizeof(key[0]));
	struct buf shown = buf_in(arena);
	struct written w = { .query = &cr->query };
	struct draft draft;
	bool known;
	enum status st;

	st = draft_read(arena, c->table, record, DRAFT_NEW, &draft, err);
	if (st == ST_OK)
		st = insert(c, &draft, key, &known, err);
	if (st != ST_OK)
		return st;
	w.key = known ? key : NULL;
	w.draft = &draft;
	st = written_show(c, &w, &shown, err);
	if (st == ST_OK)
		buf_put(results_next(&cr->results), buf_str(&shown));
	return st;
}

/* ST_OK when each record has its result; else nothing may be kept. A record
 * that fails may take the transaction with it (ON CONFLICT ROLLBACK). */
static enum status
create_all(struct creation *cr, struct error *err)
{
	const struct table_call *c = cr->call;

	for (size_t i = 0; i < cr->records.n; i++) {
		struct error why = { .text = "" };
		enum status st = create_one(cr, cr->records.list[i], &why);

		if (st == ST_OK)
			continue;
		if (!write_may_go_on(st))
			return error_set(err, st, "%s", why.text);
		results_fail(&cr->results, st, &why);
		cr->last = st;
		cr->why = why;
		cr->rolled_back = cr->query.rollback ||
				  !c->service->driver->in_transaction(c->conn);
		if (cr->rolled_back || !cr->query.go_on)
			break;
	}
	return ST_OK;
}

static void
answer_created(const struct creation *cr)
{
	struct buf *out = &cr->call->req->response.build;
	bool alone = cr->records.form == RECORDS_OBJECT;

	if (!alone)
		buf_put_lit(out, "{\"resource\":[");
	buf_put(out, buf_str(&cr->results.list));
	if (!alone)
		buf_put_lit(out, "]}");
	answer_json(cr->call->req);
}

/* One record that exists already is a conflict; all else is a batch error. */
static void
answer_failed(const struct creation *cr)
{
	struct request *req = cr->call->req;

	if (cr->records.n == 1 && !cr->query.go_on && cr->last == ST_EXISTS)
		answer_refuse(req, ST_EXISTS, &cr->why);
	else
		results_refuse(req, &cr->results, "created", cr->rolled_back);
}

/* What is checked at the commit (a deferred foreign key) names no record:
 * none of them was created. */
static void
fail_all(struct creation *cr, enum status st, const struct error *err)
{
	results_open(&cr->results, cr->call->req->arena);
	for (size_t i = 0; i < cr->records.n; i++)
		results_fail(&cr->results, st, err);
	cr->last = st;
	cr->why = *err;
	cr->rolled_back = true;
}

static enum status
creation_read(struct creation *cr, struct json *body)
{
	struct table_call *c = cr->call;
	struct request *req = c->req;
	struct error err = { .text = "" };
	struct params options = req->query;
	enum status st = json_body(req, body);

	if (st == ST_OK)
		st = json_records(
		    req, *body, (size_t)c->service->max_records, &cr->records);
	if (st != ST_OK)
		return st;
	if (cr->records.form == RECORDS_RESOURCE)
		options = options_of(req->arena, &req->query, *body);
	st = table_call_query(c, &options, &cr->query, &err);
	if (st != ST_OK)
		answer_refuse(req, st, &err);
	return st;
}

void
records_create(struct table_call *c)
{
	struct creation cr = { .call = c };
	struct error err = { .text = "" };
	struct json body;
	bool keep;
	enum status done;
	enum status st;

	if (creation_read(&cr, &body) != ST_OK ||
	    write_begin(c, "create") != ST_OK)
		return;
	results_open(&cr.results, c->req->arena);
	done = create_all(&cr, &err);
	keep = cr.results.n > cr.results.n_failed && !cr.rolled_back;
	st = write_end(c, done, keep, &err);
	if (done == ST_OK && (st == ST_INVALID || st == ST_EXISTS)) {
		fail_all(&cr, st, &err);
		st = ST_OK;
	}
	if (st != ST_OK)
		answer_fault(c, "create", st, &err);
	else if (cr.results.n_failed > 0)
		answer_failed(&cr);
	else
		answer_created(&cr);
}
