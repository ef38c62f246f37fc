#include "app/services/db/config.h"

#include "app/base/host.h"
#include "app/base/settings.h"
#include "app/services/db/config_fields.h"
#include "app/services/db/db.h"
#include "middleware/json_config.h"
#include "middleware/registry/snapshot.h"
#include "middleware/registry/system_db.h"
#include "middleware/service.h"

#define PORT_USUAL  3306
#define ARENA_BYTES 1024

/* Of a file: more than the workers of any setting; only those in use are
 * made. */
#define CONNECTIONS_OF_FILE 256

struct config_text {
	struct str database, host, port, unix_socket;
	struct str username, password;
	struct str tls, tls_ca, timezone;
	struct str max_records, max_connections;
	struct str read_hosts, read_lag;
	struct str allow_upsert, read_only, json_as_object;
	struct str cache_ttl_by_table, cache_ttl_missing, client_ttl;
	struct str stale_while_revalidate, stale_if_error, cache_scope;
	struct str cache_tables_by_routine, watch;
};

#define MEMBER(name) JSON_CONFIG_MEMBER(struct config_text, name)

static const struct json_config_member members[] = {
	MEMBER(database),
	MEMBER(host),
	MEMBER(port),
	MEMBER(unix_socket),
	MEMBER(username),
	MEMBER(password),
	MEMBER(tls),
	MEMBER(tls_ca),
	MEMBER(timezone),
	MEMBER(max_records),
	MEMBER(read_hosts),
	MEMBER(read_lag),
	MEMBER(max_connections),
	MEMBER(allow_upsert),
	MEMBER(read_only),
	MEMBER(json_as_object),
	MEMBER(cache_ttl_by_table),
	MEMBER(cache_ttl_missing),
	MEMBER(client_ttl),
	MEMBER(stale_while_revalidate),
	MEMBER(stale_if_error),
	MEMBER(cache_scope),
	MEMBER(cache_tables_by_routine),
	MEMBER(watch),
	{ .name = NULL },
};

static enum status
number_read(const char *name, struct str text, int64_t max, int64_t *out,
    struct error *err)
{
	const struct json_config_range range = { 1, max };

	return json_config_integer(name, text, range, out, err);
}

/* What the type says of a field that nobody set. */
static int64_t
fallback_of(const struct service_type *type, const char *name, int64_t unlisted)
{
	const struct config_field *field = type->config;
	int64_t number = unlisted;

	while (field->name != NULL && strcmp(field->name, name) != 0)
		field++;
	if (field->name != NULL)
		(void)str_to_i64(str_of(field->fallback), &number);
	return number;
}

static enum status
numbers_read(struct db_service *service, const struct config_text *config,
    int64_t bound, struct error *err)
{
	enum status st;

	st = number_read("max_records", config->max_records, INT32_MAX,
	    &service->max_records, err);
	if (st == ST_OK)
		st = number_read("max_connections", config->max_connections,
		    CONFIG_CONNECTIONS_MAX, &service->max_connections, err);
	if (st == ST_OK)
		st = number_read("read_lag", config->read_lag,
		    CONFIG_READ_LAG_MAX, &service->read_lag, err);
	if (service->max_records > bound)
		service->max_records = bound;
	return st;
}

static enum status
seconds_read(
    const char *name, struct str text, uint32_t *out, struct error *err)
{
	return json_config_seconds(name, text, CONFIG_SECONDS_MAX, out, err);
}

static enum status
scope_read(struct str text, bool *shared, struct error *err)
{
	*shared = str_eq(text, STR("public"));
	if (*shared || text.n == 0 || str_eq(text, STR("private")))
		return ST_OK;
	return error_set(
	    err, ST_INVALID, "cache_scope must be private or public");
}

static enum status
freshness_read(struct arena *arena, const struct config_text *config,
    struct freshness *fresh, struct table_ttls *ttls, struct error *err)
{
	enum status st =
	    table_ttls_read(arena, config->cache_ttl_by_table, ttls, err);

	if (st == ST_OK)
		st = seconds_read("cache_ttl_missing",
		    config->cache_ttl_missing, &fresh->missing, err);
	if (st == ST_OK)
		st = seconds_read("stale_while_revalidate",
		    config->stale_while_revalidate, &fresh->revalidate, err);
	if (st == ST_OK)
		st = seconds_read("stale_if_error", config->stale_if_error,
		    &fresh->on_error, err);
	if (st == ST_OK)
		st = scope_read(config->cache_scope, &fresh->shared, err);
	return st == ST_OK ? seconds_read("client_ttl", config->client_ttl,
				 &fresh->client, err)
			   : st;
}

static enum status
tls_read(struct str text, enum db_tls *out, struct error *err)
{
	if (text.n == 0 || str_eq(text, STR("off")))
		*out = DB_TLS_OFF;
	else if (str_eq(text, STR("require")))
		*out = DB_TLS_REQUIRE;
	else if (str_eq(text, STR("verify")))
		*out = DB_TLS_VERIFY;
	else
		return error_set(
		    err, ST_INVALID, "tls must be off, require or verify");
	return ST_OK;
}

/* A socket is used instead of the host, which forms fill in. */
static const char *
host_of(const struct config_text *config)
{
	if (config->unix_socket.n > 0)
		return NULL;
	return json_config_string(config->host, CONFIG_HOST);
}

/* MySQL and MariaDB are one driver. */
static const char *
driver_of(const struct service_type *type)
{
	return strcmp(type->name, "sqlite") == 0 ? "sqlite" : "mysql";
}

static enum status
database_read(const char *driver, const struct config_text *config,
    struct db_config *out, struct error *err)
{
	int64_t port = 0;
	enum status st =
	    number_read("port", config->port, HOST_PORT_MAX, &port, err);

	*out = (struct db_config){
		.driver = driver,
		.database = json_config_string(config->database, NULL),
		.host = host_of(config),
		.port = (int)port,
		.socket = json_config_string(config->unix_socket, NULL),
		.username = json_config_string(config->username, NULL),
		.password = json_config_string(config->password, NULL),
		.tls_ca = json_config_string(config->tls_ca, NULL),
		.timezone = json_config_string(config->timezone, NULL),
		.read_only = str_to_bool(config->read_only),
	};
	if (st == ST_OK && config->database.n == 0)
		return error_set(err, ST_INVALID, "database is missing");
	return st == ST_OK ? tls_read(config->tls, &out->tls, err) : st;
}

/* Those that name no port listen where the server itself does. */
static enum status
replicas_read(struct arena *arena, const struct config_text *config,
    struct read_hosts *out, struct error *err)
{
	int64_t port = PORT_USUAL;
	enum status st =
	    number_read("port", config->port, HOST_PORT_MAX, &port, err);

	return st == ST_OK ? read_hosts_read(
				 arena, config->read_hosts, (int)port, out, err)
			   : st;
}

enum status
config_check(
    const struct service_type *type, struct str config, struct error *err)
{
	struct config_text text;
	struct read_hosts hosts;
	struct freshness fresh = { 0 };
	struct table_ttls ttls;
	struct routine_tables routines;
	struct arena arena;
	enum status st;

	(void)type;
	arena_init(&arena, ARENA_BYTES);
	st = json_config_read(&arena, config, members, &text, err);
	if (st == ST_OK)
		st = replicas_read(&arena, &text, &hosts, err);
	if (st == ST_OK)
		st = freshness_read(&arena, &text, &fresh, &ttls, err);
	if (st == ST_OK)
		st = routine_tables_read(
		    &arena, text.cache_tables_by_routine, &routines, err);
	arena_close(&arena);
	return st;
}

enum status
config_cacheable(struct str config, struct error *err)
{
	struct config_text text;
	struct arena arena;
	enum status st;

	arena_init(&arena, ARENA_BYTES);
	st = json_config_read(&arena, config, members, &text, err);
	if (st == ST_OK && str_trim(text.read_hosts).n > 0)
		st = error_set(err, ST_INVALID,
		    "cache_enabled and read_hosts exclude each other: what a "
		    "replica answers may be older than the last write");
	arena_close(&arena);
	return st;
}

enum status
config_database(const struct service_type *type, struct str config,
    struct arena *arena, struct db_config *out, struct error *err)
{
	struct config_text text;
	enum status st = json_config_read(arena, config, members, &text, err);

	return st == ST_OK ? database_read(driver_of(type), &text, out, err)
			   : st;
}

enum status
config_read(struct db_service *service, const struct service *record,
    const struct settings *settings, struct error *err)
{
	const struct service_type *type = record->type;
	struct config_text config;
	enum status st = json_config_read(
	    &service->arena, record->config, members, &config, err);

	service->max_records = fallback_of(type, "max_records", INT32_MAX);
	service->max_connections =
	    fallback_of(type, "max_connections", CONNECTIONS_OF_FILE);
	service->read_lag = fallback_of(type, "read_lag", 0);
	service->allow_upsert = str_to_bool(config.allow_upsert);
	service->json_as_object = str_to_bool(config.json_as_object);
	service->watched = str_to_bool(config.watch);
	if (st == ST_OK)
		st = database_read(
		    service->driver->name, &config, &service->config, err);
	if (st == ST_OK && system_db_is(settings, &service->config))
		st = system_db_refuse(err);
	if (st == ST_OK)
		st = numbers_read(
		    service, &config, settings->db_max_records, err);
	if (st == ST_OK)
		st = replicas_read(
		    &service->arena, &config, &service->read_hosts, err);
	service->fresh.missing =
	    (uint32_t)fallback_of(type, "cache_ttl_missing", 0);
	if (st == ST_OK)
		st = freshness_read(&service->arena, &config, &service->fresh,
		    &service->ttls, err);
	if (st == ST_OK)
		st = routine_tables_read(&service->arena,
		    config.cache_tables_by_routine, &service->routine_tables,
		    err);
	if (st == ST_OK && record->cache_enabled)
		st = config_cacheable(record->config, err);
	return st;
}
