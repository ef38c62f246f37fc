#include "drivers/cache/redis_attempt.h"

#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_node.h"
#include "drivers/cache/redis_sentinels.h"

/* How long a caller may wait for each step of an attempt while the circuit is
 * open: a server that is back answers in much less. */
#define PATIENCE_MS 25

/* Connects to the next address that can be. */
static enum status
link_next(struct redis_node *node, struct error *err)
{
	while (node->place < node->n_places) {
		size_t i = (node->silent + node->place++) % node->n_places;
		const struct redis_place *place = &node->places[i];

		*err = (struct error){ 0 };
		if (redis_link_open(&node->link, place, node->cache->tls,
			node->host.name, err) == ST_OK) {
			node->state = REDIS_LINKING;
			return ST_OK;
		}
	}
	return ST_UNAVAILABLE;
}

/* The host is known: looks it up, or connects. */
static enum status
host_seek(struct redis_node *node, struct error *err)
{
	node->place = 0;
	node->n_places = 1;
	if (redis_host_place(&node->host, &node->places[0]))
		return link_next(node, err);
	node->state = REDIS_FINDING;
	/* The look-up of an earlier attempt may still go on. */
	if (node->lookup == NULL)
		node->lookup = redis_lookup_begin(&node->host, err);
	return node->lookup == NULL ? ST_UNAVAILABLE : ST_OK;
}

/* ST_TIMEOUT: the sentinels have not named a master. */
static enum status
master_seek(struct redis_node *node, int64_t now_ms, struct error *err)
{
	struct redis_host before = node->host;
	enum status st = redis_sentinels_find(
	    node->sentinels, node->failed_ms, now_ms, &node->host);

	if (st == ST_UNAVAILABLE)
		redis_sentinels_why(node->sentinels, err);
	if (st != ST_OK)
		return st;
	node->due_ms = now_ms + node->cache->timeout_ms;
	node->patient_ms = now_ms + PATIENCE_MS;
	if (!redis_host_same(&before, &node->host)) {
		redis_lookup_drop(node->lookup);
		node->lookup = NULL;
		node->silent = 0;
	}
	return host_seek(node, err);
}

enum status
redis_attempt_begin(struct redis_node *node, int64_t now_ms, struct error *err)
{
	enum status st;

	node->due_ms = now_ms + node->cache->timeout_ms;
	node->patient_ms = now_ms + PATIENCE_MS;
	if (node->sentinels == NULL)
		return host_seek(node, err);
	node->state = REDIS_ASKING;
	st = master_seek(node, now_ms, err);
	return st == ST_TIMEOUT ? ST_OK : st;
}

static enum status
find(struct redis_node *node, struct error *err)
{
	enum status st = redis_lookup_result(
	    node->lookup, node->places, &node->n_places, err);

	if (st == ST_TIMEOUT)
		return st;
	redis_watch_end(&node->watch);
	redis_lookup_drop(node->lookup);
	node->lookup = NULL;
	return st == ST_OK ? link_next(node, err) : st;
}

enum status
redis_attempt_step(struct redis_node *node, int64_t now_ms, struct error *err)
{
	enum status st;

	if (node->state == REDIS_ASKING)
		return master_seek(node, now_ms, err);
	if (node->state == REDIS_FINDING)
		return find(node, err);
	st = redis_link_ready(&node->link, err);
	if (st == ST_TIMEOUT)
		return st;
	node->patient_ms = now_ms + PATIENCE_MS;
	if (st == ST_OK) {
		node->state = REDIS_GREETING;
		redis_greet_begin(
		    &node->greet, node->cache, node->host.sentinel);
		return st;
	}
	redis_watch_end(&node->watch);
	redis_link_close(&node->link);
	if (node->place < node->n_places)
		return link_next(node, err);
	return st;
}

void
redis_attempt_expire(struct redis_node *node)
{
	if (node->state == REDIS_LINKING)
		node->silent += node->place;
}

static const char *
missed(const struct redis_node *node)
{
	switch (node->state) {
	case REDIS_FINDING:
		return "its name is not looked up in time";
	case REDIS_LINKING:
		if (node->link.connected)
			return "it does not speak TLS in time (REDIS_TLS)";
		return "it takes no connection in time";
	default:
		return "it does not answer in time";
	}
}

void
redis_attempt_missed(const struct redis_node *node, struct error *err)
{
	if (node->state == REDIS_ASKING || node->held)
		redis_sentinels_why(node->sentinels, err);
	else
		(void)error_set(err, ST_UNAVAILABLE, "%s", missed(node));
}
