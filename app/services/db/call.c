/* A call on a table: what it names, and what it asks. */
#include "app/base/clock.h"
#include "app/base/settings.h"
#include "app/services/db/answer.h"
#include "app/services/db/db.h"
#include "app/services/db/replicas.h"
#include "app/services/db/role_filter.h"
#include "drivers/db/pool.h"
#include "middleware/cancel.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stream.h"

enum segment { SEGMENT_KIND, SEGMENT_TABLE, SEGMENT_ID, SEGMENTS };

const struct db_table *
db_service_table(const struct db_service *service, struct str name)
{
	if (str_find(name, '/') < name.n)
		return NULL;
	return catalog_table(&service->catalog, name);
}

/* The last piece of the path as it was sent: which of its commas were encoded
 * is told nowhere else. */
static struct str
id_sent(const struct request *req)
{
	struct str rest = req->param[PARAM_URI];
	struct str path = str_cut(&rest, '?');
	size_t end = path.n;
	size_t start;

	while (end > 0 && path.p[end - 1] == '/')
		end--;
	for (start = end; start > 0 && path.p[start - 1] != '/'; start--)
		continue;
	return str_make(path.p + start, end - start);
}

enum status
table_call_find(struct table_call *c, struct request *req, struct error *err)
{
	const struct db_service *service = req->service->instance;
	struct str name = req->segment[SEGMENT_TABLE];

	if (!str_eq(req->segment[SEGMENT_KIND], STR("_table")) ||
	    req->n_segments > SEGMENTS)
		return error_set(err, ST_MISSING,
		    "Resource '%.*s' not found for service '%.*s'.",
		    STR_ARG(req->resource), STR_ARG(req->service->name));
	*c = (struct table_call){ .req = req, .service = service };
	c->table = db_service_table(service, name);
	if (c->table == NULL)
		return answer_no_table(name, err);
	if (req->n_segments == SEGMENTS)
		c->id = id_sent(req);
	return ST_OK;
}

enum status
table_call_open(struct table_call *c, struct request *req, struct error *err)
{
	enum status st = table_call_find(c, req, err);
	struct role_rows rows = { .table = c->table, .verb = req->method };

	return st == ST_OK ? role_filter_path(req, &rows, &c->role, err) : st;
}

static enum query_use
use_of(const struct table_call *c)
{
	const struct request *req = c->req;
	bool single = !str_is_null(c->id);

	if (request_reads(req))
		return single ? QUERY_RECORD : QUERY_LIST;
	if (single)
		return QUERY_CHANGE;
	if (req->method == METHOD_POST)
		return QUERY_CREATE;
	return req->method == METHOD_DELETE ? QUERY_DELETE : QUERY_BATCH;
}

enum status
table_call_query(const struct table_call *c, struct json body,
    struct query *out, struct error *err)
{
	struct query_source source = {
		.table = c->table,
		.use = use_of(c),
		.max_records = c->service->max_records,
		.quote = c->service->driver->quote,
		.call = c,
		.options = options_of(c->req, body),
		.wrap = c->req->param[PARAM_WRAP],
	};

	return query_parse(c->req->arena, &source, out, err);
}

enum status
table_call_identifier(const struct table_call *c, const struct identity *by,
    struct identifier *out, struct error *err)
{
	struct id_text text = { .text = c->id, .encoded = true };

	return identifier_parse(c->req->arena, by, text, out, err);
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

int64_t
call_deadline(const struct request *req)
{
	int64_t deadline_ms =
	    clock_boot_ms() + req->settings->statement_timeout;

	return req->deadline_ms < deadline_ms ? req->deadline_ms : deadline_ms;
}

/* A replica's, for a read, where there is one that is well. */
static enum status
conn_take(struct table_call *c, struct error *err)
{
	struct replicas *replicas = c->service->replicas;

	c->replica = NULL;
	if (replicas != NULL && request_reads(c->req) && !c->no_replica &&
	    replicas_take(replicas, c->deadline_ms, &c->replica, &c->conn) ==
		ST_OK)
		return ST_OK;
	return pool_take(c->service->pool, c->deadline_ms, &c->conn, err);
}

enum status
table_call_take(struct table_call *c, struct error *err)
{
	enum status st;

	c->deadline_ms = call_deadline(c->req);
	st = conn_take(c, err);
	if (st == ST_OK)
		return cancel_allow(c, err);
	c->req->response.local |= st == ST_TIMEOUT; /* all are in use */
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
	if (c->replica != NULL)
		replica_give(c->replica, c->conn, st, broken);
	else
		pool_give(c->service->pool, c->conn, broken);
	c->conn = NULL;
}

bool
table_call_turn(struct table_call *c, enum status st)
{
	const struct request *req = c->req;
	bool of_replica = st == ST_UNAVAILABLE || st == ST_STALE ||
			  st == ST_DENIED || st == ST_ERROR ||
			  (st == ST_TIMEOUT && c->replica != NULL &&
			      replica_is_away(c->replica));
	bool begun = req->stream != NULL && req->stream->begun;

	if (c->replica == NULL || !of_replica || begun ||
	    cancel_asked(req->cancel))
		return false;
	c->no_replica = true;
	c->lasting = false;
	return true;
}

enum status
table_call_run(struct table_call *c, const struct statement *s, db_row_f *row,
    void *ctx, struct db_result *result, struct error *err)
{
	const struct db_driver *driver = c->service->driver;
	struct db_stmt stmt = statement_end(s);

	if (c->lasting)
		driver->may_last(c->conn, c->req->deadline_ms);
	return driver->run(
	    c->conn, &stmt, c->deadline_ms, row, ctx, result, err);
}

/* The client's time is not the database's: statements that follow have as much
 * as ever. */
enum status
table_call_flush(struct table_call *c)
{
	enum status st;

	if (!stream_is_due(c->req))
		return ST_OK;
	c->service->driver->prolong(c->conn, c->req->deadline_ms);
	st = stream_flush(c->req);
	c->deadline_ms = call_deadline(c->req);
	return st;
}

struct statement
table_call_statement(const struct table_call *c)
{
	struct statement s;

	statement_open(&s, c->req->arena, c->service->driver->quote);
	/* It might be a row that the role may not touch. */
	s.keeps = c->role != NULL && c->table->replaces;
	return s;
}

void
table_call_lock(const struct table_call *c, struct statement *s)
{
	if (c->service->driver->for_update)
		statement_put(s, " FOR UPDATE");
}
