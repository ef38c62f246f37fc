#include "app/services/db/answer.h"

#include "app/base/log.h"
#include "app/services/db/db.h"
#include "middleware/cancel.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

void
answer_json(struct request *req)
{
	req->response.status = 200;
	req->response.type = STR("application/json");
}

void
answer_list(struct request *req, bool bare, bool has_meta)
{
	struct str all = buf_str(&req->response.build);
	size_t before = sizeof("{\"resource\":") - 1;

	answer_json(req);
	if (bare && !has_meta)
		req->response.body =
		    str_make(all.p + before, all.n - before - 1);
}

void
answer_refuse(struct request *req, enum status st, const struct error *err)
{
	if (st == ST_DENIED && req->wants_user)
		response_unauthorized(req, ACCESS_REFUSED);
	else
		response_fail(req, response_status_of(st), "%s", err->text);
}

enum status
answer_no_table(struct str name, struct error *err)
{
	return error_set(err, ST_MISSING,
	    "Table \"%.*s\" does not exist in the database.", STR_ARG(name));
}

static void
answer_away(struct request *req, const char *why)
{
	response_busy(req, "%s", why);
}

/* Nobody is asked to try again: that could write twice. */
static void
answer_doubt(struct request *req, const char *verb, struct str table)
{
	response_fail(req, 504,
	    "The database did not answer the request to %s records of '%.*s': "
	    "it is not known whether that was done.",
	    verb, STR_ARG(table));
}

static void
answer_failed(struct request *req, int status, const char *verb,
    struct str table, struct str why)
{
	response_fail(req, status, "Failed to %s records of '%.*s'.\n%.*s",
	    verb, STR_ARG(table), STR_ARG(why));
}

static void
answer_stale(struct table_call *c, const char *verb, const struct error *err)
{
	c->stale = arena_dup(c->req->arena, str_of(err->text));
	c->stale_verb = verb;
	answer_away(c->req, "The schema of the database has changed.");
}

void
answer_unknown(struct table_call *c)
{
	answer_failed(c->req, 500, c->stale_verb, c->table->name, c->stale);
}

void
answer_fault(struct table_call *c, const char *verb, enum status st,
    const struct error *err)
{
	struct request *req = c->req;
	struct str table = c->table->name;

	if (cancel_asked(req->cancel)) {
		response_gone(req);
		return;
	}
	if (st == ST_REFUSED)
		return; /* by stream_flush() */
	log_line(LOG_WARNING, req->id, "service %.*s: %s records of %.*s: %s",
	    STR_ARG(req->service->name), verb, STR_ARG(table), err->text);
	/* It had less time than a statement has. */
	req->response.local |=
	    st == ST_TIMEOUT && c->deadline_ms == req->deadline_ms;
	if (c->in_doubt)
		answer_doubt(req, verb, table);
	else if (st == ST_UNAVAILABLE || st == ST_FULL)
		answer_away(req, "The database is not available now.");
	else if (st == ST_STALE && !req->response.streamed)
		answer_stale(c, verb, err);
	else if (st == ST_TIMEOUT)
		response_fail(req, 504,
		    "The database took too long to %s records of '%.*s'.", verb,
		    STR_ARG(table));
	else if (st == ST_TOO_BIG)
		response_fail(req, 400,
		    "The answer is too large: ask for fewer records.");
	else
		answer_failed(req, response_status_of(st), verb, table,
		    str_of(err->text));
}

void
answer_options(struct request *req)
{
	answer_json(req);
	response_header(&req->response, STR("Allow"),
	    STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
}

void
answer_not_allowed(struct request *req, const char *why, const char *allow)
{
	response_fail(req, 405, "%s", why);
	response_header(&req->response, STR("Allow"), str_of(allow));
}
