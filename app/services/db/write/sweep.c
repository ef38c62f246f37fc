#include "app/services/db/write/sweep.h"

#include "app/services/db/answer.h"
#include "app/services/db/db.h"
#include "app/services/db/read/find.h"
#include "app/services/db/read/rows.h"
#include "app/services/db/read/select.h"
#include "app/services/db/relation/preload.h"
#include "app/services/db/write/draft.h"
#include "app/services/db/write/modify.h"
#include "app/services/db/write/taken.h"
#include "app/services/db/write/write.h"
#include "app/services/db/write/written.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"

struct sweep {
	struct table_call *call;
	const struct query *query;
	struct draft draft;     /* of a change */
	struct identifier *ids; /* keys of the rows touched */
	size_t n_ids;
	bool more;      /* than can be shown */
	struct buf out; /* the rows for the answer, with commas */
};

/* The rows of the filter as they are now. */
static enum status
rows_show(struct sweep *sw, struct error *err)
{
	struct table_call *c = sw->call;
	const struct query *q = sw->query;
	struct statement s = table_call_statement(c);
	struct rows rows;
	enum status st;

	rows_open(&rows, c->req->arena, &sw->out, q, q->limit);
	select_page(&s, q, c->role, q->limit + 1);
	table_call_lock(c, &s);
	if (q->n_related > 0)
		return preload_page(c, q, &s, &sw->out, &sw->more, err);
	st = table_call_run(c, &s, rows_take, &rows, NULL, err);
	sw->more = rows.more;
	return st;
}

static enum status
take_key(void *ctx, const struct db_value *v, size_t n)
{
	struct sweep *sw = ctx;
	struct arena *arena = sw->call->req->arena;
	struct db_value *parts;

	if ((int64_t)sw->n_ids == sw->query->limit) {
		sw->more = true;
		return ST_OK;
	}
	parts = arena_alloc(arena, n * sizeof(parts[0]));
	taken_copy(arena, parts, v, n);
	sw->ids[sw->n_ids++] = (struct identifier){ STR(""), parts };
	return ST_OK;
}

static enum status
keys_read(struct sweep *sw, struct error *err)
{
	struct table_call *c = sw->call;
	struct identity by = identity_key(c->table);
	struct query q = *sw->query;
	struct statement s = table_call_statement(c);

	q.fields = (const struct column **)(void *)by.columns;
	q.n_fields = by.n;
	q.n_hidden = 0;
	sw->ids =
	    arena_alloc(c->req->arena, (size_t)q.limit * sizeof(sw->ids[0]));
	select_page(&s, &q, c->role, q.limit + 1);
	table_call_lock(c, &s);
	return table_call_run(c, &s, take_key, sw, NULL, err);
}

/* A change may have set a part of every key. */
static void
keys_rename(struct sweep *sw)
{
	const struct db_table *table = sw->call->table;
	struct arena *arena = sw->call->req->arena;

	for (size_t i = 0; i < sw->n_ids; i++) {
		struct db_value *parts =
		    arena_alloc(arena, table->n_key * sizeof(parts[0]));

		for (size_t k = 0; k < table->n_key; k++) {
			const struct db_value *sent =
			    draft_value(&sw->draft, table->key[k]);

			parts[k] = sent != NULL ? *sent : sw->ids[i].parts[k];
		}
		sw->ids[i].parts = parts;
	}
}

/* Under a role, a row that cannot be seen any more was given away. */
static enum status
found_show(struct sweep *sw, const struct found *list, struct error *err)
{
	for (size_t i = 0; i < sw->n_ids; i++) {
		if (list[i].status == ST_OK) {
			if (sw->out.n > 0)
				buf_put_char(&sw->out, ',');
			buf_put(&sw->out, list[i].text);
			continue;
		}
		if (sw->call->role != NULL)
			return error_set(err, ST_DENIED,
			    "Denied access to some of the requested fields.");
	}
	return ST_OK;
}

static enum status
keys_show(struct sweep *sw, struct error *err)
{
	struct table_call *c = sw->call;
	struct found *list =
	    arena_alloc(c->req->arena, sw->n_ids * sizeof(list[0]));
	struct query q = *sw->query;
	bool doubtful;
	enum status st;

	q.by = identity_key(c->table);
	q.ids = sw->ids;
	q.n_ids = sw->n_ids;
	st = find_all(c, &q, list, &doubtful, err);
	if (st == ST_OK && doubtful)
		st = find_each(c, &q, list, err);
	return st == ST_OK ? found_show(sw, list, err) : st;
}

/* Beyond what can be read back nobody could tell what was given away. */
static enum status
bound_check(const struct sweep *sw, struct error *err)
{
	if (!sw->more || sw->call->role == NULL)
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "The filter has more than %lld records: ask for fewer.",
	    (long long)sw->query->limit);
}

/* Only those whose keys are known are looked at again. */
static enum status
all_check(const struct sweep *sw, int64_t changed, struct error *err)
{
	if (sw->call->role == NULL || changed <= (int64_t)sw->n_ids)
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "More records came to match the filter meanwhile: ask again.");
}

static enum status
change_run(struct sweep *sw, int64_t *count, struct error *err)
{
	struct table_call *c = sw->call;
	bool has_key = c->table->n_key > 0;
	struct statement s = table_call_statement(c);
	struct db_result result = { .changed = 0 };
	enum status st = written_check(c, err);

	if (st == ST_OK && has_key)
		st = keys_read(sw, err);
	if (st == ST_OK)
		st = bound_check(sw, err);
	modify_update_rows(
	    &s, c->table, &sw->draft, sw->query->filter, c->role);
	if (st == ST_OK)
		st = table_call_run(c, &s, NULL, NULL, &result, err);
	*count = result.changed;
	if (st == ST_OK)
		st = all_check(sw, result.changed, err);
	if (st != ST_OK)
		return st;
	if (!has_key)
		return rows_show(sw, err);
	keys_rename(sw);
	return keys_show(sw, err);
}

static enum status
delete_run(struct sweep *sw, int64_t *count, struct error *err)
{
	struct table_call *c = sw->call;
	struct statement s = table_call_statement(c);
	struct db_result result = { .changed = 0 };
	enum status st = rows_show(sw, err);

	modify_delete_rows(&s, c->table, sw->query->filter, c->role);
	if (st == ST_OK)
		st = table_call_run(c, &s, NULL, NULL, &result, err);
	*count = result.changed;
	return st;
}

static void
answer_failed(struct table_call *c, const char *verb, enum status st,
    const struct error *err)
{
	if (write_may_go_on(st))
		answer_refuse(c->req, st, err);
	else
		answer_fault(c, verb, st, err);
}

static void
answer_rows(const struct sweep *sw, int64_t count)
{
	struct request *req = sw->call->req;
	struct buf *out = &req->response.build;

	buf_put_lit(out, "{\"resource\":[");
	buf_put(out, buf_str(&sw->out));
	buf_put_char(out, ']');
	if (sw->more) {
		buf_put_lit(out, ",\"meta\":{\"count\":");
		buf_put_i64(out, count);
		buf_put_char(out, '}');
	}
	buf_put_char(out, '}');
	answer_list(req, sw->query->bare, sw->more);
}

typedef enum status sweep_f(
    struct sweep *sw, int64_t *count, struct error *err);

static void
sweep_run(struct sweep *sw, const char *verb, sweep_f *run)
{
	struct table_call *c = sw->call;
	struct error err = { .text = "" };
	int64_t count = 0;
	int runs = 0;
	enum status st;

	if (write_begin(c, verb) != ST_OK)
		return;
	do {
		err = (struct error){ .text = "" };
		sw->n_ids = 0;
		sw->more = false;
		sw->out.n = 0;
		st = run(sw, &count, &err);
	} while (++runs < WRITE_RUNS && write_again(c, st));
	st = write_end(c, st, true, &err);
	if (st != ST_OK)
		answer_failed(c, verb, st, &err);
	else
		answer_rows(sw, count);
}

void
sweep_change(struct table_call *c, const struct query *q, struct json record)
{
	struct sweep sw = {
		.call = c, .query = q, .out = buf_in(c->req->arena)
	};
	struct error err = { .text = "" };
	enum status st = draft_read(
	    c->req->arena, c->table, record, DRAFT_CHANGE, &sw.draft, &err);

	if (st != ST_OK)
		answer_refuse(c->req, st, &err);
	else
		sweep_run(&sw, "update", change_run);
}

void
sweep_delete(struct table_call *c, const struct query *q)
{
	struct sweep sw = {
		.call = c, .query = q, .out = buf_in(c->req->arena)
	};

	sweep_run(&sw, "delete", delete_run);
}

void
sweep_clear(struct table_call *c)
{
	struct statement s = table_call_statement(c);
	struct error err = { .text = "" };
	enum status st;

	if (write_begin(c, "delete") != ST_OK)
		return;
	modify_delete_rows(&s, c->table, NULL, c->role);
	st = table_call_run(c, &s, NULL, NULL, NULL, &err);
	st = write_end(c, st, true, &err);
	if (st != ST_OK) {
		answer_failed(c, "delete", st, &err);
		return;
	}
	buf_put_lit(&c->req->response.build, "{\"success\":true}");
	answer_json(c->req);
}
