#include "drivers/cache/redis_route.h"

#include "drivers/cache/cache.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_cluster.h"
#include "drivers/cache/redis_conn.h"
#include "drivers/cache/redis_count.h"
#include "drivers/cache/redis_loose.h"
#include "drivers/cache/redis_name.h"
#include "drivers/cache/redis_op.h"
#include "drivers/cache/redis_redirect.h"
#include "drivers/cache/redis_reply.h"

#define PAUSE_MS 10
#define AWAY_MS  500 /* between two questions who replaces a lost node */
#define DOWN_MS  500 /* so long one waits for a cluster that is down */
#define AHEAD_MS (REDIS_MAP_MS / 2) /* a map is confirmed so long before */

struct redis_member *
redis_route_of(struct redis_cluster *cluster, const struct redis_run *run,
    const struct cache_op *op)
{
	struct buf *name = &cluster->name;

	name->n = 0;
	redis_name_append(name, cluster->conn->cache->prefix,
	    op == NULL ? run->counts[0] : op);
	return redis_cluster_serves(cluster, redis_slot_of(buf_str(name)));
}

void
redis_route_give_up(const struct redis_wait *wait)
{
	struct redis_run *run = wait->run;

	if (wait->op == NULL)
		(void)cache_ops_fail(run->counts, run->n_counts, run->status);
	else if (cache_op_counts(wait->op))
		redis_loose_fail(run, wait->op);
	else
		wait->op->status = run->status;
	redis_run_release(run);
}

static void
put(struct redis_node *node, const struct redis_wait *wait)
{
	struct redis_pipe *pipe = &node->pipe;

	pipe->hops = wait->hops;
	pipe->asking = wait->asking;
	if (wait->op == NULL)
		redis_count_send(node, wait->run);
	else if (cache_op_counts(wait->op))
		redis_loose_send(node, wait->run, wait->op);
	else
		redis_op_send(node, wait->run, wait->op);
	pipe->hops = 0;
	pipe->asking = false;
	node->member->put = true;
}

/* The member is away. Somebody may have replaced it since the map was asked
 * for. */
static bool
replaced(const struct redis_cluster *cluster, const struct redis_member *member)
{
	return cluster->refresh.said_ms <= member->node->failed_ms;
}

/* Whether one waits for a new map, and until when: nothing may be sent to a
 * member that is not known to be the right one. */
static bool
needs_map(struct redis_cluster *cluster, const struct redis_member *member,
    struct redis_wait *wait, int64_t now_ms)
{
	wait->due_ms = REDIS_LATER_MAP;
	if (!cluster->known || member == NULL || !redis_member_broken(member))
		return !redis_cluster_mapped(cluster, now_ms);
	if (wait->hasty || !replaced(cluster, member))
		return false;
	wait->hasty = true;
	wait->due_ms = now_ms + REDIS_SOON_MS;
	return true;
}

/* Puts an operation, whose run is held for it, or leaves it to wait. */
static void
deliver(struct redis_cluster *cluster, struct redis_wait *wait, int64_t now_ms)
{
	struct redis_member *member = wait->member;
	struct redis_node *node = NULL;

	if (member == NULL)
		member = redis_route_of(cluster, wait->run, wait->op);
	if (needs_map(cluster, member, wait, now_ms)) {
		redis_refresh_want(cluster, now_ms, 0);
		redis_later_add(&cluster->later, wait);
		redis_run_release(wait->run);
		return;
	}
	if (member != NULL)
		node = redis_member_takes(member, now_ms);
	if (node == NULL) {
		redis_refresh_want(cluster, now_ms, AWAY_MS);
		redis_run_fail(wait->run, ST_UNAVAILABLE);
		redis_route_give_up(wait);
		return;
	}
	put(node, wait);
	redis_run_release(wait->run);
}

void
redis_route_later(struct redis_cluster *cluster, int64_t now_ms)
{
	struct redis_wait wait;

	while (redis_later_take(&cluster->later, now_ms, &wait))
		deliver(cluster, &wait, now_ms);
}

static void
op_send(struct redis_cluster *cluster, struct redis_run *run,
    struct cache_op *op, int64_t now_ms)
{
	struct redis_wait wait = { .run = run, .op = op };

	run->left++;
	deliver(cluster, &wait, now_ms);
}

void
redis_route_send(
    struct redis_cluster *cluster, struct redis_run *run, int64_t now_ms)
{
	const struct cache_batch *batch = run->batch;
	bool counting = false;

	if (!cluster->refresh.wanted &&
	    now_ms - cluster->refresh.said_ms >= AHEAD_MS)
		redis_refresh_want(cluster, now_ms, REDIS_GAP_MS);
	for (size_t i = 0; i < batch->n; i++) {
		struct cache_op *op = batch->ops[i];

		if (cache_op_counts(op))
			counting = true;
		else if (cache_op_valid(op))
			op_send(cluster, run, op, now_ms);
		else
			op->status = ST_INVALID;
	}
	/* Counters and values do not see each other: either may come first. */
	if (counting && redis_count_gather(run))
		op_send(cluster, run, NULL, now_ms);
}

/* False: there is not enough time left for an answer, which would be missed in
 * vain. */
static bool
again(struct redis_cluster *cluster, struct redis_wait *wait, int64_t now_ms)
{
	wait->due_ms = now_ms;
	if (wait->hops > REDIS_HOPS_MAX)
		wait->member = NULL;
	if (wait->member == NULL) {
		wait->asking = false;
		wait->hops = 0;
		wait->due_ms += PAUSE_MS;
		if (wait->due_ms + REDIS_SOON_MS > wait->run->deadline_ms)
			return false;
	}
	redis_later_add(&cluster->later, wait);
	return true;
}

static bool
moved(struct redis_node *node, struct redis_wait *wait,
    const struct redis_target *target, int64_t now_ms)
{
	struct redis_cluster *cluster = node->member->cluster;

	wait->member = redis_members_at(&cluster->members, &target->host);
	if (wait->member == NULL)
		return false;
	/* It may have become another's replica. */
	node->checked_ms = 0;
	cluster->slots[target->slot] = (uint16_t)(wait->member->index + 1);
	redis_refresh_from(cluster, wait->member, now_ms);
	return again(cluster, wait, now_ms);
}

static bool
ask(struct redis_node *node, struct redis_wait *wait,
    const struct redis_target *target, int64_t now_ms)
{
	struct redis_cluster *cluster = node->member->cluster;

	wait->member = redis_members_at(&cluster->members, &target->host);
	if (wait->member == NULL)
		return false;
	wait->asking = true;
	return again(cluster, wait, now_ms);
}

static bool
try_again(struct redis_node *node, struct redis_wait *wait, int64_t now_ms)
{
	struct redis_cluster *cluster = node->member->cluster;
	struct redis_run *run = wait->run;

	if (wait->op != NULL || run->n_counts == 1)
		return again(cluster, wait, now_ms);
	redis_loose_begin(run);
	wait->due_ms = now_ms;
	for (size_t i = 0; i < run->n_counts; i++) {
		wait->op = run->counts[i];
		redis_later_add(&cluster->later, wait);
	}
	return true;
}

/* One waits for a while, and then no more until an answer comes. */
static bool
down(struct redis_node *node, struct redis_wait *wait, int64_t now_ms)
{
	struct redis_member *member = node->member;

	redis_refresh_want(member->cluster, now_ms, AWAY_MS);
	if (member->down_ms == 0)
		member->down_ms = now_ms;
	return now_ms - member->down_ms < DOWN_MS &&
	       again(member->cluster, wait, now_ms);
}

bool
redis_route_redirect(struct redis_node *node,
    const struct redis_command *command, const struct redis_reply *reply,
    int64_t now_ms)
{
	struct redis_wait wait = { .run = command->run,
		.op = command->arg,
		.hops = (uint8_t)(command->hops + 1) };
	struct redis_target target;

	if (command->run == NULL || command->run->batch->n == 0)
		return false;
	switch (redis_redirect_of(reply, &node->host, &target)) {
	case REDIS_MOVED:
		return moved(node, &wait, &target, now_ms);
	case REDIS_ASK:
		return ask(node, &wait, &target, now_ms);
	case REDIS_TRYAGAIN:
		return try_again(node, &wait, now_ms);
	case REDIS_DOWN:
		return down(node, &wait, now_ms);
	case REDIS_STAYS:
		break;
	}
	node->member->down_ms = 0;
	return false;
}

bool
redis_route_unsent(struct redis_node *node, const struct redis_command *command,
    int64_t now_ms)
{
	struct redis_wait wait = { .run = command->run,
		.op = command->arg,
		.hops = (uint8_t)(command->hops + 1) };

	if (command->run == NULL || command->run->batch->n == 0 ||
	    command->run->deadline_ms <= now_ms || wait.hops > REDIS_HOPS_MAX)
		return false;
	redis_later_add(&node->member->cluster->later, &wait);
	return true;
}
