#include "app/services/db/schema/schema_watch.h"

#include "app/base/clock.h"
#include "app/services/db/db.h"

/* A database that cannot be reached must not keep the others waiting long. */
#define CONNECT_MS 1000

/* Between two tries to reach it. */
#define RETRY_MS 1000

/* The rest after a look, in times of what it took: a large schema is looked at
 * more seldom. */
#define REST 10

static void
connection_drop(struct db_service *service)
{
	if (service->watch != NULL)
		service->driver->disconnect(service->watch);
	service->watch = NULL;
	service->data_known = false;
}

/* What was committed before the first look nobody can tell. */
static bool
data_is_news(struct db_service *service, int64_t data)
{
	bool news = !service->data_known || data != service->data_version;

	service->data_known = true;
	service->data_version = data;
	return news;
}

static bool
connection_have(struct db_service *service)
{
	if (service->watch != NULL &&
	    !service->driver->usable(service->watch, false))
		connection_drop(service);
	return service->watch != NULL ||
	       service->driver->connect(&service->config,
		   clock_boot_ms() + CONNECT_MS, &service->watch,
		   NULL) == ST_OK;
}

/* ST_MISSING, or another identity: a file may have been put in its place, or
 * another server answer under the address. */
static enum status
identity_look(struct db_service *service)
{
	struct buf identity = { .p = NULL };
	enum status st =
	    service->driver->identity(service->watch, &identity, NULL);

	if (st == ST_OK && !str_eq(buf_str(&identity), service->identity))
		st = ST_MISSING;
	buf_free(&identity);
	return st;
}

/* ST_STALE: the schema is another. */
static enum status
look(struct db_service *service, bool *outdated)
{
	int64_t schema = 0, data = 0;
	enum status st;

	if (!connection_have(service))
		return ST_UNAVAILABLE;
	st = identity_look(service);
	if (st == ST_OK)
		st = service->driver->versions(
		    service->watch, &schema, &data, NULL);
	if (st == ST_OK && data_is_news(service, data) && service->watched)
		*outdated = true;
	if (st == ST_OK && schema != service->catalog.schema_version)
		st = ST_STALE;
	return st;
}

enum service_change
schema_watch_look(struct db_service *service, int64_t now_ms, bool *outdated)
{
	enum status st;
	int64_t end_ms;

	if (now_ms < service->look_ms)
		return SERVICE_SAME;
	st = look(service, outdated);
	end_ms = clock_boot_ms();
	service->look_ms = end_ms + (end_ms - now_ms) * REST;
	if (st == ST_MISSING)
		return SERVICE_GONE;
	if (st == ST_STALE)
		return SERVICE_CHANGED;
	if (st != ST_OK)
		service->look_ms = end_ms + RETRY_MS;
	return SERVICE_SAME;
}
