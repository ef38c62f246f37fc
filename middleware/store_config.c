#include "middleware/store_config.h"

#include <string.h>

#include "app/base/settings.h"
#include "drivers/cache/cache.h"
#include "middleware/store_database.h"

/* A server that is reached after so long is of no use to a request; the store
 * is to be found again two seconds after its return. */
#define DATABASE_CONNECT_MS 1000

static void
redis_read(const struct settings *s, struct cache_config *out)
{
	if (s->redis_prefix[0] != '\0')
		out->prefix = s->redis_prefix;
	out->timeout_ms = s->redis_timeout;
	out->hosts = s->redis_host;
	out->port = s->redis_port;
	out->socket = s->redis_socket;
	out->username = s->redis_username;
	out->password = s->redis_password;
	out->database = s->redis_database;
	out->cluster = s->redis_cluster;
	out->tls = s->redis_tls;
	out->tls_verify = s->redis_tls_verify;
	out->tls_ca = s->redis_tls_ca;
	out->sentinels = s->redis_sentinel_host;
	out->sentinel_port = s->redis_sentinel_port;
	out->sentinel_master = s->redis_sentinel_master;
	out->sentinel_username = s->redis_sentinel_username;
	out->sentinel_password = s->redis_sentinel_password;
}

static void
memcached_read(const struct settings *s, struct cache_config *out)
{
	out->hosts = s->memcached_host;
	out->port = s->memcached_port;
	out->socket = s->memcached_socket;
	out->username = s->memcached_username;
	out->password = s->memcached_password;
}

static void
local_read(const struct settings *s, struct cache_config *out)
{
	out->path = s->cache_path;
	out->bytes = s->cache_memory;
}

static void
file_read(const struct settings *s, struct cache_config *out)
{
	out->path = s->cache_path;
	out->bytes = s->cache_disk;
}

static void
database_read(const struct settings *s, struct cache_config *out)
{
	out->table = s->db_cache_table;
	out->timeout_ms = DATABASE_CONNECT_MS;
}

static const struct {
	const char *driver;
	void (*read)(const struct settings *settings, struct cache_config *out);
} readers[] = {
	{ "local", local_read },
	{ "file", file_read },
	{ "database", database_read },
	{ "redis", redis_read },
	{ "memcached", memcached_read },
};

void
store_config_read(const struct settings *settings,
    const struct cache_driver *driver, struct store_config *out)
{
	memset(out, 0, sizeof(*out));
	out->cache = cache_config_none;
	out->cache.prefix = settings->cache_prefix;
	out->cache.max_value = settings->cache_max_value;
	out->cache.timeout_ms = settings->redis_timeout;
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (strcmp(readers[i].driver, driver->name) == 0)
			readers[i].read(settings, &out->cache);
}

enum status
store_config_find(const struct settings *settings,
    const struct cache_driver *driver, struct store_config *out,
    struct error *err)
{
	enum status st;

	store_config_read(settings, driver, out);
	if (strcmp(driver->name, "database") != 0)
		return ST_OK;
	st = store_database_find(settings, &out->db, err);
	if (st != ST_OK)
		return st;
	out->cache.db = &out->db;
	out->found = true;
	return ST_OK;
}

void
store_config_free(struct store_config *config)
{
	if (config->found)
		db_config_free(&config->db);
	config->found = false;
}
