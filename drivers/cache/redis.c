#include "drivers/cache/redis.h"

#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_conn.h"
#include "drivers/cache/redis_scan.h"
#include "drivers/cache/redis_state.h"

static enum status
exec(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	struct cache_batch batch = {
		.ops = ops, .n = n, .deadline_ms = deadline_ms
	};
	bool ended = false;

	redis_conn_await(conn, deadline_ms);
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
	.list = redis_scan_list,
	.flush = redis_scan_flush,
	.stats = redis_state_stats,
	.ping = redis_state_ping,
};
