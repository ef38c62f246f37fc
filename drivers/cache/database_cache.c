#include "drivers/cache/database_cache.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "drivers/cache/cache_config.h"
#include "drivers/cache/database_conn.h"
#include "drivers/cache/database_key.h"

#define TABLE_MOST  64
#define PREFIX_MOST (DATABASE_SPACE_MOST - CACHE_SPACE_MAX - 3)

static bool
table_valid(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c != '_' && !(c >= 'a' && c <= 'z') &&
		    !(c >= 'A' && c <= 'Z') &&
		    (i == 0 || !(c >= '0' && c <= '9')))
			return false;
	}
	return name.n >= 1 && name.n <= TABLE_MOST;
}

static enum status
config_check(const struct cache_config *config, struct error *err)
{
	if (!table_valid(str_of(config->table)))
		return error_set(err, ST_INVALID,
		    "DB_CACHE_TABLE \"%s\": the name of a table is expected, "
		    "of at most %d letters, digits and _, not a digit first",
		    config->table, TABLE_MOST);
	if (strlen(config->prefix) > PREFIX_MOST)
		return error_set(err, ST_INVALID,
		    "CACHE_PREFIX: the database store takes at most %d "
		    "characters",
		    PREFIX_MOST);
	if (config->db == NULL ||
	    db_driver_find(str_of(config->db->driver)) == NULL)
		return error_set(err, ST_INVALID,
		    "this weir was built without the driver of the database "
		    "store's database: build it with the client library of "
		    "MariaDB or MySQL");
	return ST_OK;
}

static char *
copy(const char *text)
{
	char *p = strdup(text);

	if (p == NULL)
		abort();
	return p;
}

/* Only a table that is another's stops the start; the rest may get better. */
static enum status
cache_prove(struct cache *cache, struct error *err)
{
	struct cache_conn *conn;
	enum status st = database_conn_open(cache, &conn, err);

	if (st != ST_OK)
		return st;
	if (database_conn_dial(conn, clock_boot_ms() + cache->timeout_ms) ==
		ST_INVALID &&
	    conn->db != NULL)
		st = error_set(err, ST_INVALID, "%s", conn->why.text);
	database_conn_close(conn);
	return st;
}

enum status
database_cache_open(
    const struct cache_config *config, struct cache **out, struct error *err)
{
	struct cache *cache;
	enum status st = config_check(config, err);

	if (st != ST_OK)
		return st;
	cache = calloc(1, sizeof(*cache));
	if (cache == NULL)
		abort();
	atomic_init(&cache->refs, 1);
	cache->driver = db_driver_find(str_of(config->db->driver));
	db_config_copy(&cache->db, config->db);
	/* What is known of the server holds for the link. */
	cache->db.keep_link = true;
	cache->prefix = copy(config->prefix);
	cache->table = copy(config->table);
	cache->max_value = (size_t)config->max_value;
	cache->timeout_ms = config->timeout_ms;
	database_sql_open(&cache->sql, cache->driver, cache->table);
	st = cache_prove(cache, err);
	if (st == ST_OK)
		*out = cache;
	else
		database_cache_close(cache);
	return st;
}

struct cache *
database_cache_hold(struct cache *cache)
{
	(void)atomic_fetch_add(&cache->refs, 1);
	return cache;
}

void
database_cache_close(struct cache *cache)
{
	if (atomic_fetch_sub(&cache->refs, 1) != 1)
		return;
	database_sql_close(&cache->sql);
	db_config_free(&cache->db);
	free(cache->prefix);
	free(cache->table);
	free(cache);
}
