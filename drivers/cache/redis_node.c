#include "drivers/cache/redis_node.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "drivers/cache/redis_attempt.h"
#include "drivers/cache/redis_circuit.h"
#include "drivers/cache/redis_intake.h"
#include "drivers/cache/redis_lease.h"
#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_sentinels.h"

#define AWAY_MS    100
#define CHECK_MS   1000        /* between two checks that it is a master */
#define REPLY_MOST (64u << 20) /* the largest CACHE_MAX_VALUE there is */

void
redis_node_open(struct redis_node *node, struct cache *cache, int epoll,
    const struct redis_host *host)
{
	*node = (struct redis_node){
		.cache = cache,
		.host = *host,
		.link = REDIS_LINK_NONE,
		.watch = { .epoll = epoll, .fd = -1 },
		.reader = redis_reader_new(REPLY_MOST),
		.in = malloc(REDIS_IN_BYTES),
	};
	if (node->in == NULL)
		abort();
	redis_circuit_rest(node);
}

/* A sentinel that is asked nothing is not driven: that it has ended its link
 * shows when it is asked again. */
static bool
deaf(const struct redis_node *node)
{
	return node->host.sentinel && node->state == REDIS_READY &&
	       node->pipe.queue.n == 0;
}

/* Watches what the state waits for. */
static void
watch_state(struct redis_node *node)
{
	struct redis_watch *watch = &node->watch;
	bool pending = node->state == REDIS_READY
			   ? redis_pipe_pending(&node->pipe) && !node->held
			   : node->greet.out_at < node->greet.out.n;

	switch (node->state) {
	case REDIS_IDLE:
	case REDIS_ASKING:
	case REDIS_WAITING:
		redis_watch_end(watch);
		break;
	case REDIS_FINDING:
		redis_watch_set(watch, redis_lookup_fd(node->lookup), EPOLLIN);
		break;
	case REDIS_LINKING:
		redis_watch_set(watch, node->link.fd,
		    node->link.writes ? EPOLLOUT : EPOLLIN);
		break;
	case REDIS_GREETING:
	case REDIS_READY:
		if (deaf(node))
			redis_watch_end(watch);
		else
			redis_watch_set(watch, node->link.fd,
			    pending ? EPOLLIN | EPOLLOUT : EPOLLIN);
		break;
	}
}

void
redis_node_close(struct redis_node *node)
{
	redis_circuit_unlink(node);
	redis_lookup_drop(node->lookup);
	redis_reader_free(node->reader);
	redis_pipe_free(&node->pipe);
	redis_greet_free(&node->greet);
	free(node->in);
}

/* Of commands that are to be sent, and of those that are not answered: nobody
 * waits for a former master, which may hang. */
static enum status
lease_look(struct redis_node *node, int64_t now_ms)
{
	if (node->sentinels == NULL || node->pipe.queue.n == 0)
		return ST_OK;
	node->looked_ms = now_ms;
	return redis_sentinels_confirm(node->sentinels, &node->host, now_ms);
}

static enum status
commands_write(struct redis_node *node, int64_t now_ms, struct error *err)
{
	enum status st = lease_look(node, now_ms);

	node->held = st == ST_TIMEOUT && redis_pipe_pending(&node->pipe);
	if (st == ST_REFUSED)
		return error_set(
		    err, ST_UNAVAILABLE, "another server is the master now");
	if (node->held)
		return ST_MISSING;
	return redis_pipe_write(&node->pipe, &node->link, err);
}

/* False: the link has ended. */
static bool
flush(struct redis_node *node, int64_t now_ms)
{
	struct redis_greet *greet = &node->greet;
	struct error err = { 0 };
	enum status st;

	if (node->state == REDIS_READY)
		st = commands_write(node, now_ms, &err);
	else
		st = redis_link_drain(
		    &node->link, &greet->out, &greet->out_at, &err);
	if (st == ST_UNAVAILABLE)
		redis_circuit_lose(node, err.text, now_ms);
	return st != ST_UNAVAILABLE;
}

void
redis_node_flush(struct redis_node *node, int64_t now_ms)
{
	if (node->state == REDIS_READY)
		(void)flush(node, now_ms);
	watch_state(node);
}

bool
redis_node_takes(struct redis_node *node, int64_t now_ms)
{
	if (node->state == REDIS_READY && node->pipe.queue.n == 0)
		redis_intake_read(node, now_ms);
	if (node->state == REDIS_IDLE)
		redis_circuit_begin(node, now_ms);
	if (node->broken)
		return false;
	if (node->state == REDIS_READY && !node->host.sentinel &&
	    now_ms - node->checked_ms >= CHECK_MS) {
		node->checked_ms = now_ms;
		redis_greet_check(node);
	}
	return true;
}

/* One step of what the state waits for; false: there is no more to do. */
static bool
step(struct redis_node *node, int64_t now_ms)
{
	struct error err = { 0 };
	enum status st;

	switch (node->state) {
	case REDIS_ASKING:
	case REDIS_FINDING:
	case REDIS_LINKING:
		st = redis_attempt_step(node, now_ms, &err);
		if (st == ST_UNAVAILABLE)
			redis_circuit_fail(node, err.text, now_ms);
		return st == ST_OK;
	case REDIS_GREETING:
	case REDIS_READY:
		if (flush(node, now_ms))
			redis_intake_read(node, now_ms);
		/* The greeting lets go of what has waited for it. */
		if (node->state == REDIS_READY)
			(void)flush(node, now_ms);
		return false;
	case REDIS_IDLE:
	case REDIS_WAITING:
		break;
	}
	return false;
}

/* An attempt that somebody waits for does not fail because we had no time to
 * look: what has come meanwhile is taken first, and followed up. */
static void
grace(struct redis_node *node, int64_t now_ms)
{
	bool away = now_ms - node->driven_ms > AWAY_MS;

	node->driven_ms = now_ms;
	if (away && node->state != REDIS_WAITING && node->pipe.queue.n > 0 &&
	    node->due_ms < now_ms + AWAY_MS)
		node->due_ms = now_ms + AWAY_MS;
}

static bool
overdue(const struct redis_node *node, int64_t now_ms)
{
	return node->state != REDIS_IDLE && node->state != REDIS_READY &&
	       node->due_ms <= now_ms;
}

void
redis_node_drive(struct redis_node *node, int64_t now_ms)
{
	struct error err = { 0 };

	grace(node, now_ms);
	while (step(node, now_ms))
		;
	if (node->state != REDIS_WAITING && overdue(node, now_ms)) {
		redis_attempt_expire(node);
		redis_attempt_missed(node, &err);
		redis_circuit_fail(node, err.text, now_ms);
	}
	if (overdue(node, now_ms)) {
		redis_circuit_begin(node, now_ms);
		while (step(node, now_ms))
			;
	}
	watch_state(node);
}

void
redis_node_late(struct redis_node *node, int64_t now_ms)
{
	struct error err = { 0 };

	redis_attempt_missed(node, &err);
	if (node->state == REDIS_READY)
		redis_circuit_fail(node, err.text, now_ms);
	else if (node->pipe.queue.n > 0)
		redis_circuit_trip(node, err.text, now_ms);
	watch_state(node);
}

void
redis_node_hurry(struct redis_node *node, int64_t now_ms)
{
	if (node->state == REDIS_WAITING && node->due_ms > now_ms)
		node->due_ms = now_ms;
}

void
redis_node_doom(struct redis_node *node, const char *why)
{
	node->why = (struct error){ 0 };
	(void)error_set(&node->why, ST_UNAVAILABLE, "%s", why);
	node->doomed = true;
}

int64_t
redis_node_due(const struct redis_node *node)
{
	switch (node->state) {
	case REDIS_ASKING:
	case REDIS_FINDING:
	case REDIS_LINKING:
	case REDIS_GREETING:
	case REDIS_WAITING:
		return node->due_ms;
	case REDIS_READY:
		if (node->sentinels != NULL && node->pipe.queue.n > 0)
			return node->looked_ms + REDIS_RENEW_MS;
		break;
	case REDIS_IDLE:
		break;
	}
	return INT64_MAX;
}
