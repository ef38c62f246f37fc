#include "drivers/cache/memcached_stats.h"

#include <inttypes.h>

#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_link.h"
#include "drivers/cache/memcached_server.h"

#define ITEM_SPARE 2048 /* of an item, for its head and a long key */

/* A number that a server tells under a name; yes is 1. */
struct number {
	const char *name;
	int64_t *to;
};

struct numbers {
	const struct number *list;
	size_t n;
};

static bool
number_read(struct str text, int64_t *out)
{
	*out = str_eq(text, STR("yes"));
	return *out == 1 || str_to_i64(text, out);
}

static memcached_return_t
number_take(const memcached_instance_st *server, const char *key,
    size_t key_length, const char *value, size_t value_length, void *context)
{
	const struct numbers *numbers = context;
	struct str name = str_make(key, key_length);
	int64_t number;

	(void)server;
	for (size_t i = 0; i < numbers->n; i++)
		if (str_eq(str_of(numbers->list[i].name), name) &&
		    number_read(str_make(value, value_length), &number))
			*numbers->list[i].to += number;
	return MEMCACHED_SUCCESS;
}

/* Adds a server's numbers to what is there. */
static enum status
numbers_ask(struct memcached_link *link, const char *topic,
    struct numbers numbers, struct error *err)
{
	memcached_return_t rc;

	memcached_link_await(link);
	if (memcached_link_begin(link)) {
		rc = memcached_stat_execute(
		    link->handle, topic, number_take, &numbers);
		if (rc == MEMCACHED_SUCCESS) /* it says so of a failure, too */
			rc = memcached_last_error(link->handle);
		if (memcached_link_took(link, rc))
			return ST_OK;
	}
	(void)memcached_server_fail(link->server, err);
	return link->failure;
}

enum status
memcached_stats_sum(struct cache_conn *conn, struct cache_stats *out,
    int64_t deadline_ms, struct error *err)
{
	const struct number list[] = { { "get_hits", &out->hits },
		{ "get_misses", &out->misses }, { "curr_items", &out->items },
		{ "bytes", &out->bytes },
		{ "limit_maxbytes", &out->bytes_limit },
		{ "evictions", &out->evictions } };
	struct numbers numbers = { list, sizeof(list) / sizeof(list[0]) };
	enum status st = ST_OK;

	*out = (struct cache_stats){ 0 };
	memcached_conn_begin(conn, deadline_ms);
	for (size_t i = 0; st == ST_OK && i < conn->cache->n; i++)
		st = numbers_ask(&conn->links[i], NULL, numbers, err);
	return st;
}

/* Reads, and sees that the server was started as it must be. */
static enum status
server_ping(
    struct cache_conn *conn, struct memcached_link *link, struct error *err)
{
	int64_t least = conn->cache->max_value + ITEM_SPARE;
	const char *label = link->server->host.label;
	int64_t item_max = 0;
	int64_t has_cas = 0;
	const struct number list[] = { { "item_size_max", &item_max },
		{ "cas_enabled", &has_cas } };
	enum status st =
	    numbers_ask(link, "settings", (struct numbers){ list, 2 }, err);

	if (st != ST_OK)
		return st;
	if (item_max < least)
		return error_set(err, ST_TOO_BIG,
		    "the memcached server %s takes items of %" PRId64
		    " bytes: start it with -I %" PRId64
		    " or more, or lower CACHE_MAX_VALUE",
		    label, item_max, least);
	if (has_cas == 0)
		return error_set(err, ST_INVALID,
		    "the memcached server %s has no CAS: start it without -C",
		    label);
	return ST_OK;
}

enum status
memcached_stats_ping(
    struct cache_conn *conn, int64_t deadline_ms, struct error *err)
{
	enum status st = ST_OK;

	memcached_conn_begin(conn, deadline_ms);
	for (size_t i = 0; st == ST_OK && i < conn->cache->n; i++)
		st = server_ping(conn, &conn->links[i], err);
	return st;
}
