#include "drivers/cache/redis.h"

#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_census.h"
#include "drivers/cache/redis_cluster.h"
#include "drivers/cache/redis_conn.h"
#include "drivers/cache/redis_scan.h"
#include "drivers/cache/redis_state.h"
#include "drivers/cache/redis_survey.h"

static enum status
exec(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	struct cache_batch batch = {
		.ops = ops, .n = n, .deadline_ms = deadline_ms
	};
	bool ended = false;

	if (conn->cluster != NULL)
		redis_cluster_await(conn->cluster, ops, n, deadline_ms);
	else
		redis_conn_await(conn, &conn->node, deadline_ms);
	redis_conn_submit(conn, &batch, &ended);
	redis_conn_finish(conn, &ended);
	return batch.status;
}

static int
loop_fd(const struct cache_conn *conn)
{
	return conn->epoll;
}

static void
submit(struct cache_conn *conn, struct cache_batch *batch)
{
	conn->looped = true;
	redis_conn_submit(conn, batch, NULL);
}

static enum status
list(struct cache_conn *conn, const struct cache_space *space,
    struct cache_page *page, int64_t deadline_ms, struct error *err)
{
	return (conn->cluster != NULL ? redis_census_list : redis_scan_list)(
	    conn, space, page, deadline_ms, err);
}

static enum status
flush(struct cache_conn *conn, const struct cache_space *space,
    int64_t deadline_ms, struct error *err)
{
	return (conn->cluster != NULL ? redis_survey_flush : redis_scan_flush)(
	    conn, space, deadline_ms, err);
}

static enum status
stats(struct cache_conn *conn, struct cache_stats *out, int64_t deadline_ms,
    struct error *err)
{
	return (conn->cluster != NULL ? redis_survey_stats : redis_state_stats)(
	    conn, out, deadline_ms, err);
}

static enum status
ping(struct cache_conn *conn, int64_t deadline_ms, struct error *err)
{
	return (conn->cluster != NULL ? redis_survey_ping : redis_state_ping)(
	    conn, deadline_ms, err);
}

const struct cache_driver redis_driver = {
	.name = "redis",
	.room = CACHE_LOOP,
	.open = redis_cache_open,
	.close = redis_cache_close,
	.connect = redis_conn_open,
	.disconnect = redis_conn_close,
	.exec = exec,
	.loop_fd = loop_fd,
	.submit = submit,
	.reap = redis_conn_reap,
	.list = list,
	.flush = flush,
	.stats = stats,
	.ping = ping,
};
