#include "app/services/db/schema/schema_write.h"

#include "app/base/clock.h"
#include "app/base/jsonout.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "app/services/db/answer.h"
#include "app/services/db/db.h"
#include "app/services/db/schema/schema_fresh.h"
#include "app/services/db/table_rights.h"
#include "drivers/db/pool.h"
#include "middleware/registry/access.h"
#include "middleware/request.h"
#include "middleware/tags.h"

void
schema_write_refuse(
    struct request *req, enum status st, const struct error *err)
{
	int status = st == ST_DENIED ? 501 : response_status_of(st);

	response_fail(req, status, "%s", err->text);
}

enum status
schema_write_allowed(struct request *req, struct str table, unsigned verbs)
{
	struct str component =
	    arena_printf(req->arena, "_schema/%.*s", STR_ARG(table));

	if ((table_rights(req, STR("_schema"), table) & verbs) == 0) {
		response_forbid(req, component);
		return ST_DENIED;
	}
	if (access_filters(req->role, req->service->id, component,
		(unsigned)req->method) == NULL)
		return ST_OK;
	response_fail(
	    req, 403, "The row filters of the role cannot be applied here.");
	return ST_DENIED;
}

static struct str
step_name(const struct reshape *order, size_t i)
{
	const struct reshape_step *step;

	if (i >= order->n)
		return STR_NULL;
	step = &order->steps[i];
	switch (step->kind) {
	case STEP_CREATE:
		return step->create.name;
	case STEP_ALTER:
		return step->alter.table->name;
	default:
		return step->drop->name;
	}
}

/* {"done":["a"],"failed":"b"} */
static struct str
context_of(struct request *req, const struct reshape *order,
    const struct reshape_result *result)
{
	struct str failed = step_name(order, result->failed);
	struct buf text = buf_in(req->arena);

	buf_put_lit(&text, "{\"done\":[");
	for (size_t i = 0; i < result->stands; i++) {
		if (i > 0)
			buf_put_char(&text, ',');
		json_put_str(&text, step_name(order, i));
	}
	buf_put_lit(&text, "],\"failed\":");
	if (str_is_null(failed))
		buf_put_lit(&text, "null");
	else
		json_put_str(&text, failed);
	buf_put_char(&text, '}');
	return buf_str(&text);
}

static int
status_of(enum status st, const struct reshape_result *result)
{
	if (result->in_doubt)
		return 504;
	return result->unsupported ? 501 : response_status_of(st);
}

/* "Table 'x' could not be changed" */
static struct str
failure_of(struct arena *arena, const struct reshape *order,
    const struct reshape_result *result)
{
	static const char *const words[] = { [STEP_CREATE] = "made",
		[STEP_ALTER] = "changed",
		[STEP_DROP] = "dropped" };
	struct str name = step_name(order, result->failed);

	if (str_is_null(name))
		return STR("The schema could not be changed");
	return arena_printf(arena, "Table '%.*s' could not be %s",
	    STR_ARG(name), words[order->steps[result->failed].kind]);
}

static void
answer_failure(struct request *req, const struct reshape *order,
    const struct reshape_result *result, enum status st,
    const struct error *err)
{
	struct str what = failure_of(req->arena, order, result);
	int status = status_of(st, result);
	const char *rest = "";

	log_line(LOG_WARNING, req->id, "service %.*s: %.*s: %s",
	    STR_ARG(req->service_name), STR_ARG(what), err->text);
	if (result->in_doubt)
		rest = " It is not known whether it was.";
	else if (result->stands > 0)
		rest = " What was done before stands.";
	else if (status == 503) {
		response_busy(req, "%.*s now: %s.", STR_ARG(what), err->text);
		return;
	}
	response_fail_context(req, status, status,
	    context_of(req, order, result),
	    arena_printf(
		req->arena, "%.*s: %s.%s", STR_ARG(what), err->text, rest));
}

static enum status
order_run(struct schema_call *c, const struct reshape *order,
    struct reshape_result *result, struct error *err)
{
	const struct db_service *service = c->service;
	const struct db_driver *driver = service->driver;
	struct db_conn *conn;
	enum status st =
	    pool_take(service->pool, order->deadline_ms, &conn, err);

	*result = (struct reshape_result){ .failed = order->n };
	if (st != ST_OK)
		return st == ST_TIMEOUT ? st : ST_UNAVAILABLE;
	st = driver->reshape(conn, order, result, err);
	pool_give(service->pool, conn,
	    st == ST_ERROR || st == ST_UNAVAILABLE ||
		!driver->usable(conn, false));
	return st;
}

static int64_t
deadline_of(const struct request *req)
{
	int64_t deadline_ms =
	    clock_boot_ms() + req->settings->statement_timeout;

	return deadline_ms < req->deadline_ms ? deadline_ms : req->deadline_ms;
}

enum status
schema_write_run(struct schema_call *c, struct schema_order *o)
{
	struct request *req = c->req;
	const struct str tags[] = { c->service->tag_all };
	struct reshape order = schema_order_end(o, deadline_of(req));
	struct reshape_result result;
	struct error err = { .text = "" };
	enum status st;

	if (order.n == 0)
		return ST_OK;
	st = tags_bump_before(req, tags, 1);
	if (st != ST_OK) {
		response_busy(req, "The cache store cannot be reached: nothing "
				   "has been changed.");
		return st;
	}
	st = order_run(c, &order, &result, &err);
	tags_bump_after(req, tags, 1);
	if (schema_reread(req) == SCHEMA_FRESH)
		c->service = req->service->instance;
	if (st != ST_OK)
		answer_failure(req, &order, &result, st, &err);
	return st;
}
