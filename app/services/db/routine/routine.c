/* What a path below _proc or _func asks for, and of whom. */
#include "app/services/db/routine/routine.h"

#include "app/base/log.h"
#include "app/base/settings.h"
#include "app/services/db/answer.h"
#include "drivers/db/pool.h"
#include "middleware/registry/access.h"
#include "middleware/request.h"

static const struct {
	struct str segment;
	const char *title;
	const char *word;
} kinds[] = {
	[ROUTINE_PROCEDURE] = { { "_proc", 5 }, "Procedure", "procedure" },
	[ROUTINE_FUNCTION] = { { "_func", 5 }, "Function", "function" },
};

static bool
is_of_kind(const struct request *req, enum routine_kind kind)
{
	return req->n_segments > 0 &&
	       str_eq(req->segment[0], kinds[kind].segment);
}

bool
routine_is_asked(const struct request *req)
{
	return is_of_kind(req, ROUTINE_PROCEDURE) ||
	       is_of_kind(req, ROUTINE_FUNCTION);
}

const char *
routine_title(const struct routine_call *c)
{
	return kinds[c->kind].title;
}

const char *
routine_word(const struct routine_call *c)
{
	return kinds[c->kind].word;
}

/* The name is what the role was asked about, and nothing else. */
static void
path_read(struct routine_call *c)
{
	struct str resource = c->req->resource;
	struct str asked = access_component(c->req->service->type, resource);
	struct str end = str_make(asked.p + asked.n, 0);

	end.n = (size_t)(resource.p + resource.n - end.p);
	c->name = str_skip(asked, kinds[c->kind].segment.n + 1);
	if (end.n > 0)
		c->inlined = end;
}

static bool
is_filtered(const struct routine_call *c)
{
	const struct request *req = c->req;
	struct str component =
	    access_component(req->service->type, req->resource);

	return access_filters(req->role, req->service->id, component,
		   (unsigned)req->method) != NULL;
}

/* ST_OK, or the response says why it is not called. */
static enum status
call_check(const struct routine_call *c)
{
	struct request *req = c->req;

	if (str_find(c->name, '/') < c->name.n)
		response_fail(req, 404,
		    "Resource '%.*s' not found for service '%.*s'.",
		    STR_ARG(req->resource), STR_ARG(req->service->name));
	else if (req->method != METHOD_GET && req->method != METHOD_POST)
		answer_not_allowed(req, "Routines are called by GET and POST.",
		    "GET, POST, OPTIONS");
	else if (c->service->config.read_only)
		answer_not_allowed(
		    req, "This service is read-only.", "OPTIONS");
	else if (is_filtered(c))
		response_fail(req, 403,
		    "The row filters of the role cannot be applied to a %s.",
		    routine_word(c));
	else
		return ST_OK;
	return ST_DENIED;
}

static void
list_handle(struct routine_call *c)
{
	if (request_reads(c->req))
		routine_list(c);
	else
		answer_not_allowed(
		    c->req, "Name a routine to call.", "GET, HEAD, OPTIONS");
}

void
routine_handle(struct request *req)
{
	struct routine_call c = { .req = req,
		.service = req->service->instance,
		.kind = is_of_kind(req, ROUTINE_FUNCTION) ? ROUTINE_FUNCTION
							  : ROUTINE_PROCEDURE };

	if (c.service->driver->call == NULL) {
		response_fail(req, 501,
		    "A database of type '%s' has no stored %ss.",
		    c.service->driver->name, routine_word(&c));
		return;
	}
	path_read(&c);
	if (c.name.n == 0 && str_is_null(c.inlined))
		list_handle(&c);
	else if (call_check(&c) == ST_OK)
		routine_run(&c);
}

enum status
routine_take(struct routine_call *c, struct error *err)
{
	enum status st;

	c->deadline_ms = call_deadline(c->req);
	st = pool_take(c->service->pool, c->deadline_ms, &c->conn, err);
	return st == ST_OK || st == ST_TIMEOUT ? st : ST_UNAVAILABLE;
}

void
routine_give(struct routine_call *c)
{
	if (c->conn != NULL)
		pool_give(c->service->pool, c->conn, false);
	c->conn = NULL;
}

enum status
routine_read(struct routine_call *c, struct str name, struct routines *out,
    struct error *err)
{
	struct routine_order order = { .kind = c->kind,
		.name = name,
		.arena = c->req->arena,
		.deadline_ms = c->deadline_ms };

	return c->service->driver->routines(c->conn, &order, out, err);
}

enum status
routine_missing(
    const struct routine_call *c, struct str name, struct error *err)
{
	return error_set(err, ST_MISSING,
	    "%s '%.*s' does not exist in the database.", routine_title(c),
	    STR_ARG(name));
}

void
routine_log(const struct routine_call *c, const struct error *err)
{
	log_line(LOG_WARNING, c->req->id, "service %.*s: %s %.*s: %s",
	    STR_ARG(c->req->service->name), routine_word(c), STR_ARG(c->name),
	    err->text);
}

void
routine_fault(struct routine_call *c, const char *verb, enum status st,
    const struct error *err)
{
	struct request *req = c->req;

	if (st == ST_INVALID || st == ST_MISSING) {
		answer_refuse(req, st, err);
		return;
	}
	routine_log(c, err);
	if (st == ST_UNAVAILABLE)
		response_busy(req, "The database is not available now.");
	else if (st == ST_TIMEOUT)
		response_fail(req, 504, "The database took too long.");
	else
		response_fail(req, 500, "Failed to %s database stored %s.\n%s",
		    verb, routine_word(c), err->text);
}
