#include "middleware/registry/system_pool.h"

#include <stdlib.h>

#include "app/base/clock.h"
#include "drivers/db/pool.h"

#define STATEMENT_MAX_MS 5000

/* A server's connections are kept. A file is opened each time, which costs
 * little: so none that was moved away or replaced meanwhile is written to. */
struct system_pool {
	const struct db_driver *driver;
	struct db_config config; /* with texts of its own */
	struct pool *pool;       /* NULL: a file */
};

enum status
system_pool_open(const struct settings *settings, size_t max,
    struct system_pool **out, struct error *err)
{
	struct system_pool *pool;
	struct db_config config;
	enum status st = system_db_config(settings, &config, err);

	if (st != ST_OK)
		return st;
	pool = calloc(1, sizeof(*pool));
	if (pool == NULL)
		abort();
	pool->driver = db_driver_find(str_of(config.driver));
	db_config_copy(&pool->config, &config);
	if (!pool->driver->versions_cheap)
		pool->pool = pool_open(pool->driver, &config, max);
	*out = pool;
	return ST_OK;
}

void
system_pool_close(struct system_pool *pool)
{
	if (pool == NULL)
		return;
	pool_close(pool->pool);
	db_config_free(&pool->config);
	free(pool);
}

enum status
system_pool_take(struct system_pool *pool, int64_t deadline_ms,
    struct system_db *out, struct error *err)
{
	int64_t left_ms = deadline_ms - clock_boot_ms();

	*out = (struct system_db){
		.driver = pool->driver,
		.wall_ms = clock_now().wall_ms,
		.statement_ms =
		    left_ms < STATEMENT_MAX_MS ? left_ms : STATEMENT_MAX_MS,
	};
	if (pool->pool != NULL)
		return pool_take(pool->pool, deadline_ms, &out->conn, err);
	return pool->driver->connect(
	    &pool->config, deadline_ms, &out->conn, err);
}

void
system_pool_give(struct system_pool *pool, struct system_db *db)
{
	if (pool->pool == NULL)
		pool->driver->disconnect(db->conn);
	else
		pool_give(pool->pool, db->conn,
		    pool->driver->in_transaction(db->conn));
	db->conn = NULL;
}
