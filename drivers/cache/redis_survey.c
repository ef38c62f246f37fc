#include "drivers/cache/redis_survey.h"

#include "app/base/buf.h"
#include "app/base/clock.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_cluster.h"
#include "drivers/cache/redis_conn.h"
#include "drivers/cache/redis_muster.h"
#include "drivers/cache/redis_scan.h"
#include "drivers/cache/redis_state.h"

#define PAUSE_MS   10     /* in which nodes may tell each other */
#define NAMES_MOST 200000 /* are tried for one that is of a node's slots */

bool
redis_survey_visit(struct cache_conn *conn, uint64_t *rank)
{
	struct redis_member *member =
	    redis_members_from(&conn->cluster->members, *rank);

	conn->asked = member == NULL ? NULL : redis_member_node(member);
	if (member != NULL)
		*rank = member->rank;
	return member != NULL;
}

enum status
redis_survey_moved(struct cache_conn *conn, uint64_t map, int64_t deadline_ms,
    bool *moved, struct error *err)
{
	struct redis_muster muster;
	enum status st = redis_refresh_await(conn->cluster, deadline_ms, err);

	*moved = st == ST_OK && map != conn->cluster->map;
	if (st != ST_OK || *moved)
		return st;
	st = redis_muster_call(conn, deadline_ms, &muster, err);
	*moved = !muster.agree || muster.moves;
	return st;
}

enum status
redis_survey_settle(
    struct cache_conn *conn, int64_t deadline_ms, struct error *err)
{
	struct redis_muster muster;
	enum status st;

	for (;;) {
		st = redis_refresh_await(conn->cluster, deadline_ms, err);
		if (st == ST_OK)
			st = redis_muster_call(conn, deadline_ms, &muster, err);
		if (st != ST_OK || muster.agree)
			return st;
		if (redis_conn_wait(conn, clock_boot_ms() + PAUSE_MS) >=
		    deadline_ms)
			return error_set(err, ST_TIMEOUT,
			    "the nodes of the cluster do not agree on who "
			    "serves which slots");
	}
}

/* Flushes each master once. ST_STALE: some keys were gone when they were to be
 * deleted. */
static enum status
round_flush(struct cache_conn *conn, const struct cache_space *space,
    int64_t deadline_ms, struct error *err)
{
	bool gone = false;

	for (uint64_t rank = 0; redis_survey_visit(conn, &rank); rank++) {
		struct error why = { 0 };
		enum status st =
		    redis_scan_flush(conn, space, deadline_ms, &why);

		if (st == ST_STALE)
			gone = true;
		else if (st != ST_OK)
			return error_set(err, st, "%s", why.text);
	}
	return gone ? ST_STALE : ST_OK;
}

static enum status
flush(struct cache_conn *conn, const struct cache_space *space,
    int64_t deadline_ms, struct error *err)
{
	bool moved = false;
	enum status st = redis_refresh_await(conn->cluster, deadline_ms, err);
	uint64_t map = conn->cluster->map;

	if (st == ST_OK)
		st = round_flush(conn, space, deadline_ms, err);
	if (st == ST_OK)
		st = redis_survey_moved(conn, map, deadline_ms, &moved, err);
	while (st == ST_STALE || (st == ST_OK && moved)) {
		moved = false;
		st = redis_survey_settle(conn, deadline_ms, err);
		if (st == ST_OK)
			st = round_flush(conn, space, deadline_ms, err);
	}
	return st;
}

enum status
redis_survey_flush(struct cache_conn *conn, const struct cache_space *space,
    int64_t deadline_ms, struct error *err)
{
	enum status st = flush(conn, space, deadline_ms, err);

	conn->asked = NULL;
	return st;
}

static void
add(int64_t *sum, int64_t one)
{
	*sum = *sum < 0 || one < 0 ? -1 : *sum + one;
}

static void
stats_add(struct cache_stats *sum, const struct cache_stats *one)
{
	add(&sum->hits, one->hits);
	add(&sum->misses, one->misses);
	add(&sum->items, one->items);
	add(&sum->bytes, one->bytes);
	add(&sum->bytes_limit, one->bytes_limit);
	add(&sum->evictions, one->evictions);
}

enum status
redis_survey_stats(struct cache_conn *conn, struct cache_stats *out,
    int64_t deadline_ms, struct error *err)
{
	enum status st = redis_refresh_await(conn->cluster, deadline_ms, err);
	struct cache_stats one;

	*out = (struct cache_stats){ 0 };
	for (uint64_t rank = 0; st == ST_OK && redis_survey_visit(conn, &rank);
	     rank++) {
		st = redis_state_stats(conn, &one, deadline_ms, err);
		if (st == ST_OK)
			stats_add(out, &one);
	}
	conn->asked = NULL;
	return st;
}

/* Behind the prefix, a name that lies in a slot of the node that is asked. A
 * prefix with braces may leave it none: any will do then. */
static void
name_make(const struct cache_conn *conn, struct buf *out)
{
	const struct redis_cluster *cluster = conn->cluster;
	struct str prefix = conn->cache->prefix;

	for (unsigned i = 0; i < NAMES_MOST; i++) {
		const struct redis_member *member;

		out->n = 0;
		buf_put(out, prefix);
		buf_printf(out, REDIS_PROBE_NAME ":{%u}", i);
		member =
		    redis_cluster_serves(cluster, redis_slot_of(buf_str(out)));
		if (member != NULL && member->node == conn->asked)
			return;
	}
}

static enum status
node_ping(struct cache_conn *conn, int64_t deadline_ms, struct error *err)
{
	struct buf name = { 0 };
	enum status st;

	name_make(conn, &name);
	st = redis_state_probe(conn,
	    str_skip(buf_str(&name), conn->cache->prefix.n), deadline_ms, err);
	buf_free(&name);
	return st;
}

static enum status
served(const struct redis_cluster *cluster, struct error *err)
{
	for (uint16_t slot = 0; slot < REDIS_SLOTS; slot++)
		if (redis_cluster_serves(cluster, slot) == NULL)
			return error_set(err, ST_UNAVAILABLE,
			    "the cluster has no node for slot %u, and maybe "
			    "others",
			    (unsigned)slot);
	return ST_OK;
}

enum status
redis_survey_ping(
    struct cache_conn *conn, int64_t deadline_ms, struct error *err)
{
	enum status st = redis_refresh_await(conn->cluster, deadline_ms, err);

	if (st == ST_OK)
		st = served(conn->cluster, err);
	for (uint64_t rank = 0; st == ST_OK && redis_survey_visit(conn, &rank);
	     rank++)
		st = node_ping(conn, deadline_ms, err);
	conn->asked = NULL;
	return st;
}
