/*
 * The service types that are databases. What a service is made of is read
 * once, at open, and never changed: when the schema changes, the registry
 * opens a new instance beside the old one.
 */
#include "app/services/db/db.h"

#include <assert.h>
#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "app/services/db/answer.h"
#include "app/services/db/cascades.h"
#include "app/services/db/config.h"
#include "app/services/db/config_fields.h"
#include "app/services/db/depends.h"
#include "app/services/db/docs/docs.h"
#include "app/services/db/probe.h"
#include "app/services/db/read/listing.h"
#include "app/services/db/relation/relation.h"
#include "app/services/db/replicas.h"
#include "app/services/db/routine/routine.h"
#include "app/services/db/schema/names.h"
#include "app/services/db/schema/schema_call.h"
#include "app/services/db/schema/schema_fresh.h"
#include "app/services/db/schema/schema_watch.h"
#include "app/services/db/types.h"
#include "drivers/db/pool.h"
#include "middleware/json.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"

#define ARENA_FIRST 16384u

static void
objects_mark(const struct catalog *catalog)
{
	for (size_t i = 0; i < catalog->n_tables; i++) {
		const struct db_table *t = &catalog->tables[i];

		for (size_t k = 0; k < t->n_columns; k++) {
			if (t->columns[k].kind == COLUMN_JSON)
				t->columns[k].form = FORM_OBJECT;
		}
	}
}

/* trim: see struct db_own; or NULL. */
static enum status
instance_read(struct db_service *service, int64_t deadline_ms,
    void (*trim)(struct catalog *c, struct arena *arena), struct error *err)
{
	const struct db_driver *driver = service->driver;
	struct buf identity = buf_in(&service->arena);
	struct str unknown;
	enum status st;

	st = driver->connect(
	    &service->config, deadline_ms, &service->watch, err);
	if (st == ST_OK)
		st = driver->identity(service->watch, &identity, err);
	if (st == ST_OK)
		st = driver->catalog(service->watch, &service->arena,
		    deadline_ms, &service->catalog, err);
	if (st != ST_OK)
		return st;
	if (trim != NULL)
		trim(&service->catalog, &service->arena);
	if (service->json_as_object)
		objects_mark(&service->catalog);
	service->identity = buf_str(&identity);
	service->relations = relations_of(&service->arena, &service->catalog);
	cascades_open(service);
	depends_open(service);
	unknown = table_ttls_apply(service);
	if (!str_is_null(unknown))
		log_line(LOG_WARNING, STR_NULL,
		    "cache_ttl_by_table: database \"%s\" has no table "
		    "\"%.*s\"",
		    service->config.database, STR_ARG(unknown));
	service->pool = pool_open(
	    driver, &service->config, (size_t)service->max_connections);
	return ST_OK;
}

static void
db_close(void *instance)
{
	struct db_service *service = instance;

	if (service == NULL)
		return;
	replicas_close(service->replicas);
	pool_close(service->pool);
	if (service->watch != NULL)
		service->driver->disconnect(service->watch);
	arena_close(&service->arena);
	free(service);
}

void
db_service_close(struct db_service *service)
{
	db_close(service);
}

static struct db_service *
service_new(const struct db_driver *driver)
{
	struct db_service *service = calloc(1, sizeof(*service));

	if (service == NULL)
		abort();
	assert(driver != NULL);
	service->driver = driver;
	arena_init(&service->arena, ARENA_FIRST);
	return service;
}

enum status
db_service_own(
    const struct db_own *own, struct db_service **out, struct error *err)
{
	struct db_service *service =
	    service_new(db_driver_find(str_of(own->config.driver)));
	enum status st;

	service->config = own->config;
	service->max_records = own->max_records;
	service->max_connections = own->max_connections;
	st = instance_read(service, own->deadline_ms, own->trim, err);
	if (st == ST_OK)
		*out = service;
	else
		db_close(service);
	return st;
}

static enum status
driver_open(const struct db_driver *driver, const struct service *record,
    const struct service_host *host, void **instance, struct error *err)
{
	int64_t deadline_ms =
	    clock_boot_ms() + host->settings->statement_timeout;
	struct db_service *service = service_new(driver);
	enum status st;

	*instance = NULL;
	st = config_read(service, record, host->settings, err);
	if (st == ST_OK)
		st = instance_read(service, deadline_ms, NULL, err);
	if (st == ST_OK && service->read_hosts.n > 0)
		service->replicas = replicas_open(service, record->name);
	if (st == ST_OK)
		*instance = service;
	else
		db_close(service);
	return st;
}

static enum status
sqlite_open(const struct service *record, const struct service_host *host,
    void **instance, struct error *err)
{
	return driver_open(
	    db_driver_find(STR("sqlite")), record, host, instance, err);
}

static enum status
mysql_open(const struct service *record, const struct service_host *host,
    void **instance, struct error *err)
{
	return driver_open(
	    db_driver_find(STR("mysql")), record, host, instance, err);
}

static enum service_change
db_changed(void *instance, bool *outdated)
{
	struct db_service *service = instance;

	if (service->replicas != NULL)
		replicas_look(service->replicas);
	return schema_watch_look(service, clock_boot_ms(), outdated);
}

static size_t
db_flush_tags(void *instance, struct arena *arena, struct str *tags, size_t max)
{
	const struct db_service *service = instance;

	if (max == 0)
		return 0;
	tags[0] = arena_dup(arena, service->tag_all);
	return 1;
}

static size_t
db_part_tags(void *instance, struct arena *arena, struct str part,
    struct str *tags, size_t max)
{
	const struct db_service *service = instance;
	const struct db_table *table = db_service_table(service, part);

	if (table == NULL || max == 0)
		return 0;
	tags[0] = arena_dup(arena, depends_table(service, table));
	return 1;
}

static void
table_run(struct table_call *c, struct request *req)
{
	struct error err = { .text = "" };
	enum status st = table_call_open(c, req, &err);

	if (st != ST_OK)
		answer_refuse(req, st, &err);
	else if (request_reads(req))
		records_read(c);
	else
		records_write(c);
}

/*
 * The schema has been looked at, and read anew where it is another: a read is
 * made once more. A write was undone as a whole, and is only told when its
 * table has gone: whoever asks again, as the answer says, is served.
 */
static void
table_run_again(
    struct request *req, enum schema_state state, const struct response *before)
{
	struct table_call c = { .stale = STR_NULL };
	struct error err = { .text = "" };

	if (!request_reads(req) && state == SCHEMA_FRESH &&
	    table_call_open(&c, req, &err) == ST_OK)
		return;
	req->response = *before;
	table_run(&c, req);
	if (!str_is_null(c.stale) && state == SCHEMA_SAME) {
		req->response = *before;
		answer_unknown(&c);
	}
}

static void
table_handle(struct request *req)
{
	const struct response before = req->response;
	struct table_call c = { .stale = STR_NULL };
	enum schema_state state;

	table_run(&c, req);
	if (str_is_null(c.stale))
		return;
	state = schema_refresh(req);
	if (state == SCHEMA_SAME && !request_reads(req)) {
		req->response = before;
		answer_unknown(&c);
	} else if (state != SCHEMA_UNKNOWN) {
		table_run_again(req, state, &before);
	}
}

/* The list of tables, and of the resources at the root. */
static void
listing_run(struct request *req)
{
	struct error err = { .text = "" };
	struct names names;
	struct json body;

	if (json_body(req, &body) != ST_OK)
		return;
	if (names_read(req, body, &names, &err) != ST_OK)
		answer_refuse(req, ST_INVALID, &err);
	else if (!schema_wanted_fresh(req))
		return;
	else if (req->n_segments == 0)
		listing_root(req, body);
	else
		listing_tables(req, req->segment[0], body, &names);
}

/* The service itself and the list of its tables are only read. */
static void
listing_handle(struct request *req)
{
	if (request_reads(req))
		listing_run(req);
	else
		answer_not_allowed(
		    req, "Name a table to write to.", "GET, HEAD, OPTIONS");
}

static bool
is_listing(const struct request *req)
{
	return req->n_segments == 0 ||
	       (req->n_segments == 1 && str_eq(req->segment[0], STR("_table")));
}

static void
db_handle(struct request *req)
{
	if (req->method == METHOD_OPTIONS)
		answer_options(req);
	else if (is_listing(req))
		listing_handle(req);
	else if (str_eq(req->segment[0], STR("_schema")))
		schema_handle(req);
	else if (routine_is_asked(req))
		routine_handle(req);
	else
		table_handle(req);
}

/* What needs no SQL, or is none of records, is not explained. */
static enum status
db_explain(struct request *req, struct sql_list *out, struct error *err)
{
	struct table_call c = { .stale = STR_NULL };
	enum status st;

	if (req->has_body || is_listing(req) ||
	    str_eq(req->segment[0], STR("_schema")) || routine_is_asked(req))
		return ST_OK;
	st = table_call_open(&c, req, err);
	return st == ST_OK ? records_explain(&c, out, err) : st;
}

/* What all types have in common. */
#define DATABASE                                                               \
	.group = "Database", .has_calls = true, .database = config_database,   \
	.check = config_check, .close = db_close, .cache_plan = db_cache_plan, \
	.explain = db_explain, .handle = db_handle, .changed = db_changed,     \
	.flush_tags = db_flush_tags, .part_tags = db_part_tags,                \
	.probe = db_probe, .connections = db_connections,                      \
	.open_list = "_schema", .describe = db_describe, .model = db_model

const struct service_type service_sqlite = {
	DATABASE,
	.name = "sqlite",
	.label = "SQLite",
	.description = "Database service supporting SQLite files.",
	.config = config_fields_sqlite,
	.open = sqlite_open,
};

const struct service_type service_mysql = {
	DATABASE,
	.name = "mysql",
	.cacheable = config_cacheable,
	.label = "MySQL",
	.description = "Database service supporting MySQL and MariaDB.",
	.config = config_fields_mysql,
	.open = mysql_open,
};

const struct service_type service_mariadb = {
	DATABASE,
	.name = "mariadb",
	.cacheable = config_cacheable,
	.label = "MariaDB",
	.description = "Database service supporting MariaDB and MySQL.",
	.config = config_fields_mysql,
	.open = mysql_open,
};
