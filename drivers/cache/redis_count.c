#include "drivers/cache/redis_count.h"

#include <stdlib.h>

#include "drivers/cache/cache.h"
#include "drivers/cache/cache_group.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_name.h"
#include "drivers/cache/redis_node.h"
#include "drivers/cache/redis_op.h"
#include "drivers/cache/redis_pace.h"
#include "drivers/cache/redis_put.h"
#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_run.h"
#include "drivers/cache/redis_script.h"

#define MS_LEAST 1 /* of a window that has begun */

/*
 * KEYS: counters, the members of a group next to each other. ARGV, for each:
 * seconds of the window; limit, 0 to end the counter, -1 to take back a count
 * (redis_loose.h); how many members its group has, of the first of them.
 * Answers, for each: 1 when it was counted or
 * ended, else 0; the count, which is above the limit where that was the cause;
 * milliseconds to the end of the window.
 */
static const char text[] =
    "local call, out, first = redis.call, {}, 1\n"
    "while first <= #KEYS do\n"
    " local last, room = first + ARGV[3 * first] - 1, true\n"
    " for i = first, last do\n"
    "  local key, at = KEYS[i], 3 * i - 2\n"
    "  local ttl, limit = ARGV[at], tonumber(ARGV[at + 1])\n"
    "  if limit == 0 then\n"
    "   out[at], out[at + 1], out[at + 2] = call('DEL', key), 0, 0\n"
    "  elseif limit < 0 then\n"
    "   if call('PTTL', key) > 0 and call('DECR', key) < 1 then\n"
    "    call('DEL', key)\n"
    "   end\n"
    "   out[at], out[at + 1], out[at + 2] = 1, 0, 0\n"
    "  else\n"
    "   local n, left = call('INCR', key), call('PTTL', key)\n"
    "   if left < 0 or left > ttl * 1000 then\n"
    "    call('EXPIRE', key, ttl)\n"
    "    left = ttl * 1000\n"
    "   end\n"
    "   room = room and n <= limit\n"
    "   out[at], out[at + 1], out[at + 2] = 1, n, left\n"
    "  end\n"
    " end\n"
    " if not room then\n"
    "  for i = last, first, -1 do\n"
    "   local key, at = KEYS[i], 3 * i - 2\n"
    "   out[at] = 0\n"
    "   if call('DECR', key) == 0 then\n"
    "    call('DEL', key)\n"
    "    out[at + 2] = 0\n"
    "   end\n"
    "   if out[at + 1] <= tonumber(ARGV[at + 1]) then\n"
    "    out[at + 1] = out[at + 1] - 1\n"
    "   end\n"
    "  end\n"
    " end\n"
    " first = last + 1\n"
    "end\n"
    "return out\n";

static const struct str whole_text = { text, sizeof(text) - 1 };

static const struct redis_script script = {
	.parts = { &whole_text },
	.digest = { "067730dd04c5beb0e81b18498779520bfd132996",
	    REDIS_DIGEST_CHARS },
};

const struct redis_script *
redis_count_script(void)
{
	return &script;
}

static bool
grouped(const struct cache_op *op)
{
	return op->kind == CACHE_COUNT && op->group != 0;
}

static void
room_make(struct redis_run *run, size_t n)
{
	if (n <= run->counts_size)
		return;
	free(run->counts);
	run->counts = malloc(n * sizeof(run->counts[0]));
	if (run->counts == NULL)
		abort();
	run->counts_size = n;
}

bool
redis_count_gather(struct redis_run *run)
{
	const struct cache_batch *batch = run->batch;
	struct cache_groups groups = cache_groups_of(batch->ops, batch->n);
	struct cache_group group;

	room_make(run, batch->n);
	run->n_counts = 0;
	run->paced = false;
	while (cache_groups_next(&groups, &group))
		for (size_t i = 0; i < group.n; i++) {
			run->counts[run->n_counts++] = group.ops[i];
			run->paced =
			    run->paced || redis_pace_takes(group.ops[i]);
		}
	return run->n_counts > 0;
}

size_t
redis_count_group(const struct redis_run *run, size_t i)
{
	size_t n = 1;

	if (!grouped(run->counts[i]))
		return n;
	while (i + n < run->n_counts && grouped(run->counts[i + n]) &&
	       run->counts[i + n]->group == run->counts[i]->group)
		n++;
	return n;
}

/* The words of one counter; members: from this to the last of its group. */
static void
put_words(struct buf *out, const struct cache_op *op, size_t members)
{
	redis_put_number(out, op->ttl);
	redis_put_number(out, op->kind == CACHE_COUNT ? op->limit : 0);
	redis_put_number(out, members);
}

static void
put_call(struct redis_node *node, const struct redis_run *run, bool whole)
{
	struct buf *out = &node->pipe.out;
	bool paced = run->paced;
	size_t n = run->n_counts;
	size_t left = 0;

	redis_pipe_begin(&node->pipe);
	redis_script_call(out, paced ? redis_pace_script() : &script, whole, n,
	    n * (paced ? REDIS_PACE_WORDS : REDIS_COUNT_WORDS));
	for (size_t i = 0; i < n; i++)
		redis_name_put(out, node->cache->prefix, run->counts[i]);
	for (size_t i = 0; i < n; i++) {
		if (left == 0)
			left = redis_count_group(run, i);
		(paced ? redis_pace_put : put_words)(
		    out, run->counts[i], left--);
	}
}

bool
redis_count_sound(const struct redis_reply *reply, size_t words)
{
	if (reply == NULL || reply->type != REDIS_ARRAY || reply->n != words)
		return false;
	for (size_t i = 0; i < reply->n; i++)
		if (reply->items[i].type != REDIS_INTEGER ||
		    reply->items[i].integer < 0)
			return false;
	return true;
}

void
redis_count_answer(struct cache_op *op, const struct redis_reply *words)
{
	bool done = words[0].integer != 0;
	int64_t left_ms = words[2].integer;
	uint32_t quota = cache_op_quota(op);

	if (op->kind == CACHE_DEL) {
		op->status = done ? ST_OK : ST_MISSING;
		return;
	}
	op->status = done ? ST_OK : ST_REFUSED;
	op->count = words[1].integer > (int64_t)quota
			? quota
			: (uint32_t)words[1].integer;
	if (op->count == 0)
		left_ms = 0;
	else if (left_ms < MS_LEAST)
		left_ms = MS_LEAST;
	op->reset_ms = left_ms;
}

static void
count_answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply)
{
	struct redis_run *run = command->run;
	enum status st;

	if (redis_count_sound(reply, REDIS_COUNT_WORDS * run->n_counts)) {
		for (size_t i = 0; i < run->n_counts; i++)
			redis_count_answer(run->counts[i],
			    &reply->items[REDIS_COUNT_WORDS * i]);
		return;
	}
	if (redis_script_forgotten(reply)) {
		put_call(node, run, true);
		redis_pipe_add(&node->pipe, run, count_answer, NULL, NULL);
		return;
	}
	st = redis_op_failure(node, run, "EVALSHA", reply);
	(void)cache_ops_fail(run->counts, run->n_counts, st);
}

void
redis_count_send(struct redis_node *node, struct redis_run *run)
{
	put_call(node, run, false);
	redis_pipe_add(&node->pipe, run, count_answer, NULL, NULL);
}
