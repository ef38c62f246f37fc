#include "drivers/cache/redis_intake.h"

#include "drivers/cache/redis_circuit.h"
#include "drivers/cache/redis_node.h"
#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_route.h"
#include "drivers/cache/redis_run.h"

#define FEED_BYTES 8192u      /* hiredis moves what is behind an answer */
#define TURN_BYTES (1u << 20) /* read before others have their turn */

static void
ready(struct redis_node *node, int64_t now_ms)
{
	node->state = REDIS_READY;
	node->checked_ms = now_ms;
	redis_greet_incarnation(&node->greet, node->incarnation);
	redis_circuit_close(node);
}

/* False: the link has ended. */
static bool
greeted(
    struct redis_node *node, const struct redis_reply *reply, int64_t now_ms)
{
	struct error err = { 0 };
	enum status st = redis_greet_take(&node->greet, reply, &err);

	if (st == ST_OK)
		ready(node, now_ms);
	else if (st != ST_MISSING)
		redis_circuit_fail(node, err.text, now_ms);
	return st == ST_OK || st == ST_MISSING;
}

/* More commands may follow it to the same server, in the same way. */
static void
command_answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply, int64_t now_ms)
{
	if (node->member != NULL &&
	    redis_route_redirect(node, command, reply, now_ms))
		return;
	node->pipe.hops = command->hops;
	node->pipe.asking = command->asking;
	command->answer(node, command, reply);
	node->pipe.hops = 0;
	node->pipe.asking = false;
}

static bool
answered(
    struct redis_node *node, const struct redis_reply *reply, int64_t now_ms)
{
	struct redis_command command;

	/* What waits may not have been sent yet, as behind a greeting. */
	if (!redis_pipe_exposed(&node->pipe)) {
		redis_circuit_fail(
		    node, "it says what nobody asked for", now_ms);
		return false;
	}
	redis_circuit_rest(node);
	command = redis_pipe_take(&node->pipe);
	command_answer(node, &command, reply, now_ms);
	if (command.run != NULL)
		redis_run_release(command.run);
	if (node->doomed)
		redis_circuit_fail(node, node->why.text, now_ms);
	return node->state == REDIS_READY;
}

/* Takes the answers that are complete. */
static bool
answers_take(struct redis_node *node, int64_t now_ms)
{
	struct redis_reply reply;
	enum status st = ST_OK;

	while (st == ST_OK) {
		const struct redis_command *first =
		    node->state == REDIS_GREETING
			? NULL
			: redis_queue_first(&node->pipe.queue);
		bool lives;

		st = redis_reader_next(
		    node->reader, first == NULL ? NULL : first->arena, &reply);
		if (st != ST_OK)
			break;
		lives = node->state == REDIS_GREETING
			    ? greeted(node, &reply, now_ms)
			    : answered(node, &reply, now_ms);
		if (!lives)
			return false;
	}
	if (st == ST_ERROR)
		redis_circuit_fail(node,
		    "what answers there does not speak as Redis does", now_ms);
	return st == ST_MISSING;
}

static bool
bytes_take(struct redis_node *node, size_t n, int64_t now_ms)
{
	for (size_t at = 0; at < n; at += FEED_BYTES) {
		size_t piece = n - at < FEED_BYTES ? n - at : FEED_BYTES;

		if (redis_reader_feed(node->reader, node->in + at, piece) !=
		    ST_OK) {
			redis_circuit_fail(
			    node, "no memory for its answer", now_ms);
			return false;
		}
		if (!answers_take(node, now_ms))
			return false;
	}
	return true;
}

/* Whether more may be there after a read: a short one of a plain link says
 * that there is not, which saves asking. */
static bool
more(const struct redis_node *node, size_t got, size_t total)
{
	if (redis_link_holds(&node->link))
		return true;
	return total < TURN_BYTES &&
	       (got == REDIS_IN_BYTES || node->link.ssl != NULL);
}

void
redis_intake_read(struct redis_node *node, int64_t now_ms)
{
	struct error err = { 0 };
	size_t total = 0;
	size_t got;

	do {
		enum status st = redis_link_read(
		    &node->link, node->in, REDIS_IN_BYTES, &got, &err);

		if (st == ST_MISSING)
			return;
		if (st != ST_OK) {
			redis_circuit_lose(node, err.text, now_ms);
			return;
		}
		total += got;
		if (!bytes_take(node, got, now_ms))
			return;
	} while (more(node, got, total));
}
