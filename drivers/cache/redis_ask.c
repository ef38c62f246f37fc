#include "drivers/cache/redis_ask.h"

#include <assert.h>

#include "app/base/clock.h"
#include "drivers/cache/redis_conn.h"

enum status
redis_ask_begin(struct redis_ask *ask, struct cache_conn *conn,
    struct arena *arena, int64_t deadline_ms, struct error *err)
{
	int64_t now_ms;

	redis_conn_await(conn, conn->asked, deadline_ms);
	now_ms = clock_boot_ms();
	if (deadline_ms <= now_ms)
		return error_set(err, ST_TIMEOUT, "no time is left");
	if (!redis_node_takes(conn->asked, now_ms))
		return error_set(
		    err, ST_UNAVAILABLE, "%s", conn->asked->why.text);
	ask->conn = conn;
	ask->node = conn->asked;
	ask->arena = arena;
	ask->batch = (struct cache_batch){ .deadline_ms = deadline_ms };
	ask->ended = false;
	ask->n = 0;
	ask->run =
	    redis_run_begin(&conn->runs, &ask->batch, deadline_ms, &ask->ended);
	return ST_OK;
}

struct buf *
redis_ask_out(struct redis_ask *ask)
{
	return &ask->node->pipe.out;
}

static void
answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply)
{
	struct redis_ask *ask = command->arg;

	(void)node;
	if (reply != NULL)
		ask->answers[ask->n++] = *reply;
}

void
redis_ask_sent(struct redis_ask *ask)
{
	assert(ask->run->left <= REDIS_ANSWERS_MAX);
	redis_pipe_add(&ask->node->pipe, ask->run, answer, ask, ask->arena);
}

enum status
redis_ask_finish(struct redis_ask *ask, struct error *err)
{
	redis_node_flush(ask->node, clock_boot_ms());
	redis_run_release(ask->run);
	redis_conn_finish(ask->conn, &ask->ended);
	if (ask->batch.status != ST_OK)
		return error_set(err, ask->batch.status, "%s",
		    ask->node->broken ? ask->node->why.text
				      : "the connection was lost");
	return ST_OK;
}

enum status
redis_ask_expect(const struct redis_ask *ask, size_t i, enum redis_type type,
    const char *command, struct error *err)
{
	const struct redis_reply *reply = &ask->answers[i];
	struct str said = STR("an answer of the wrong kind");

	if (reply->type == type)
		return ST_OK;
	if (reply->type == REDIS_ERROR)
		said = redis_reply_shown(reply->text);
	return error_set(err, ST_UNAVAILABLE, "it answers %s with \"%.*s\"",
	    command, STR_ARG(said));
}
