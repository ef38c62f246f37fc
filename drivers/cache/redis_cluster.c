#include "drivers/cache/redis_cluster.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/hash.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_conn.h"
#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_route.h"
#include "drivers/cache/redis_share.h"

#define PATIENT_MS 5     /* between two looks at what one waits for */
#define IDLE_MS    10000 /* after which a node that is not listed is let go */

struct redis_cluster *
redis_cluster_open(struct cache_conn *conn)
{
	struct redis_cluster *cluster = calloc(1, sizeof(*cluster));

	if (cluster == NULL)
		abort();
	cluster->conn = conn;
	cluster->members.cluster = cluster;
	redis_later_init(&cluster->later);
	return cluster;
}

void
redis_cluster_close(struct redis_cluster *cluster)
{
	if (cluster == NULL)
		return;
	redis_later_free(&cluster->later);
	redis_members_close(&cluster->members);
	buf_free(&cluster->name);
	free(cluster);
}

struct redis_member *
redis_cluster_serves(const struct redis_cluster *cluster, uint16_t slot)
{
	uint16_t place = cluster->slots[slot];

	return place == 0 ? NULL : cluster->members.all[place - 1];
}

bool
redis_cluster_mapped(const struct redis_cluster *cluster, int64_t now_ms)
{
	return cluster->known &&
	       now_ms - cluster->refresh.said_ms <= REDIS_MAP_MS;
}

/* Of a row of the map; the order of rows does not matter. */
static uint64_t
share_hash(const struct redis_share *share)
{
	static const uint8_t unkeyed[HASH_KEY_BYTES];
	uint64_t words[3] = { share->first, share->last,
		hash_keyed(unkeyed, share->id) };

	return hash_keyed(unkeyed, str_make((char *)words, sizeof(words)));
}

static bool
rows_sound(const struct redis_reply *reply, const struct redis_node *node)
{
	struct redis_share share;

	if (reply->type != REDIS_ARRAY || reply->n == 0)
		return false;
	for (size_t i = 0; i < reply->n; i++)
		if (!redis_share_read(&reply->items[i], &node->host, &share))
			return false;
	return true;
}

/* Those for whom there is no place serve nothing. */
static void
row_take(struct redis_cluster *cluster, const struct redis_share *share)
{
	struct redis_member *member =
	    redis_members_at(&cluster->members, &share->host);

	cluster->map += share_hash(share);
	if (member == NULL)
		return;
	redis_member_name(member, share->id);
	member->listed = true;
	for (size_t slot = share->first; slot <= share->last; slot++)
		cluster->slots[slot] = (uint16_t)(member->index + 1);
}

enum status
redis_cluster_map(struct redis_cluster *cluster, const struct redis_node *node,
    const struct redis_reply *reply, struct error *err)
{
	struct redis_share share;

	if (reply->type == REDIS_ERROR)
		return error_set(err, ST_UNAVAILABLE,
		    "it answers CLUSTER SLOTS with \"%.*s\"",
		    STR_ARG(redis_reply_shown(reply->text)));
	if (!rows_sound(reply, node))
		return error_set(err, ST_UNAVAILABLE,
		    "it does not know which nodes serve the slots "
		    "(CLUSTER SLOTS)");
	for (size_t i = 0; i < cluster->members.n; i++)
		if (cluster->members.all[i] != NULL)
			cluster->members.all[i]->listed = false;
	memset(cluster->slots, 0, sizeof(cluster->slots));
	cluster->map = 0;
	for (size_t i = 0; i < reply->n; i++)
		if (redis_share_read(&reply->items[i], &node->host, &share))
			row_take(cluster, &share);
	cluster->known = true;
	cluster->crowded = true;
	redis_later_mapped(&cluster->later);
	return ST_OK;
}

static bool
serves(const struct redis_cluster *cluster, const struct redis_member *member)
{
	size_t slot = 0;

	while (slot < REDIS_SLOTS && cluster->slots[slot] != member->index + 1)
		slot++;
	return slot < REDIS_SLOTS;
}

/* Whether nothing speaks of it any more. */
static bool
forgotten(const struct redis_cluster *cluster,
    const struct redis_member *member, int64_t now_ms)
{
	const struct redis_node *node = member->node;

	if (member->listed || member->receives ||
	    redis_later_names(&cluster->later, member) ||
	    redis_refresh_asks(&cluster->refresh, member))
		return false;
	if (node != NULL &&
	    (node->pipe.queue.n > 0 || node == cluster->conn->asked))
		return false;
	if (node != NULL && !node->broken && now_ms - member->used_ms < IDLE_MS)
		return false;
	return !serves(cluster, member); /* as others have said since */
}

/* Lets go of the nodes that have left, once after each answer. */
static void
tidy(struct redis_cluster *cluster, int64_t now_ms)
{
	struct redis_members *members = &cluster->members;

	if (!cluster->crowded)
		return;
	cluster->crowded = false;
	for (size_t i = members->n; i-- > 0;)
		if (members->all[i] != NULL &&
		    forgotten(cluster, members->all[i], now_ms))
			redis_member_drop(members->all[i]);
}

void
redis_cluster_go(struct redis_cluster *cluster, int64_t now_ms)
{
	struct redis_wait wait;

	do {
		redis_route_later(cluster, now_ms);
		redis_refresh_go(cluster, now_ms);
		if (redis_refresh_under_way(&cluster->refresh))
			continue;
		while (redis_later_take_unmapped(&cluster->later, &wait)) {
			redis_run_fail(wait.run, ST_UNAVAILABLE);
			redis_route_give_up(&wait);
		}
	} while (redis_members_flush(&cluster->members, now_ms));
	tidy(cluster, now_ms);
}

void
redis_cluster_drive(struct redis_cluster *cluster, int64_t now_ms)
{
	redis_members_drive(&cluster->members, cluster->conn->epoll, now_ms);
	redis_cluster_go(cluster, now_ms);
}

/* Of a member that is broken, so that its operations would fail at once. */
static bool
worth_waiting(const struct redis_cluster *cluster,
    const struct redis_member *member, int64_t now_ms)
{
	return redis_member_hopeful(member, now_ms) ||
	       redis_refresh_soon(&cluster->refresh, now_ms);
}

/* Whether a member that the operations need is about to come back. Without a
 * map, any will do. */
static bool
patient(struct redis_cluster *cluster, struct cache_op *const *ops, size_t n,
    int64_t now_ms)
{
	const struct redis_members *members = &cluster->members;

	for (size_t i = 0; cluster->known && i < n; i++) {
		const struct redis_member *member =
		    cache_op_valid(ops[i])
			? redis_route_of(cluster, NULL, ops[i])
			: NULL;

		if (member != NULL && redis_member_broken(member) &&
		    worth_waiting(cluster, member, now_ms))
			return true;
	}
	if (cluster->known || redis_refresh_under_way(&cluster->refresh))
		return false;
	for (size_t i = 0; i < members->n; i++)
		if (members->all[i] != NULL &&
		    redis_member_hopeful(members->all[i], now_ms))
			return true;
	return false;
}

void
redis_cluster_await(struct redis_cluster *cluster, struct cache_op *const *ops,
    size_t n, int64_t deadline_ms)
{
	int64_t now_ms;

	if (!redis_members_broken(&cluster->members))
		return;
	now_ms = clock_boot_ms();
	redis_cluster_drive(cluster, now_ms);
	while (now_ms < deadline_ms && patient(cluster, ops, n, now_ms))
		now_ms = redis_conn_wait(cluster->conn, now_ms + PATIENT_MS);
}

void
redis_cluster_late(
    struct redis_cluster *cluster, struct redis_run *run, int64_t now_ms)
{
	struct redis_wait wait;

	while (redis_later_take_run(&cluster->later, run, &wait)) {
		redis_run_fail(run, ST_TIMEOUT);
		if (wait.due_ms == REDIS_LATER_MAP)
			redis_refresh_late(cluster, now_ms);
		redis_route_give_up(&wait);
	}
	redis_members_late(&cluster->members, run, now_ms);
}

int64_t
redis_cluster_due(struct redis_cluster *cluster)
{
	int64_t due_ms = redis_members_due(&cluster->members);
	int64_t refresh_ms = redis_refresh_due(cluster);
	int64_t later_ms = redis_later_due(&cluster->later);

	if (refresh_ms < due_ms)
		due_ms = refresh_ms;
	return later_ms < due_ms ? later_ms : due_ms;
}
