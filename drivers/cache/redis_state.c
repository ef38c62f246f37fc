#include "drivers/cache/redis_state.h"

#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "drivers/cache/redis_ask.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_conn.h"
#include "drivers/cache/redis_count.h"
#include "drivers/cache/redis_info.h"
#include "drivers/cache/redis_put.h"
#include "drivers/cache/redis_redirect.h"

#define ANSWER_BYTES 16384
#define SHOWN_BYTES  (2 * REDIS_SERVER_BYTES)
#define PROBE_MS     1000 /* a probe that was left behind lives so long */

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

static void
put_probe_name(struct redis_ask *ask, struct str name)
{
	struct buf *out = redis_ask_out(ask);
	struct str prefix = ask->conn->cache->prefix;

	redis_put_begin(out, prefix.n + name.n);
	buf_put(out, prefix);
	buf_put(out, name);
	redis_put_end(out);
}

static void
put_probes(struct redis_ask *ask, struct str name)
{
	struct buf *out = redis_ask_out(ask);

	redis_put_head(out, 5);
	redis_put(out, STR("SET"));
	put_probe_name(ask, name);
	redis_put(out, STR("1"));
	redis_put(out, STR("PX"));
	redis_put_number(out, PROBE_MS);
	redis_ask_sent(ask);
	redis_put_head(out, 2);
	redis_put(out, STR("GETDEL"));
	put_probe_name(ask, name);
	redis_ask_sent(ask);
	/* Of no counters. */
	redis_put_head(out, 3);
	redis_put(out, STR("EVALSHA"));
	redis_put(out, redis_count_digest());
	redis_put(out, STR("0"));
	redis_ask_sent(ask);
}

/* Of a slot of a cluster that is on its way to another node. */
static bool
moves(const struct redis_ask *ask, size_t i)
{
	struct redis_target target;
	enum redis_redirect what =
	    redis_redirect_of(&ask->answers[i], &ask->node->host, &target);

	return what == REDIS_MOVED || what == REDIS_ASK ||
	       what == REDIS_TRYAGAIN;
}

static enum status
probes_read(const struct redis_ask *ask, struct error *err)
{
	const struct redis_reply *answers = ask->answers;
	enum status st;

	/* It has answered; where its slot goes is no concern of ours. */
	if (moves(ask, 0) || moves(ask, 1))
		return ST_OK;
	if (answers[0].type == REDIS_ERROR &&
	    str_starts(answers[0].text, STR("OOM")))
		return error_set(err, ST_FULL,
		    "it is full and evicts nothing "
		    "(maxmemory, maxmemory-policy)");
	st = redis_ask_expect(ask, 0, REDIS_STATUS, "SET", err);
	if (st != ST_OK)
		return st;
	if (answers[1].type == REDIS_ERROR &&
	    str_starts(answers[1].text, STR("ERR unknown command")))
		return error_set(err, ST_UNAVAILABLE,
		    "it does not know GETDEL: Redis 6.2, Valkey or newer is "
		    "needed");
	if (answers[1].type != REDIS_NIL) /* slow, or deleted by another */
		st = redis_ask_expect(ask, 1, REDIS_STRING, "GETDEL", err);
	if (st == ST_OK && answers[2].type == REDIS_ERROR &&
	    !str_starts(answers[2].text, STR("NOSCRIPT")))
		st = redis_ask_expect(ask, 2, REDIS_ARRAY, "EVALSHA", err);
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
		put_probes(&ask, name);
		st = redis_ask_finish(&ask, &why);
	}
	if (st == ST_OK)
		st = probes_read(&ask, &why);
	arena_close(&arena);
	if (st == ST_OK)
		return ST_OK;
	node_show(conn->asked, server);
	return error_set(err, st, "%s: %s", server, why.text);
}
