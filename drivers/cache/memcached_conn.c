#include "drivers/cache/memcached_conn.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/cache_config.h"
#include "drivers/cache/memcached_generation.h"
#include "drivers/cache/memcached_hosts.h"
#include "drivers/cache/memcached_ring.h"
#include "drivers/cache/memcached_server.h"

#define ARENA_BYTES 65536
#define TURNS_MAX   64 /* servers tried for a name before any will do */

static enum status
login_check(const struct cache_config *config, struct error *err)
{
	bool named = config->username[0] != '\0';

	if (!named && config->password[0] != '\0')
		return error_set(err, ST_INVALID,
		    "MEMCACHED_USERNAME: missing beside MEMCACHED_PASSWORD");
	/* libmemcached would not log in there, and say nothing. */
	if (named && config->socket[0] != '\0')
		return error_set(err, ST_INVALID,
		    "MEMCACHED_USERNAME: there is no log-in over "
		    "MEMCACHED_SOCKET, whose file mode says who may");
	return ST_OK;
}

static enum status
cache_set_up(
    struct cache *cache, const struct cache_config *config, struct error *err)
{
	struct memcached_hosts hosts;
	enum status st = memcached_hosts_read(config, &hosts, err);

	if (st == ST_OK)
		st = login_check(config, err);
	if (st != ST_OK)
		return st;
	cache->max_value = config->max_value;
	memcached_prefix_set(&cache->prefix, str_of(config->prefix));
	cache->login.user = strdup(config->username);
	cache->login.password = strdup(config->password);
	cache->ring = memcached_ring_new(&hosts);
	cache->servers = calloc(hosts.n, sizeof(cache->servers[0]));
	if (cache->login.user == NULL || cache->login.password == NULL ||
	    cache->ring == NULL || cache->servers == NULL)
		return error_set(err, ST_UNAVAILABLE, "no memory");
	for (; cache->n < hosts.n; cache->n++)
		memcached_server_open(&cache->servers[cache->n],
		    &hosts.list[cache->n], config->username[0] != '\0');
	return ST_OK;
}

enum status
memcached_cache_open(
    const struct cache_config *config, struct cache **out, struct error *err)
{
	struct cache *cache = calloc(1, sizeof(*cache));
	enum status st;

	if (cache == NULL)
		return error_set(err, ST_UNAVAILABLE, "no memory");
	st = cache_set_up(cache, config, err);
	if (st != ST_OK) {
		memcached_cache_close(cache);
		return st;
	}
	*out = cache;
	return ST_OK;
}

void
memcached_cache_close(struct cache *cache)
{
	while (cache->n > 0)
		memcached_server_close(&cache->servers[--cache->n]);
	free(cache->servers);
	if (cache->ring != NULL)
		memcached_ring_free(cache->ring);
	free(cache->login.user);
	if (cache->login.password != NULL)
		secret_wipe(
		    cache->login.password, strlen(cache->login.password));
	free(cache->login.password);
	free(cache);
}

enum status
memcached_conn_open(
    struct cache *cache, struct cache_conn **out, struct error *err)
{
	struct cache_conn *conn = calloc(1, sizeof(*conn));

	if (conn != NULL)
		conn->links = calloc(cache->n, sizeof(conn->links[0]));
	if (conn == NULL || conn->links == NULL) {
		free(conn);
		return error_set(err, ST_UNAVAILABLE, "no memory");
	}
	conn->cache = cache;
	for (size_t i = 0; i < cache->n; i++)
		memcached_link_init(&conn->links[i], &cache->servers[i],
		    &cache->login, cache->max_value);
	arena_init(&conn->arena, ARENA_BYTES);
	*out = conn;
	return ST_OK;
}

void
memcached_conn_close(struct cache_conn *conn)
{
	for (size_t i = 0; i < conn->cache->n; i++) {
		memcached_link_end(&conn->links[i]);
		memcached_generations_free(&conn->links[i]);
	}
	arena_close(&conn->arena);
	free(conn->links);
	free(conn);
}

void
memcached_conn_tick(struct cache_conn *conn)
{
	conn->now_ms = clock_now().wall_ms;
}

void
memcached_conn_begin(struct cache_conn *conn, int64_t deadline_ms)
{
	arena_reset(&conn->arena);
	conn->batch++;
	conn->deadline_ms = deadline_ms;
	memcached_conn_tick(conn);
	for (size_t i = 0; i < conn->cache->n; i++)
		conn->links[i].deadline_ms = deadline_ms;
}

/* While its own server is away: one that is the same for every thread and
 * process that sees the same servers away. */
static struct memcached_link *
elsewhere(struct cache_conn *conn, struct str text)
{
	const struct cache *cache = conn->cache;
	struct memcached_link *link;

	for (unsigned turn = 1; turn <= TURNS_MAX; turn++) {
		link =
		    &conn->links[memcached_ring_find(cache->ring, text, turn)];
		if (memcached_link_ready(link))
			return link;
	}
	for (size_t i = 0; i < cache->n; i++)
		if (memcached_link_ready(&conn->links[i]))
			return &conn->links[i];
	return NULL;
}

struct memcached_link *
memcached_conn_route(struct cache_conn *conn, const struct cache_space *space,
    const struct memcached_name *name, enum status *st)
{
	struct str text = str_make(name->text, name->n_route);
	struct memcached_link *link =
	    &conn->links[memcached_ring_find(conn->cache->ring, text, 0)];

	if (memcached_link_ready(link))
		return link;
	*st = link->failure;
	if (!space->open || conn->cache->n == 1)
		return NULL;
	return elsewhere(conn, text);
}
