/* PUT, PATCH and DELETE of one record by its identifier. */
#include "app/services/db/answer.h"
#include "app/services/db/draft.h"
#include "app/services/db/modify.h"
#include "app/services/db/options.h"
#include "app/services/db/write.h"
#include "app/services/db/written.h"
#include "middleware/json.h"
#include "middleware/request.h"

struct change {
	struct table_call *call;
	struct query query;
	struct identifier id;
	struct draft draft; /* empty for DELETE */
	struct buf shown;   /* the record for the answer */
};

/* ST_MISSING when it touched no row. */
static enum status
run_on_one(struct change *ch, const struct statement *s, struct error *err)
{
	struct db_result result;
	enum status st = table_call_run(ch->call, s, NULL, NULL, &result, err);

	if (st == ST_OK && result.changed == 0)
		return answer_missing(ch->id.text, err);
	return st;
}

/* The key as it is after the change, which may have set it anew. */
static const struct db_value *
key_after(struct change *ch)
{
	const struct db_table *table = ch->call->table;
	struct db_value *key =
	    arena_alloc(ch->call->req->arena, table->n_key * sizeof(key[0]));

	for (size_t i = 0; i < table->n_key; i++) {
		const struct db_value *sent =
		    draft_value(&ch->draft, table->key[i]);

		key[i] = sent != NULL ? *sent : ch->id.parts[i];
	}
	return key;
}

static enum status
update_run(struct change *ch, struct error *err)
{
	struct table_call *c = ch->call;
	struct statement s = table_call_statement(c);
	struct written w = { &ch->query, key_after(ch), &ch->draft };
	enum status st;

	modify_update(&s, c->table, &ch->draft, ch->id.parts, c->role);
	st = run_on_one(ch, &s, err);
	return st == ST_OK ? written_show(c, &w, &ch->shown, err) : st;
}

/* What is deleted is shown as it was before. */
static enum status
delete_run(struct change *ch, struct error *err)
{
	struct table_call *c = ch->call;
	struct statement s = table_call_statement(c);
	struct written w = { &ch->query, ch->id.parts, &ch->draft };
	struct error why = { .text = "" };
	enum status st = written_show(c, &w, &ch->shown, &why);

	if (st == ST_DENIED) /* to this role it is not there */
		return answer_missing(ch->id.text, err);
	if (st != ST_OK)
		return error_set(err, st, "%s", why.text);
	modify_delete(&s, c->table, ch->id.parts, c->role);
	return run_on_one(ch, &s, err);
}

/* The record to change, and the options beside it when it is wrapped. */
static enum status
body_read(struct change *ch, struct json *record, struct params *options)
{
	struct request *req = ch->call->req;
	struct records records;
	struct json body;
	enum status st = json_body(req, &body);

	*options = req->query;
	*record = (struct json){ STR_NULL };
	if (st != ST_OK)
		return st;
	if (req->method == METHOD_DELETE) {
		*options = options_of(req->arena, &req->query, body);
		return ST_OK;
	}
	st = json_records(req, body, 1, &records);
	if (st != ST_OK)
		return st;
	*record = records.list[0];
	if (records.form == RECORDS_RESOURCE)
		*options = options_of(req->arena, &req->query, body);
	return ST_OK;
}

static enum status
change_read(struct change *ch)
{
	struct table_call *c = ch->call;
	struct arena *arena = c->req->arena;
	struct error err = { .text = "" };
	struct params options;
	struct json record;
	enum status st = body_read(ch, &record, &options);

	if (st != ST_OK)
		return st;
	st = table_call_query(c, &options, &ch->query, &err);
	if (st == ST_OK)
		st = identifier_parse(arena, c->table, c->id, &ch->id, &err);
	if (st == ST_OK && c->req->method != METHOD_DELETE)
		st = draft_read(
		    arena, c->table, record, DRAFT_CHANGE, &ch->draft, &err);
	if (st != ST_OK)
		answer_refuse(c->req, st, &err);
	return st;
}

void
record_change(struct table_call *c)
{
	bool deletes = c->req->method == METHOD_DELETE;
	const char *verb = deletes ? "delete" : "update";
	struct change ch = { .call = c, .shown = buf_in(c->req->arena) };
	struct error err = { .text = "" };
	enum status st;

	if (change_read(&ch) != ST_OK || write_begin(c, verb) != ST_OK)
		return;
	st = deletes ? delete_run(&ch, &err) : update_run(&ch, &err);
	st = write_end(c, st, true, &err);
	if (st != ST_OK && !write_may_go_on(st)) {
		answer_fault(c, verb, st, &err);
		return;
	}
	if (st != ST_OK) {
		answer_refuse(c->req, st, &err);
		return;
	}
	buf_put(&c->req->response.build, buf_str(&ch.shown));
	answer_json(c->req);
}
