#include "drivers/cache/redis_pipe.h"

#include "drivers/cache/redis_link.h"
#include "drivers/cache/redis_put.h"
#include "drivers/cache/redis_run.h"

#define KEPT_BYTES 262144u

/* What it makes possible fails when it does. */
static void
asking_answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply)
{
	(void)node;
	(void)command;
	(void)reply;
}

void
redis_pipe_begin(struct redis_pipe *pipe)
{
	if (!pipe->asking)
		return;
	redis_put_head(&pipe->out, 1);
	redis_put(&pipe->out, STR("ASKING"));
	redis_pipe_add(pipe, NULL, asking_answer, NULL, NULL);
}

void
redis_pipe_add(struct redis_pipe *pipe, struct redis_run *run,
    redis_answer_f *answer, void *arg, struct arena *arena)
{
	const struct redis_command command = {
		.run = run,
		.answer = answer,
		.arg = arg,
		.arena = arena,
		.end = pipe->written + (pipe->out.n - pipe->out_at),
		.hops = pipe->hops,
		.asking = pipe->asking,
	};

	if (run != NULL)
		run->left++;
	redis_queue_add(&pipe->queue, &command);
}

struct redis_command
redis_pipe_take(struct redis_pipe *pipe)
{
	struct redis_command command = redis_queue_take(&pipe->queue);

	pipe->answered = command.end;
	return command;
}

bool
redis_pipe_exposed(const struct redis_pipe *pipe)
{
	return pipe->queue.n > 0 && pipe->answered < pipe->written;
}

void
redis_pipe_cut(struct redis_pipe *pipe)
{
	if (pipe->answered <= pipe->written)
		return;
	pipe->out_at += pipe->answered - pipe->written;
	pipe->written = pipe->answered;
}

bool
redis_pipe_pending(const struct redis_pipe *pipe)
{
	return pipe->out_at < pipe->out.n;
}

enum status
redis_pipe_write(
    struct redis_pipe *pipe, struct redis_link *link, struct error *err)
{
	size_t before = pipe->out_at;
	enum status st = redis_link_drain(link, &pipe->out, &pipe->out_at, err);

	pipe->written += pipe->out_at - before;
	if (st != ST_OK)
		return st;
	pipe->out.n = 0;
	pipe->out_at = 0;
	if (pipe->out.cap > KEPT_BYTES)
		buf_free(&pipe->out);
	return ST_OK;
}

void
redis_pipe_free(struct redis_pipe *pipe)
{
	redis_queue_free(&pipe->queue);
	buf_free(&pipe->out);
}
