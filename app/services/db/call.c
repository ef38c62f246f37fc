/* A call on a table: what it names, and what it asks. */
#include "app/base/clock.h"
#include "app/base/settings.h"
#include "app/services/db/db.h"
#include "drivers/db/pool.h"
#include "middleware/cancel.h"
#include "middleware/registry/access.h"
#include "middleware/request.h"

enum segment { SEGMENT_KIND, SEGMENT_TABLE, SEGMENT_ID, SEGMENTS };

static unsigned
verb_of(enum method m)
{
	return m == METHOD_HEAD ? METHOD_GET : (unsigned)m;
}

/* Until a statement can carry the filters, no row may be touched. */
static bool
is_filtered(const struct request *req)
{
	return req->role != NULL && access_filtered(req->role, req->service->id,
					req->resource, verb_of(req->method));
}

enum status
table_call_open(struct table_call *c, struct request *req, struct error *err)
{
	const struct db_service *service = req->service->instance;
	struct str name = req->segment[SEGMENT_TABLE];

	if (!str_eq(req->segment[SEGMENT_KIND], STR("_table")) ||
	    req->n_segments > SEGMENTS)
		return error_set(err, ST_MISSING,
		    "Resource '%.*s' not found for service '%.*s'.",
		    STR_ARG(req->resource), STR_ARG(req->service->name));
	*c = (struct table_call){ .req = req, .service = service };
	/* The role was asked about the path, where "a/b" is two names. */
	if (str_find(name, '/') == name.n)
		c->table = catalog_table(&service->catalog, name);
	if (c->table == NULL)
		return error_set(err, ST_MISSING,
		    "Table \"%.*s\" does not exist in the database.",
		    STR_ARG(name));
	if (is_filtered(req))
		return error_set(err, ST_DENIED,
		    "The row filters of the role cannot be applied here.");
	if (req->n_segments == SEGMENTS)
		c->id = req->segment[SEGMENT_ID];
	return ST_OK;
}

static enum query_use
use_of(const struct table_call *c)
{
	bool reads = request_reads(c->req);

	if (str_is_null(c->id))
		return reads ? QUERY_LIST : QUERY_CREATE;
	return reads ? QUERY_RECORD : QUERY_CHANGE;
}

enum status
table_call_query(const struct table_call *c, const struct params *params,
    struct query *out, struct error *err)
{
	if (str_is_no(str_trim(c->req->param[PARAM_WRAP])))
		return error_set(err, ST_INVALID,
		    "Header 'wrap: false' is not supported here.");
	return query_parse(c->req->arena, params, use_of(c), c->table,
	    c->service->max_records, out, err);
}

static void
conn_interrupt(void *call)
{
	struct table_call *c = call;

	c->service->driver->interrupt(c->conn);
}

/* A read ends when its client goes; a write never does. */
static enum status
cancel_allow(struct table_call *c, struct error *err)
{
	if (!request_reads(c->req) ||
	    cancel_arm(c->req->cancel, conn_interrupt, c))
		return ST_OK;
	table_call_give(c, ST_OK);
	return error_set(err, ST_TIMEOUT, "the client has gone");
}

enum status
table_call_take(struct table_call *c, struct error *err)
{
	const struct request *req = c->req;
	int64_t timeout_ms = req->settings->statement_timeout;
	enum status st;

	c->deadline_ms = clock_boot_ms() + timeout_ms;
	if (req->deadline_ms < c->deadline_ms)
		c->deadline_ms = req->deadline_ms;
	st = pool_take(c->service->pool, c->deadline_ms, &c->conn, err);
	if (st == ST_OK)
		return cancel_allow(c, err);
	return st == ST_TIMEOUT ? st : ST_UNAVAILABLE;
}

void
table_call_give(struct table_call *c, enum status st)
{
	bool broken = st == ST_ERROR || st == ST_UNAVAILABLE;

	if (c->conn == NULL)
		return;
	/* First: nobody may interrupt its next user. */
	if (cancel_disarm(c->req->cancel))
		broken = true;
	pool_give(c->service->pool, c->conn, broken);
	c->conn = NULL;
}

enum status
table_call_run(struct table_call *c, const struct statement *s, db_row_f *row,
    void *ctx, struct db_result *result, struct error *err)
{
	struct db_stmt stmt = statement_end(s);

	return c->service->driver->run(
	    c->conn, &stmt, c->deadline_ms, row, ctx, result, err);
}

struct statement
table_call_statement(const struct table_call *c)
{
	struct statement s;

	statement_open(&s, c->req->arena, c->service->driver->quote);
	return s;
}
