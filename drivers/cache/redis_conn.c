#include "drivers/cache/redis_conn.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_cluster.h"
#include "drivers/cache/redis_count.h"
#include "drivers/cache/redis_op.h"
#include "drivers/cache/redis_route.h"
#include "drivers/cache/redis_sentinels.h"

#define MS_PER_S  1000
#define NS_PER_MS 1000000
#define WAIT_MOST 60000 /* of one poll() */

static void
node_open(struct cache_conn *conn)
{
	const struct redis_host unknown = { .name = "" };
	struct cache *cache = conn->cache;

	conn->sentinels = redis_sentinels_open(cache, conn->epoll);
	redis_node_open(&conn->node, cache, conn->epoll,
	    cache->sentinels ? &unknown : &cache->hosts[0]);
	conn->node.sentinels = conn->sentinels;
	conn->asked = &conn->node;
}

enum status
redis_conn_open(struct cache *cache, struct cache_conn **out, struct error *err)
{
	struct cache_conn *conn = calloc(1, sizeof(*conn));
	struct epoll_event event = { .events = EPOLLIN };

	if (conn == NULL)
		abort();
	conn->cache = cache;
	conn->timer_ms = INT64_MAX;
	redis_runs_init(&conn->runs);
	conn->epoll = epoll_create1(EPOLL_CLOEXEC);
	conn->timer =
	    timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (cache->cluster)
		conn->cluster = redis_cluster_open(conn);
	else
		node_open(conn);
	if (conn->epoll < 0 || conn->timer < 0 ||
	    epoll_ctl(conn->epoll, EPOLL_CTL_ADD, conn->timer, &event) != 0) {
		(void)error_set(
		    err, ST_UNAVAILABLE, "redis: %s", strerror(errno));
		redis_conn_close(conn);
		return ST_UNAVAILABLE;
	}
	*out = conn;
	return ST_OK;
}

void
redis_conn_close(struct cache_conn *conn)
{
	if (conn->cluster != NULL)
		redis_cluster_close(conn->cluster);
	else
		redis_node_close(&conn->node);
	redis_sentinels_close(conn->sentinels);
	redis_runs_free(&conn->runs);
	if (conn->timer >= 0)
		(void)close(conn->timer);
	if (conn->epoll >= 0)
		(void)close(conn->epoll);
	free(conn);
}

int64_t
redis_conn_due(const struct cache_conn *conn)
{
	int64_t due_ms = redis_sentinels_due(conn->sentinels);
	int64_t node_ms = conn->cluster != NULL
			      ? redis_cluster_due(conn->cluster)
			      : redis_node_due(&conn->node);

	if (node_ms < due_ms)
		due_ms = node_ms;
	if (conn->runs.soonest_ms < due_ms)
		due_ms = conn->runs.soonest_ms;
	return due_ms;
}

/* Sets the timer, unless it goes off before that anyway: to now when batches
 * are done that nobody has taken. */
static void
timer_set(struct cache_conn *conn, int64_t now_ms)
{
	int64_t at_ms = conn->runs.done != NULL ? 0 : redis_conn_due(conn);
	struct itimerspec spec = { 0 };
	bool over = conn->timer_ms <= now_ms;

	if (!conn->looped || (at_ms >= conn->timer_ms && !over))
		return;
	if (at_ms != INT64_MAX) {
		/* 0 would stop it. */
		spec.it_value.tv_sec = (time_t)(at_ms / MS_PER_S);
		spec.it_value.tv_nsec =
		    (long)(at_ms % MS_PER_S * NS_PER_MS) + 1;
	}
	/* Its arguments are sound. Setting also ends being readable. */
	(void)timerfd_settime(conn->timer, TFD_TIMER_ABSTIME, &spec, NULL);
	conn->timer_ms = at_ms;
}

static struct redis_run *
expired(const struct redis_runs *runs, int64_t now_ms)
{
	struct redis_run *run = runs->live;

	while (run != NULL && run->deadline_ms > now_ms)
		run = run->next;
	return run;
}

/* Ends the runs whose time is over, and what they wait for. */
static void
runs_expire(struct cache_conn *conn, int64_t now_ms)
{
	struct redis_runs *runs = &conn->runs;
	struct redis_run *run;

	if (now_ms < runs->soonest_ms)
		return;
	while ((run = expired(runs, now_ms)) != NULL) {
		if (conn->cluster != NULL) {
			redis_cluster_late(conn->cluster, run, now_ms);
			continue;
		}
		/* Nobody holds a run now: it lives for its commands. */
		assert(redis_queue_holds(&conn->node.pipe.queue, run));
		redis_node_late(&conn->node, now_ms);
	}
	runs->soonest_ms = INT64_MAX;
	for (run = runs->live; run != NULL; run = run->next)
		if (run->deadline_ms < runs->soonest_ms)
			runs->soonest_ms = run->deadline_ms;
}

void
redis_conn_drive(struct cache_conn *conn, int64_t now_ms)
{
	redis_sentinels_drive(conn->sentinels, now_ms);
	if (conn->cluster != NULL)
		redis_cluster_drive(conn->cluster, now_ms);
	else
		redis_node_drive(&conn->node, now_ms);
	runs_expire(conn, now_ms);
}

struct cache_batch *
redis_conn_reap(struct cache_conn *conn, int64_t now_ms)
{
	struct cache_batch *list;

	redis_conn_drive(conn, now_ms);
	list = redis_runs_take(&conn->runs);
	timer_set(conn, now_ms);
	return list;
}

int64_t
redis_conn_wait(struct cache_conn *conn, int64_t until_ms)
{
	struct pollfd p = { .fd = conn->epoll, .events = POLLIN };
	int64_t now_ms = clock_boot_ms();
	int64_t left = until_ms - now_ms;

	if (left > WAIT_MOST)
		left = WAIT_MOST;
	/* Whatever ends it, the next lines look what there is to do. */
	(void)poll(&p, 1, left < 0 ? 0 : (int)left);
	now_ms = clock_boot_ms();
	redis_conn_drive(conn, now_ms);
	return now_ms;
}

void
redis_conn_await(
    struct cache_conn *conn, const struct redis_node *node, int64_t deadline_ms)
{
	int64_t now_ms;

	if (!node->broken)
		return;
	now_ms = clock_boot_ms();
	redis_conn_drive(conn, now_ms);
	while (node->broken && node->state != REDIS_WAITING &&
	       now_ms < node->patient_ms && now_ms < deadline_ms)
		now_ms = redis_conn_wait(conn, node->patient_ms < deadline_ms
						   ? node->patient_ms
						   : deadline_ms);
}

void
redis_conn_finish(struct cache_conn *conn, const bool *ended)
{
	if (*ended)
		return;
	while (!*ended)
		(void)redis_conn_wait(conn, redis_conn_due(conn));
	timer_set(conn, clock_boot_ms());
}

static void
batch_send(struct cache_conn *conn, struct redis_run *run, int64_t now_ms)
{
	struct cache_batch *batch = run->batch;
	bool counting = false;

	for (size_t i = 0; i < batch->n; i++) {
		struct cache_op *op = batch->ops[i];

		if (cache_op_counts(op))
			counting = true;
		else if (cache_op_valid(op))
			redis_op_send(&conn->node, run, op);
		else
			op->status = ST_INVALID;
	}
	/* Counters and values do not see each other: either may come first. */
	if (counting && redis_count_gather(run))
		redis_count_send(&conn->node, run);
	redis_node_flush(&conn->node, now_ms);
}

void
redis_conn_submit(
    struct cache_conn *conn, struct cache_batch *batch, bool *ended)
{
	int64_t now_ms = clock_boot_ms();
	struct redis_run *run =
	    redis_run_begin(&conn->runs, batch, batch->deadline_ms, ended);

	if (batch->deadline_ms <= now_ms)
		redis_run_fail(run, ST_TIMEOUT);
	else if (conn->cluster == NULL &&
		 !redis_node_takes(&conn->node, now_ms))
		redis_run_fail(run, ST_UNAVAILABLE);
	if (run->status == ST_OK && conn->cluster != NULL)
		redis_route_send(conn->cluster, run, now_ms);
	else if (run->status == ST_OK)
		batch_send(conn, run, now_ms);
	else
		(void)cache_ops_fail(batch->ops, batch->n, run->status);
	redis_run_release(run);
	if (conn->cluster != NULL)
		redis_cluster_go(conn->cluster, now_ms);
	timer_set(conn, now_ms);
}
