#include "drivers/cache/redis_refresh.h"

#include "app/base/clock.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_cluster.h"
#include "drivers/cache/redis_conn.h"
#include "drivers/cache/redis_node.h"
#include "drivers/cache/redis_put.h"
#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_run.h"

/* What has no answer by then has none. Others may wait for the node longer than
 * for a map, which comes from elsewhere. */
#define GIVEN_UP_MS 5000
#define LOOK_MS     5 /* between two looks of who waits for it */

void
redis_refresh_want(
    struct redis_cluster *cluster, int64_t now_ms, int64_t gap_ms)
{
	struct redis_refresh *refresh = &cluster->refresh;
	int64_t next_ms = refresh->sent_ms + gap_ms;

	if (next_ms < now_ms)
		next_ms = now_ms;
	if (!refresh->wanted || next_ms < refresh->next_ms)
		refresh->next_ms = next_ms;
	refresh->wanted = true;
	refresh->wanted_ms = now_ms;
}

void
redis_refresh_from(
    struct redis_cluster *cluster, struct redis_member *member, int64_t now_ms)
{
	redis_refresh_want(cluster, now_ms, REDIS_GAP_MS);
	cluster->refresh.turn = member->index;
}

bool
redis_refresh_under_way(const struct redis_refresh *refresh)
{
	for (size_t i = 0; i < REDIS_ASKED_MAX; i++)
		if (refresh->asked[i].member != NULL)
			return true;
	return false;
}

bool
redis_refresh_soon(const struct redis_refresh *refresh, int64_t now_ms)
{
	return redis_refresh_under_way(refresh) &&
	       now_ms - refresh->sent_ms < REDIS_SOON_MS;
}

bool
redis_refresh_asks(
    const struct redis_refresh *refresh, const struct redis_member *member)
{
	for (size_t i = 0; i < REDIS_ASKED_MAX; i++)
		if (refresh->asked[i].member == member)
			return true;
	return false;
}

static struct redis_asked *
room_of(struct redis_refresh *refresh)
{
	for (size_t i = 0; i < REDIS_ASKED_MAX; i++)
		if (refresh->asked[i].member == NULL)
			return &refresh->asked[i];
	return NULL;
}

static bool
can_be_asked(const struct redis_refresh *refresh, struct redis_member *member)
{
	return member != NULL && !redis_member_broken(member) &&
	       !redis_refresh_asks(refresh, member);
}

/* The next that can be asked, of those known, whose turn it is, and then of
 * those that the settings name. */
static struct redis_member *
candidate(struct redis_cluster *cluster)
{
	struct redis_members *members = &cluster->members;
	struct cache *cache = cluster->conn->cache;
	const struct redis_refresh *refresh = &cluster->refresh;
	size_t seed = atomic_load(&cache->seed);
	size_t n = members->n; /* more may come */

	for (size_t i = 0; cluster->known && i < n; i++) {
		struct redis_member *member =
		    members->all[(refresh->turn + i) % n];

		if (can_be_asked(refresh, member))
			return member;
	}
	for (size_t i = 0; i < cache->n_hosts; i++) {
		struct redis_member *member = redis_members_at(
		    members, &cache->hosts[(seed + i) % cache->n_hosts]);

		if (can_be_asked(refresh, member))
			return member;
	}
	return NULL;
}

/* Which of the settings' hosts is asked first from now on. */
static void
seed_keep(struct cache *cache, const struct redis_host *host)
{
	for (size_t i = 0; i < cache->n_hosts; i++)
		if (redis_host_same(&cache->hosts[i], host))
			atomic_store(&cache->seed, i);
}

static void
why_keep(struct redis_refresh *refresh, const struct redis_node *node,
    const char *why)
{
	char server[REDIS_SERVER_BYTES];

	redis_host_show(&node->host, server);
	refresh->why = (struct error){ 0 };
	(void)error_set(&refresh->why, ST_UNAVAILABLE, "%s: %s", server, why);
}

/* Who cannot say where the keys are is of no use, and says why in the log. */
static void
slots_answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply)
{
	struct redis_asked *asked = command->arg;
	struct redis_cluster *cluster = asked->cluster;
	struct redis_refresh *refresh = &cluster->refresh;
	struct error err = { 0 };

	asked->member = NULL;
	if (reply == NULL) {
		why_keep(refresh, node,
		    node->broken ? node->why.text : "the connection was lost");
		return;
	}
	if (asked->sent_ms < refresh->said_ms)
		return;
	if (redis_cluster_map(cluster, node, reply, &err) != ST_OK) {
		why_keep(refresh, node, err.text);
		redis_node_doom(node, err.text);
		return;
	}
	refresh->said_ms = asked->sent_ms;
	if (refresh->said_ms >= refresh->wanted_ms)
		refresh->wanted = false;
	seed_keep(node->cache, &node->host);
}

static void
ask(struct redis_cluster *cluster, struct redis_asked *asked,
    struct redis_node *node, int64_t now_ms)
{
	struct redis_refresh *refresh = &cluster->refresh;
	int64_t until_ms = now_ms + GIVEN_UP_MS;
	struct buf *out = &node->pipe.out;

	*asked = (struct redis_asked){ .cluster = cluster, .sent_ms = now_ms };
	asked->member = node->member;
	asked->run = redis_run_begin(
	    &cluster->conn->runs, &asked->batch, until_ms, &asked->ended);
	redis_put_head(out, 2);
	redis_put(out, STR("CLUSTER"));
	redis_put(out, STR("SLOTS"));
	redis_pipe_add(&node->pipe, asked->run, slots_answer, asked, NULL);
	redis_run_release(asked->run);
	node->member->put = true;
	refresh->sent_ms = now_ms;
	refresh->turn = node->member->index + 1;
}

/* When the next question may be sent. */
static int64_t
next_of(const struct redis_refresh *refresh)
{
	int64_t soon_ms = refresh->sent_ms + REDIS_SOON_MS;

	if (redis_refresh_under_way(refresh) && refresh->next_ms < soon_ms)
		return soon_ms;
	return refresh->next_ms;
}

void
redis_refresh_go(struct redis_cluster *cluster, int64_t now_ms)
{
	struct redis_refresh *refresh = &cluster->refresh;

	while (refresh->wanted && next_of(refresh) <= now_ms) {
		struct redis_asked *room = room_of(refresh);
		struct redis_member *member =
		    room == NULL ? NULL : candidate(cluster);
		struct redis_node *node;

		if (member == NULL)
			return;
		node = redis_member_takes(member, now_ms);
		if (node != NULL)
			ask(cluster, room, node, now_ms);
		else
			why_keep(refresh, member->node, member->node->why.text);
	}
}

void
redis_refresh_late(struct redis_cluster *cluster, int64_t now_ms)
{
	for (size_t i = 0; i < REDIS_ASKED_MAX; i++) {
		const struct redis_asked *asked = &cluster->refresh.asked[i];

		if (asked->member != NULL &&
		    now_ms - asked->sent_ms >= REDIS_SOON_MS)
			redis_node_late(asked->member->node, now_ms);
	}
}

int64_t
redis_refresh_due(struct redis_cluster *cluster)
{
	struct redis_refresh *refresh = &cluster->refresh;

	if (!refresh->wanted || room_of(refresh) == NULL ||
	    candidate(cluster) == NULL)
		return INT64_MAX;
	return next_of(refresh);
}

/* False: nobody can be asked now, and nobody is about to come back. */
static bool
hopeful(struct redis_cluster *cluster, int64_t now_ms)
{
	const struct redis_members *members = &cluster->members;

	if (redis_refresh_under_way(&cluster->refresh) ||
	    candidate(cluster) != NULL)
		return true;
	for (size_t i = 0; i < members->n; i++)
		if (members->all[i] != NULL &&
		    redis_member_hopeful(members->all[i], now_ms))
			return true;
	return false;
}

enum status
redis_refresh_await(
    struct redis_cluster *cluster, int64_t deadline_ms, struct error *err)
{
	const struct redis_refresh *refresh = &cluster->refresh;
	int64_t now_ms = clock_boot_ms();
	int64_t from_ms = now_ms;

	redis_members_hurry(&cluster->members, now_ms);
	redis_refresh_want(cluster, now_ms, 0);
	redis_conn_drive(cluster->conn, now_ms);
	while (refresh->said_ms < from_ms) {
		if (now_ms >= deadline_ms)
			return error_set(err, ST_TIMEOUT,
			    "the nodes of the cluster do not answer in time");
		if (!hopeful(cluster, now_ms))
			return error_set(
			    err, ST_UNAVAILABLE, "%s", refresh->why.text);
		now_ms = redis_conn_wait(cluster->conn, now_ms + LOOK_MS);
	}
	return ST_OK;
}
