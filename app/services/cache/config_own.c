#include "app/services/cache/config_own.h"

#include "app/base/host.h"
#include "app/services/cache/config_fields.h"
#include "app/services/cache/config_text.h"
#include "drivers/cache/cache.h"
#include "middleware/json_config.h"
#include "middleware/store_config.h"

#define INDEX_MAX 65535

#define STRING(member) json_config_string(text->member, "")

static enum status
port_read(const char *name, struct str said, int64_t fallback, int64_t *out,
    struct error *err)
{
	const struct json_config_range ports = { 1, HOST_PORT_MAX };

	*out = fallback;
	return json_config_integer(name, said, ports, out, err);
}

static const char *
host_of(struct str host)
{
	return json_config_string(host, CACHE_CONFIG_HOST);
}

static enum status
redis_own(const struct cache_config_text *text, struct store_config *config,
    struct error *err)
{
	const struct json_config_range index = { 0, INDEX_MAX };
	struct cache_config *c = &config->cache;
	enum status st = port_read("port", text->port, 6379, &c->port, err);

	if (st == ST_OK)
		st = port_read("sentinel_port", text->sentinel_port, 26379,
		    &c->sentinel_port, err);
	c->database = 0;
	if (st == ST_OK)
		st = json_config_integer("database_index", text->database_index,
		    index, &c->database, err);
	c->prefix = json_config_string(text->prefix, c->prefix);
	c->hosts = host_of(text->host);
	c->socket = STRING(socket);
	c->username = STRING(username);
	c->password = STRING(password);
	c->cluster = str_to_bool(text->cluster);
	c->tls = str_to_bool(text->tls);
	c->tls_verify = !str_is_no(text->tls_verify);
	c->tls_ca = STRING(tls_ca);
	c->sentinels = STRING(sentinel_host);
	c->sentinel_master =
	    json_config_string(text->sentinel_master, "mymaster");
	c->sentinel_username = STRING(sentinel_username);
	c->sentinel_password = STRING(sentinel_password);
	return st;
}

static enum status
memcached_own(const struct cache_config_text *text, struct store_config *config,
    struct error *err)
{
	struct cache_config *c = &config->cache;

	c->hosts = host_of(text->host);
	c->socket = STRING(socket);
	c->username = STRING(username);
	c->password = STRING(password);
	return port_read("port", text->port, 11211, &c->port, err);
}

/* What is left out is as the settings have it. */
static enum status
file_own(const struct cache_config_text *text, struct store_config *config,
    struct error *err)
{
	const struct json_config_range bytes = { 1 << 20, INT64_C(1) << 40 };

	config->cache.path = STRING(path);
	return json_config_integer(
	    "max_bytes", text->max_bytes, bytes, &config->cache.bytes, err);
}

static enum db_tls
tls_of(struct str said)
{
	if (str_eq(said, STR("verify")))
		return DB_TLS_VERIFY;
	return str_eq(said, STR("require")) ? DB_TLS_REQUIRE : DB_TLS_OFF;
}

static bool
is_file(const struct cache_config_text *text)
{
	return text->connection.n == 0 ||
	       str_eq(text->connection, STR("sqlite"));
}

static enum status
database_own(const struct cache_config_text *text, struct store_config *config,
    struct error *err)
{
	int64_t port = 0;
	enum status st = port_read("port", text->port, 3306, &port, err);

	config->db = (struct db_config){
		.driver = is_file(text) ? "sqlite" : "mysql",
		.database = json_config_string(text->database, NULL),
		.host = text->unix_socket.n > 0 ? NULL : host_of(text->host),
		.port = (int)port,
		.socket = json_config_string(text->unix_socket, NULL),
		.username = json_config_string(text->username, NULL),
		.password = json_config_string(text->password, NULL),
		.tls = tls_of(text->tls),
		.tls_ca = json_config_string(text->tls_ca, NULL),
		.create = is_file(text),
	};
	config->cache.table =
	    json_config_string(text->table, config->cache.table);
	config->cache.db = &config->db;
	return st;
}

static enum status
file_check(const struct cache_config_text *text, struct error *err)
{
	if (text->path.n > 0 && text->path.p[0] == '/')
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "path must be the absolute path of a folder, unless store is "
	    "\"default\"");
}

static enum status
database_check(const struct cache_config_text *text, struct error *err)
{
	if (text->database.n == 0)
		return error_set(err, ST_INVALID,
		    "database is missing; it is needed unless store is "
		    "\"default\"");
	if (is_file(text) && text->database.p[0] != '/')
		return error_set(err, ST_INVALID,
		    "database must be the absolute path of a file");
	return ST_OK;
}

static enum status
redis_check(const struct cache_config_text *text, struct error *err)
{
	if (str_to_bool(text->cluster) && text->sentinel_host.n > 0)
		return error_set(err, ST_INVALID,
		    "cluster and sentinel_host exclude each other");
	if (str_to_bool(text->cluster) && text->socket.n > 0)
		return error_set(
		    err, ST_INVALID, "cluster and socket exclude each other");
	return ST_OK;
}

static const struct {
	const char *driver;
	enum status (*check)(
	    const struct cache_config_text *text, struct error *err);
	enum status (*own)(const struct cache_config_text *text,
	    struct store_config *config, struct error *err);
} kinds[] = {
	{ "file", file_check, file_own },
	{ "database", database_check, database_own },
	{ "redis", redis_check, redis_own },
	{ "memcached", NULL, memcached_own },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

enum status
cache_config_own_check(
    struct str driver, const struct cache_config_text *text, struct error *err)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (str_eq(driver, str_of(kinds[i].driver)) &&
		    kinds[i].check != NULL)
			return kinds[i].check(text, err);
	}
	return ST_OK;
}

enum status
cache_config_own(const struct cache_driver *driver,
    const struct cache_config_text *text, struct store_config *config,
    struct error *err)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (str_eq(str_of(driver->name), str_of(kinds[i].driver)))
			return kinds[i].own(text, config, err);
	}
	return ST_OK;
}
