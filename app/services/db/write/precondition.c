#include "app/services/db/write/precondition.h"

#include "app/services/db/read/select.h"
#include "app/services/db/role_filter.h"
#include "app/services/db/write/bulk.h"
#include "app/services/db/write/record.h"
#include "middleware/etag.h"
#include "middleware/format.h"
#include "middleware/request.h"

/* The record as it is now. */
struct current {
	bool exists;
	struct str etag; /* STR_NULL: this caller may not read it */
	char text[ETAG_BYTES];
};

bool
precondition_any(const struct bulk *b)
{
	const struct request *req = b->call->req;

	return b->single && (!str_is_null(req->param[PARAM_IF_MATCH]) ||
				!str_is_null(req->param[PARAM_IF_NONE_MATCH]));
}

static enum status
lock(struct bulk *b, struct current *now, struct error *err)
{
	const struct identity *by = &b->query.by;
	struct record_name name = { by, b->query.ids[0].parts };
	struct db_value *values =
	    arena_alloc(b->call->req->arena, by->n * sizeof(values[0]));
	enum status st =
	    record_values(b->call, &name, by->columns, by->n, values, err);

	now->exists = st == ST_OK;
	return st == ST_MISSING ? ST_OK : st;
}

/* The same request as a GET, beside the one that is being answered. */
static struct request *
get_of(const struct request *req)
{
	struct request *get = arena_zalloc(req->arena, sizeof(*get));

	memcpy(get, req, offsetof(struct request, batch));
	get->method = METHOD_GET;
	get->body = STR_NULL;
	get->has_body = false;
	get->stream = NULL;
	get->cancel = NULL;
	get->response = (struct response){
		.head = buf_in(req->arena),
		.build = buf_in(req->arena),
	};
	return get;
}

/* What is refused to a GET has no tag; so has what several rows answer to, of
 * which the write itself will complain. */
static enum status
tag_read(struct bulk *b, struct current *now, struct error *err)
{
	struct table_call get = *b->call;
	struct error why = { .text = "" };
	uint8_t bytes[DIGEST_BYTES];
	enum status st;

	get.req = get_of(b->call->req);
	st = role_filter_get(get.req, get.table, &get.role, &why);
	if (st == ST_OK)
		st = records_read_one(&get, &why);
	if (st == ST_DENIED || st == ST_MISSING || st == ST_INVALID)
		return ST_OK;
	if (st != ST_OK)
		return error_set(err, st, "%s", why.text);
	format_apply(get.req);
	etag_digest(response_body(&get.req->response), bytes);
	now->etag = etag_write(bytes, now->text);
	return ST_OK;
}

static bool
is_met(const struct request *req, const struct current *now)
{
	struct str match = req->param[PARAM_IF_MATCH];
	struct str none = req->param[PARAM_IF_NONE_MATCH];

	if (!str_is_null(match) &&
	    !(now->exists && etag_matched(match, now->etag)))
		return false;
	return str_is_null(none) ||
	       !(now->exists && etag_listed(none, now->etag));
}

enum status
precondition_check(struct bulk *b, struct error *err)
{
	struct current now = { .exists = false };
	enum status st;

	b->unmet = false;
	if (!precondition_any(b))
		return ST_OK;
	st = lock(b, &now, err);
	if (st == ST_OK && now.exists)
		st = tag_read(b, &now, err);
	b->unmet = st == ST_OK && !is_met(b->call->req, &now);
	return st;
}

void
precondition_refuse(struct request *req)
{
	response_fail(req, 412,
	    "The record is not as If-Match or If-None-Match says: nothing has "
	    "been written.");
}
