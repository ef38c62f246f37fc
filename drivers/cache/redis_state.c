#include "drivers/cache/redis_state.h"

#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "drivers/cache/redis_ask.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_conn.h"
#include "drivers/cache/redis_info.h"
#include "drivers/cache/redis_probe.h"
#include "drivers/cache/redis_put.h"

#define ANSWER_BYTES 16384
#define SHOWN_BYTES  (2 * REDIS_SERVER_BYTES)

static void
put_info(struct redis_ask *ask, struct str section)
{
	struct buf *out = redis_ask_out(ask);

	redis_put_head(out, 2);
	redis_put(out, STR("INFO"));
	redis_put(out, section);
	redis_ask_sent(ask);
}

static void
put_dbsize(struct redis_ask *ask)
{
	redis_put_head(redis_ask_out(ask), 1);
	redis_put(redis_ask_out(ask), STR("DBSIZE"));
	redis_ask_sent(ask);
}

static enum status
stats_read(
    const struct redis_ask *ask, struct cache_stats *out, struct error *err)
{
	struct str stats = ask->answers[0].text;
	struct str memory = ask->answers[1].text;
	enum status st = redis_ask_expect(ask, 0, REDIS_STRING, "INFO", err);

	if (st == ST_OK)
		st = redis_ask_expect(ask, 1, REDIS_STRING, "INFO", err);
	if (st == ST_OK)
		st = redis_ask_expect(ask, 2, REDIS_INTEGER, "DBSIZE", err);
	if (st != ST_OK)
		return st;
	*out = (struct cache_stats){
		.hits = redis_info_number(stats, STR("keyspace_hits")),
		.misses = redis_info_number(stats, STR("keyspace_misses")),
		.items = ask->answers[2].integer,
		.bytes = redis_info_number(memory, STR("used_memory")),
		.bytes_limit = redis_info_number(memory, STR("maxmemory")),
		.evictions = redis_info_number(stats, STR("evicted_keys")),
	};
	if (out->bytes_limit == 0)
		out->bytes_limit = -1; /* it has none */
	return ST_OK;
}

enum status
redis_state_stats(struct cache_conn *conn, struct cache_stats *out,
    int64_t deadline_ms, struct error *err)
{
	struct redis_ask ask;
	struct arena arena;
	enum status st;

	arena_init(&arena, ANSWER_BYTES);
	st = redis_ask_begin(&ask, conn, &arena, deadline_ms, err);
	if (st == ST_OK) {
		put_info(&ask, STR("stats"));
		put_info(&ask, STR("memory"));
		put_dbsize(&ask);
		st = redis_ask_finish(&ask, err);
	}
	if (st == ST_OK)
		st = stats_read(&ask, out, err);
	arena_close(&arena);
	return st;
}

/* The server, and the group that the sentinels have chosen it from. */
static void
node_show(const struct redis_node *node, char out[SHOWN_BYTES])
{
	const struct redis_host *group = &node->cache->group;
	char server[REDIS_SERVER_BYTES];

	redis_host_show(&node->host, server);
	if (node->sentinels == NULL)
		(void)snprintf(out, SHOWN_BYTES, "%s", server);
	else if (node->host.name[0] == '\0')
		(void)snprintf(out, SHOWN_BYTES, "%s", group->name);
	else
		(void)snprintf(
		    out, SHOWN_BYTES, "%s of %s", server, group->name);
}

enum status
redis_state_ping(
    struct cache_conn *conn, int64_t deadline_ms, struct error *err)
{
	return redis_state_probe(conn, STR(REDIS_PROBE_NAME), deadline_ms, err);
}

enum status
redis_state_probe(struct cache_conn *conn, struct str name, int64_t deadline_ms,
    struct error *err)
{
	char server[SHOWN_BYTES];
	struct error why = { 0 };
	struct redis_ask ask;
	struct arena arena;
	enum status st;

	arena_init(&arena, ANSWER_BYTES);
	st = redis_ask_begin(&ask, conn, &arena, deadline_ms, &why);
	if (st == ST_OK) {
		redis_probe_put(&ask, name);
		st = redis_ask_finish(&ask, &why);
	}
	if (st == ST_OK)
		st = redis_probe_read(&ask, &why);
	arena_close(&arena);
	if (st == ST_OK)
		return ST_OK;
	node_show(conn->asked, server);
	return error_set(err, st, "%s: %s", server, why.text);
}
