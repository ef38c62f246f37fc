#include "app/services/db/schema/schema_fresh.h"

#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/services/db/db.h"
#include "drivers/db/pool.h"
#include "middleware/registry/snapshot.h"
#include "middleware/renew.h"
#include "middleware/request.h"

static enum schema_state
reopen(struct request *req, bool any)
{
	struct error err = { .text = "" };

	if (renew_service(req, any, &err) == ST_OK)
		return SCHEMA_FRESH;
	log_line(LOG_WARNING, req->id,
	    "service %.*s: its schema cannot be read anew: %s",
	    STR_ARG(req->service->name), err.text);
	return SCHEMA_UNKNOWN;
}

static enum status
version_ask(struct request *req, int64_t *schema, struct error *err)
{
	const struct db_service *service = req->service->instance;
	struct db_conn *conn;
	int64_t data;
	enum status st = pool_take(service->pool, req->deadline_ms, &conn, err);

	if (st != ST_OK)
		return st;
	st = service->driver->versions(conn, schema, &data, err);
	pool_give(service->pool, conn, st != ST_OK);
	return st;
}

enum schema_state
schema_refresh(struct request *req)
{
	const struct db_service *service = req->service->instance;
	struct error err = { .text = "" };
	int64_t schema = 0;

	if (version_ask(req, &schema, &err) != ST_OK) {
		log_line(LOG_WARNING, req->id,
		    "service %.*s: its schema cannot be looked at: %s",
		    STR_ARG(req->service->name), err.text);
		return SCHEMA_UNKNOWN;
	}
	if (schema == service->catalog.schema_version)
		return SCHEMA_SAME;
	return reopen(req, false);
}

bool
schema_wanted_fresh(struct request *req)
{
	if ((request_reads(req) && !request_asks(req, "refresh")) ||
	    schema_refresh(req) != SCHEMA_UNKNOWN)
		return true;
	response_busy(req, "The database is not available now.");
	return false;
}

enum schema_state
schema_reread(struct request *req)
{
	return reopen(req, true);
}
