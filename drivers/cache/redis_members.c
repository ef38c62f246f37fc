#include "drivers/cache/redis_members.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "app/base/hash.h"
#include "drivers/cache/redis_cluster.h"
#include "drivers/cache/redis_conn.h"
#include "drivers/cache/redis_node.h"

#define EVENTS 64

static void
node_drop(struct redis_member *member)
{
	if (member->node == NULL)
		return;
	redis_node_close(member->node);
	free(member->node);
	member->node = NULL;
}

void
redis_member_drop(struct redis_member *member)
{
	struct redis_members *members = &member->cluster->members;

	node_drop(member);
	members->all[member->index] = NULL;
	while (members->n > 0 && members->all[members->n - 1] == NULL)
		members->n--;
	free(member);
}

void
redis_members_close(struct redis_members *members)
{
	while (members->n > 0)
		redis_member_drop(members->all[members->n - 1]);
}

static struct redis_member *
member_make(struct redis_members *members, const struct redis_host *host)
{
	struct redis_member *member;
	size_t i = 0;

	while (i < members->n && members->all[i] != NULL)
		i++;
	if (i == REDIS_MEMBERS_MAX)
		return NULL;
	member = calloc(1, sizeof(*member));
	if (member == NULL)
		abort();
	member->cluster = members->cluster;
	member->host = *host;
	member->index = i;
	members->all[i] = member;
	if (i == members->n)
		members->n++;
	return member;
}

struct redis_member *
redis_members_at(struct redis_members *members, const struct redis_host *host)
{
	for (size_t i = 0; i < members->n; i++)
		if (members->all[i] != NULL &&
		    redis_host_same(&members->all[i]->host, host))
			return members->all[i];
	return member_make(members, host);
}

void
redis_member_name(struct redis_member *member, struct str id)
{
	static const uint8_t unkeyed[HASH_KEY_BYTES];

	member->rank = hash_keyed(unkeyed, id) >> 1; /* one may follow */
}

struct redis_member *
redis_members_from(const struct redis_members *members, uint64_t rank)
{
	struct redis_member *first = NULL;

	for (size_t i = 0; i < members->n; i++) {
		struct redis_member *member = members->all[i];

		if (member == NULL || member->rank < rank ||
		    (!member->listed && !member->receives))
			continue;
		if (first == NULL || member->rank < first->rank)
			first = member;
	}
	return first;
}

struct redis_node *
redis_member_node(struct redis_member *member)
{
	struct cache_conn *conn = member->cluster->conn;

	if (member->node != NULL)
		return member->node;
	member->node = malloc(sizeof(*member->node));
	if (member->node == NULL)
		abort();
	redis_node_open(member->node, conn->cache, conn->epoll, &member->host);
	member->node->member = member;
	return member->node;
}

struct redis_node *
redis_member_takes(struct redis_member *member, int64_t now_ms)
{
	struct redis_node *node = redis_member_node(member);

	member->used_ms = now_ms;
	return redis_node_takes(node, now_ms) ? node : NULL;
}

bool
redis_member_broken(const struct redis_member *member)
{
	return member->node != NULL && member->node->broken;
}

bool
redis_members_broken(const struct redis_members *members)
{
	for (size_t i = 0; i < members->n; i++)
		if (members->all[i] != NULL &&
		    redis_member_broken(members->all[i]))
			return true;
	return false;
}

bool
redis_member_hopeful(const struct redis_member *member, int64_t now_ms)
{
	const struct redis_node *node = member->node;

	return redis_member_broken(member) && node->state != REDIS_WAITING &&
	       now_ms < node->patient_ms;
}

/* Which of them have something to be read, or room for what is to be
 * written. */
static void
events_take(int epoll)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(epoll, events, EVENTS, 0);

	for (int i = 0; i < n; i++) {
		struct redis_watch *watch = events[i].data.ptr;

		if (watch != NULL) /* the timer's */
			watch->ready = true;
	}
}

/* True: it is back. */
static bool
drive(struct redis_node *node, int64_t now_ms)
{
	bool broken = node->broken;

	if (!node->watch.ready && redis_node_due(node) > now_ms) {
		node->driven_ms = now_ms;
		return false;
	}
	node->watch.ready = false;
	redis_node_drive(node, now_ms);
	return broken && !node->broken;
}

static bool
drive_all(struct redis_members *members, int64_t now_ms)
{
	bool back = false;

	for (size_t i = 0; i < members->n; i++) {
		struct redis_member *member = members->all[i];

		if (member != NULL && member->node != NULL &&
		    drive(member->node, now_ms))
			back = true;
	}
	return back;
}

void
redis_members_hurry(struct redis_members *members, int64_t now_ms)
{
	for (size_t i = 0; i < members->n; i++) {
		struct redis_member *member = members->all[i];

		if (member != NULL && member->node != NULL)
			redis_node_hurry(member->node, now_ms);
	}
}

void
redis_members_drive(struct redis_members *members, int epoll, int64_t now_ms)
{
	events_take(epoll);
	if (!drive_all(members, now_ms))
		return;
	redis_members_hurry(members, now_ms);
	(void)drive_all(members, now_ms);
}

bool
redis_members_flush(struct redis_members *members, int64_t now_ms)
{
	bool some = false;

	for (size_t i = 0; i < members->n; i++) {
		struct redis_member *member = members->all[i];

		if (member == NULL || !member->put)
			continue;
		member->put = false;
		some = true;
		redis_node_flush(member->node, now_ms);
	}
	return some;
}

void
redis_members_late(
    struct redis_members *members, const struct redis_run *run, int64_t now_ms)
{
	for (size_t i = 0; i < members->n; i++) {
		struct redis_member *member = members->all[i];

		if (member != NULL && member->node != NULL &&
		    redis_queue_holds(&member->node->pipe.queue, run))
			redis_node_late(member->node, now_ms);
	}
}

int64_t
redis_members_due(const struct redis_members *members)
{
	int64_t due_ms = INT64_MAX;

	for (size_t i = 0; i < members->n; i++) {
		const struct redis_member *member = members->all[i];
		int64_t one_ms = member == NULL || member->node == NULL
				     ? INT64_MAX
				     : redis_node_due(member->node);

		if (one_ms < due_ms)
			due_ms = one_ms;
	}
	return due_ms;
}
