#include "drivers/cache/redis_loose.h"

#include <stdlib.h>

#include "drivers/cache/cache.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_count.h"
#include "drivers/cache/redis_name.h"
#include "drivers/cache/redis_node.h"
#include "drivers/cache/redis_op.h"
#include "drivers/cache/redis_pace.h"
#include "drivers/cache/redis_put.h"
#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_run.h"
#include "drivers/cache/redis_script.h"

static redis_answer_f loose_answer;

void
redis_loose_begin(struct redis_run *run)
{
	for (size_t i = 0; i < run->n_counts; i++)
		run->counts[i]->status = ST_STALE;
	if (run->n_counts == 0)
		return;
	free(run->marks);
	run->marks = calloc(run->n_counts, sizeof(run->marks[0]));
	if (run->marks == NULL)
		abort();
}

/* The mark of a count that may be taken back (redis_pace.h). */
static int64_t *
mark_of(const struct redis_run *run, const struct cache_op *op)
{
	size_t i = 0;

	while (run->counts[i] != op)
		i++;
	return &run->marks[i];
}

/* All of a batch by one script, that they stay in order where the server has
 * forgotten one; but what is plain is taken back by the first. */
static bool
paces(const struct redis_run *run, const struct cache_op *op)
{
	return run->paced &&
	       (op->status != ST_REFUSED || !cache_op_is_fixed(op));
}

/* Whether the answer has a mark. */
static bool
marked(const struct redis_run *run, const struct cache_op *op)
{
	return run->paced && op->kind == CACHE_COUNT &&
	       op->status != ST_REFUSED;
}

static void
put_paced(
    struct buf *out, const struct redis_run *run, const struct cache_op *op)
{
	if (op->kind != CACHE_COUNT)
		redis_pace_put(out, op, 1);
	else if (op->status == ST_REFUSED)
		redis_pace_put_back(out, op, *mark_of(run, op));
	else
		redis_pace_put_marked(out, op);
}

static void
put_plain(struct buf *out, const struct cache_op *op)
{
	redis_put_number(out, op->ttl);
	if (op->status == ST_REFUSED)
		redis_put(out, STR("-1"));
	else
		redis_put_number(out, op->kind == CACHE_COUNT ? op->limit : 0);
	redis_put_number(out, 1);
}

static void
put(struct redis_node *node, struct redis_run *run, struct cache_op *op,
    bool whole)
{
	struct buf *out = &node->pipe.out;
	bool paced = paces(run, op);

	redis_pipe_begin(&node->pipe);
	redis_script_call(out,
	    paced ? redis_pace_script() : redis_count_script(), whole, 1,
	    paced ? REDIS_PACE_WORDS : REDIS_COUNT_WORDS);
	redis_name_put(out, node->cache->prefix, op);
	if (paced)
		put_paced(out, run, op);
	else
		put_plain(out, op);
	redis_pipe_add(&node->pipe, run, loose_answer, op, NULL);
}

void
redis_loose_send(
    struct redis_node *node, struct redis_run *run, struct cache_op *op)
{
	put(node, run, op, false);
}

/* The operations that count all or none. */
struct party {
	struct cache_op **ops;
	size_t n;
};

static struct party
party_of(const struct redis_run *run, const struct cache_op *op)
{
	struct party party = { run->counts, 0 };

	for (size_t i = 0; i < run->n_counts; i += party.n) {
		party.ops = run->counts + i;
		party.n = redis_count_group(run, i);
		for (size_t k = 0; k < party.n; k++)
			if (party.ops[k] == op)
				return party;
	}
	return party;
}

/* What the party's status is: ST_STALE before all have been answered, else the
 * first failure, else ST_REFUSED when one was that may refuse. */
static enum status
party_status(const struct party *party)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < party->n; i++) {
		enum status one = party->ops[i]->status;

		if (one == ST_STALE)
			return one;
		if (one == ST_REFUSED && party->ops[i]->soft)
			continue;
		if (one != ST_OK && (st == ST_OK || st == ST_REFUSED))
			st = one;
	}
	return st;
}

/* An operation of a party that is refused. */
static void
take_back(struct redis_node *node, struct redis_run *run, struct cache_op *op)
{
	if (op->status != ST_OK)
		return;
	op->status = ST_REFUSED;
	if (--op->count == 0)
		op->reset_ms = 0;
	put(node, run, op, false);
}

/* node: what the last answer came from; NULL: op has failed. */
static void
settle(struct redis_node *node, struct redis_run *run, struct cache_op *op)
{
	struct party party = party_of(run, op);
	enum status st = party_status(&party);

	if (st == ST_OK || st == ST_STALE || party.n < 2)
		return;
	for (size_t i = 0; i < party.n; i++)
		if (st == ST_REFUSED)
			take_back(node, run, party.ops[i]);
		else
			party.ops[i]->status = st;
}

void
redis_loose_fail(struct redis_run *run, struct cache_op *op)
{
	op->status = run->status;
	settle(NULL, run, op);
}

/* Takes the result of an operation; false: it is none. */
static bool
take(const struct redis_run *run, struct cache_op *op,
    const struct redis_reply *reply)
{
	bool more = marked(run, op);

	if (!redis_count_sound(reply, REDIS_COUNT_WORDS + (more ? 1 : 0)))
		return false;
	if (more)
		*mark_of(run, op) = reply->items[REDIS_COUNT_WORDS].integer;
	if (op->status != ST_REFUSED)
		redis_count_answer(op, reply->items);
	return true;
}

static void
loose_answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply)
{
	struct redis_run *run = command->run;
	struct cache_op *op = command->arg;
	bool taken_back = op->status == ST_REFUSED;

	if (redis_script_forgotten(reply)) {
		put(node, run, op, true);
		return;
	}
	if (!take(run, op, reply))
		op->status = redis_op_failure(node, run, "EVALSHA", reply);
	if (!taken_back)
		settle(node, run, op);
}
