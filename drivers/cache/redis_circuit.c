#include "drivers/cache/redis_circuit.h"

#include "drivers/cache/redis_attempt.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_node.h"
#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_route.h"
#include "drivers/cache/redis_run.h"

#define PAUSE_FIRST_MS 50
#define PAUSE_MOST_MS  1000
#define PAUSE_SHORT_MS 200 /* where fail-overs are waited for */

void
redis_circuit_rest(struct redis_node *node)
{
	node->pause_ms = PAUSE_FIRST_MS;
}

void
redis_circuit_unlink(struct redis_node *node)
{
	redis_watch_end(&node->watch);
	redis_link_close(&node->link);
	redis_reader_reset(node->reader);
	node->doomed = false;
}

static void
give_up(struct redis_node *node, const struct redis_command *command,
    int64_t now_ms)
{
	struct redis_run *run = command->run;

	if (run != NULL)
		redis_run_fail(run,
		    run->deadline_ms <= now_ms ? ST_TIMEOUT : ST_UNAVAILABLE);
	command->answer(node, command, NULL);
}

/* The first command that waits will not be answered here. */
static void
command_fail(struct redis_node *node, int64_t now_ms)
{
	bool sent = redis_pipe_exposed(&node->pipe);
	struct redis_command command = redis_pipe_take(&node->pipe);

	if (sent || node->member == NULL ||
	    !redis_route_unsent(node, &command, now_ms))
		give_up(node, &command, now_ms);
	if (command.run != NULL)
		redis_run_release(command.run);
}

/* Who is lost when it is. */
static const struct redis_host *
whom(const struct redis_node *node)
{
	return node->sentinels == NULL ? &node->host : &node->cache->group;
}

void
redis_circuit_trip(struct redis_node *node, const char *why, int64_t now_ms)
{
	struct error *err = &node->why;

	*err = (struct error){ 0 };
	(void)error_set(err, ST_UNAVAILABLE, "%s", why);
	node->broken = true;
	while (node->pipe.queue.n > 0)
		command_fail(node, now_ms);
	redis_pipe_cut(&node->pipe);
	redis_cache_lost(node->cache, whom(node), why);
}

static int64_t
pause_most(const struct redis_node *node)
{
	return node->cache->sentinels ? PAUSE_SHORT_MS : PAUSE_MOST_MS;
}

void
redis_circuit_fail(struct redis_node *node, const char *why, int64_t now_ms)
{
	int64_t from_ms = now_ms;
	struct error copy = { 0 };

	/* It may be long ago that an attempt's time was over. */
	if (node->state != REDIS_READY && node->due_ms < now_ms)
		from_ms = node->due_ms;
	(void)error_set(&copy, ST_UNAVAILABLE, "%s", why);
	redis_circuit_unlink(node);
	node->state = REDIS_WAITING;
	node->failed_ms = now_ms;
	node->due_ms = from_ms + node->pause_ms;
	node->pause_ms *= 2;
	if (node->pause_ms > pause_most(node))
		node->pause_ms = pause_most(node);
	redis_circuit_trip(node, copy.text, now_ms);
}

void
redis_circuit_begin(struct redis_node *node, int64_t now_ms)
{
	struct error err = { 0 };

	node->driven_ms = now_ms;
	if (redis_attempt_begin(node, now_ms, &err) != ST_OK)
		redis_circuit_fail(node, err.text, now_ms);
}

void
redis_circuit_lose(struct redis_node *node, const char *why, int64_t now_ms)
{
	if (node->state != REDIS_READY) {
		redis_circuit_fail(node, why, now_ms);
		return;
	}
	redis_circuit_unlink(node);
	node->state = REDIS_IDLE;
	node->failed_ms = now_ms;
	while (redis_pipe_exposed(&node->pipe))
		command_fail(node, now_ms);
	redis_pipe_cut(&node->pipe);
	if (node->pipe.queue.n > 0)
		redis_circuit_begin(node, now_ms);
}

void
redis_circuit_close(struct redis_node *node)
{
	node->broken = false;
	redis_cache_found(node->cache, whom(node));
}
