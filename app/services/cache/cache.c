/*
 * The service types that are caches: one for each driver that is built in. An
 * instance takes its store from the process' table, so services with one
 * connection config share its connections, and never its keys.
 */
#include "app/services/cache/cache.h"

#include <stdlib.h>

#include "app/base/clock.h"
#include "app/services/cache/answer.h"
#include "app/services/cache/call.h"
#include "app/services/cache/config.h"
#include "app/services/cache/config_fields.h"
#include "app/services/cache/docs.h"
#include "app/services/cache/gate.h"
#include "app/services/cache/list.h"
#include "app/services/cache/read.h"
#include "app/services/cache/remove.h"
#include "app/services/cache/types.h"
#include "app/services/cache/write.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"
#include "middleware/store.h"

#define ARENA_FIRST 512u

static void
cache_close(void *instance)
{
	struct cache_service *service = instance;

	if (service == NULL)
		return;
	if (service->store != NULL)
		store_give(service->store);
	arena_close(&service->arena);
	free(service);
}

/* Apart from the platform's spaces, whose names have no dot. */
static void
space_name(struct cache_service *service, struct str name)
{
	service->space.name =
	    arena_printf(&service->arena, "c.%.*s", STR_ARG(name));
	service->space.open = true;
}

static enum status
cache_open(const struct service *record, const struct service_host *host,
    void **instance, struct error *err)
{
	struct cache_service *service = calloc(1, sizeof(*service));
	enum status st;

	if (service == NULL)
		abort();
	*instance = NULL;
	arena_init(&service->arena, ARENA_FIRST);
	space_name(service, record->name);
	st = cache_config_open(service, record, host, err);
	if (st == ST_OK)
		*instance = service;
	else
		cache_close(service);
	return st;
}

static enum status
cache_probe(void *instance, int64_t deadline_ms, struct error *err)
{
	const struct cache_service *service = instance;
	const struct cache_driver *driver = service->store->driver;
	struct cache_conn *conn;
	enum status st = driver->connect(service->store->cache, &conn, err);

	if (st != ST_OK)
		return st;
	st = driver->ping(conn, deadline_ms, err);
	driver->disconnect(conn);
	return st == ST_OK ? st : error_set(err, st, "%s", status_name(st));
}

static void
options_handle(struct request *req)
{
	cache_answer_json(req, 200);
	response_header(&req->response, STR("Allow"),
	    STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
}

static void
stats_handle(struct cache_call *c)
{
	if (str_is_null(request_query(c->req, STR("keys"))))
		list_stats(c);
	else
		response_fail(c->req, 400,
		    "'stats' and 'keys' cannot be asked for together.");
}

static void
reads_handle(struct cache_call *c)
{
	if (!str_is_null(c->key))
		read_key(c);
	else if (request_asks(c->req, "stats"))
		stats_handle(c);
	else if (!read_keys(c))
		list_keys(c);
}

/* By its answer, since one call may ask the store in several ways. */
static enum visit_end
end_of(const struct request *req)
{
	int status = req->response.status;

	if (status == 503)
		return VISIT_FAILED;
	return status < 400 || status == 404 ? VISIT_ANSWERED : VISIT_UNKNOWN;
}

static void
store_handle(struct cache_call *c)
{
	struct request *req = c->req;
	struct cache_service *service = req->service->instance;

	if (!gate_enter(&c->visit, &service->gate, service->timeout_ms,
		clock_boot_ms())) {
		response_busy(req,
		    "The store of service '%.*s' does not answer in time, so "
		    "this call did not wait for it.",
		    STR_ARG(req->service->name));
		return;
	}
	if (request_reads(req))
		reads_handle(c);
	else if (req->method == METHOD_DELETE)
		remove_values(c);
	else
		write_values(c);
	gate_leave(&c->visit, end_of(req), clock_boot_ms());
}

static void
cache_handle(struct request *req)
{
	struct cache_call c;
	struct error err = { .text = "" };
	enum status st = cache_call_open(&c, req, &err);

	if (st != ST_OK)
		cache_answer_refuse(req, st, &err);
	else if (req->method == METHOD_OPTIONS)
		options_handle(req);
	else
		store_handle(&c);
}

/* What all types have in common. */
#define CACHE                                                                  \
	.group = "Cache", .names_anything = true, .check = cache_config_check, \
	.open = cache_open, .close = cache_close, .plan = read_plan,           \
	.answer = read_answer, .handle = cache_handle, .probe = cache_probe,   \
	.describe = cache_describe

const struct service_type service_cache_local = {
	CACHE,
	.name = "cache_local",
	.label = "Local Cache",
	.description = "Cache service in a file that all weir processes of "
		       "this host share, or in any store of the settings.",
	.config = config_fields_cache_local,
};

const struct service_type service_cache_file = {
	CACHE,
	.name = "cache_file",
	.label = "File Cache",
	.description = "Cache service in files of a folder.",
	.config = config_fields_cache_file,
};

const struct service_type service_cache_database = {
	CACHE,
	.name = "cache_database",
	.label = "Database Cache",
	.description = "Cache service in a table of a SQLite, MySQL or "
		       "MariaDB database.",
	.config = config_fields_cache_database,
};

const struct service_type service_cache_redis = {
	CACHE,
	.name = "cache_redis",
	.label = "Redis Cache",
	.description = "Cache service in Redis, alone, with sentinels or as a "
		       "cluster.",
	.config = config_fields_cache_redis,
};

const struct service_type service_cache_memcached = {
	CACHE,
	.name = "cache_memcached",
	.label = "Memcached Cache",
	.description = "Cache service in one or several memcached servers.",
	.config = config_fields_cache_memcached,
};
