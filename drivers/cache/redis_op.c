#include "drivers/cache/redis_op.h"

#include <string.h>

#include "drivers/cache/cache.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_name.h"
#include "drivers/cache/redis_node.h"
#include "drivers/cache/redis_put.h"
#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_run.h"

/* Errors by their first word. Those that say what state the server is in come
 * with what to say about it; the link ends, and the next greeting tells when it
 * is over. */
static const struct {
	struct str word;
	enum status status;
	const char *state;
} failures[] = {
	{ { "OOM", 3 }, ST_FULL, NULL },
	{ { "READONLY", 8 }, ST_UNAVAILABLE,
	    "it has become a replica, and takes no writes" },
	{ { "LOADING", 7 }, ST_UNAVAILABLE, "it still loads its data" },
	{ { "MASTERDOWN", 10 }, ST_UNAVAILABLE,
	    "it is a replica that has lost its master" },
	{ { "NOAUTH", 6 }, ST_UNAVAILABLE,
	    "it wants a password (REDIS_PASSWORD)" },
	{ { "MISCONF", 7 }, ST_UNAVAILABLE, NULL },
	{ { "NOREPLICAS", 10 }, ST_UNAVAILABLE, NULL },
	{ { "BUSY", 4 }, ST_UNAVAILABLE, NULL },
	{ { "TRYAGAIN", 8 }, ST_UNAVAILABLE, NULL },
	{ { "CLUSTERDOWN", 11 }, ST_UNAVAILABLE, NULL },
};

#define FAILURES (sizeof(failures) / sizeof(failures[0]))

static struct str
first_word(struct str text)
{
	return str_cut(&text, ' ');
}

/* An error within a script may stand behind words of its own. */
static bool
means_full(struct str said)
{
	return memmem(said.p, said.n, "OOM command not allowed", 23) != NULL;
}

static enum status
failure_of(struct redis_node *node, const char *command, struct str said)
{
	struct str word = means_full(said) ? STR("OOM") : first_word(said);
	size_t i = 0;

	while (i < FAILURES && !str_eq(failures[i].word, word))
		i++;
	if (i < FAILURES && failures[i].state != NULL)
		redis_node_doom(node, failures[i].state);
	else if (i == FAILURES || failures[i].status != ST_FULL)
		redis_cache_complain(node->cache, &node->host, command, said);
	return i < FAILURES ? failures[i].status : ST_ERROR;
}

enum status
redis_op_failure(struct redis_node *node, struct redis_run *run,
    const char *command, const struct redis_reply *reply)
{
	enum status st = ST_ERROR;

	if (reply == NULL)
		return run->status;
	if (reply->type == REDIS_ERROR)
		st = failure_of(node, command, reply->text);
	else
		redis_cache_complain(node->cache, &node->host, command,
		    STR("an answer of the wrong kind"));
	if (st != ST_UNAVAILABLE)
		return st;
	redis_run_fail(run, st);
	return run->status; /* another server may have failed before */
}

static void
add(struct redis_node *node, struct redis_run *run, struct cache_op *op,
    redis_answer_f *answer)
{
	redis_pipe_add(&node->pipe, run, answer, op, op->arena);
}

/* A command of one key. */
static void
put_keyed(struct redis_node *node, size_t n, struct str command,
    const struct cache_op *op)
{
	struct buf *out = &node->pipe.out;

	redis_pipe_begin(&node->pipe);
	redis_put_head(out, n);
	redis_put(out, command);
	redis_name_put(out, node->cache->prefix, op);
}

static void
get_answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply)
{
	struct cache_op *op = command->arg;

	memcpy(op->incarnation, node->incarnation, INCARNATION_BYTES);
	if (reply != NULL && reply->type == REDIS_NIL) {
		op->status = ST_MISSING;
	} else if (reply != NULL && reply->type == REDIS_STRING) {
		op->status = ST_OK;
		op->value = reply->text;
	} else {
		op->status = redis_op_failure(node, command->run, "GET", reply);
	}
}

static const char *
number_command(const struct cache_op *op)
{
	if (op->kind == CACHE_DEL)
		return "DEL";
	return op->ttl > 0 ? "EXPIRE" : "EXISTS";
}

/* Commands that answer 1 or 0: whether there was a value. */
static void
number_answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply)
{
	struct cache_op *op = command->arg;

	if (reply != NULL && reply->type == REDIS_INTEGER)
		op->status = reply->integer != 0 ? ST_OK : ST_MISSING;
	else
		op->status = redis_op_failure(
		    node, command->run, number_command(op), reply);
}

/* After a SET that the server or we refused: op->status says why, and stays
 * unless even this fails. */
static void
dropped_answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply)
{
	struct cache_op *op = command->arg;

	if (reply == NULL || reply->type != REDIS_INTEGER)
		op->status = redis_op_failure(node, command->run, "DEL", reply);
}

/* The same after an ADD, which changes nothing where there is a value. */
static void
absent_answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply)
{
	struct cache_op *op = command->arg;

	if (reply == NULL || reply->type != REDIS_INTEGER)
		op->status =
		    redis_op_failure(node, command->run, "EXISTS", reply);
	else if (reply->integer != 0)
		op->status = ST_EXISTS;
}

/* A value that cannot be stored, because of why. */
static void
refuse(struct redis_node *node, struct redis_run *run, struct cache_op *op,
    enum status why)
{
	bool adding = op->kind == CACHE_ADD;

	op->status = why;
	put_keyed(node, 2, adding ? STR("EXISTS") : STR("DEL"), op);
	add(node, run, op, adding ? absent_answer : dropped_answer);
}

static void
set_answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply)
{
	struct cache_op *op = command->arg;

	if (op->kind == CACHE_ADD)
		memcpy(op->incarnation, node->incarnation, INCARNATION_BYTES);
	if (reply != NULL && reply->type == REDIS_STATUS)
		op->status = ST_OK;
	else if (reply != NULL && reply->type == REDIS_NIL)
		op->status = ST_EXISTS;
	else
		op->status = redis_op_failure(node, command->run, "SET", reply);
	if (op->status == ST_FULL)
		refuse(node, command->run, op, ST_FULL);
}

static void
set_send(struct redis_node *node, struct redis_run *run, struct cache_op *op)
{
	struct buf *out = &node->pipe.out;
	bool adding = op->kind == CACHE_ADD;
	size_t n = 3;

	if ((int64_t)op->value.n > node->cache->max_value) {
		refuse(node, run, op, ST_TOO_BIG);
		return;
	}
	if (adding)
		n++;
	if (op->ttl > 0)
		n += 2;
	put_keyed(node, n, STR("SET"), op);
	redis_put(out, op->value);
	if (adding)
		redis_put(out, STR("NX"));
	if (op->ttl > 0) {
		redis_put(out, STR("EX"));
		redis_put_number(out, op->ttl);
	}
	add(node, run, op, set_answer);
}

/* PERSIST does not tell a value without an end from none: EXISTS before it
 * does. */
static void
persist_answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply)
{
	struct cache_op *op = command->arg;

	if (reply == NULL || reply->type != REDIS_INTEGER)
		op->status =
		    redis_op_failure(node, command->run, "PERSIST", reply);
}

static void
touch_send(struct redis_node *node, struct redis_run *run, struct cache_op *op)
{
	if (op->ttl > 0) {
		put_keyed(node, 3, STR("EXPIRE"), op);
		redis_put_number(&node->pipe.out, op->ttl);
		add(node, run, op, number_answer);
		return;
	}
	put_keyed(node, 2, STR("EXISTS"), op);
	add(node, run, op, number_answer);
	put_keyed(node, 2, STR("PERSIST"), op);
	add(node, run, op, persist_answer);
}

void
redis_op_send(
    struct redis_node *node, struct redis_run *run, struct cache_op *op)
{
	switch (op->kind) {
	case CACHE_GET:
		put_keyed(node, 2, STR("GET"), op);
		add(node, run, op, get_answer);
		break;
	case CACHE_PULL:
		put_keyed(node, 2, STR("GETDEL"), op);
		add(node, run, op, get_answer);
		break;
	case CACHE_SET:
	case CACHE_ADD:
		set_send(node, run, op);
		break;
	case CACHE_DEL:
		put_keyed(node, 2, STR("DEL"), op);
		add(node, run, op, number_answer);
		break;
	case CACHE_TOUCH:
		touch_send(node, run, op);
		break;
	case CACHE_COUNT:
	case CACHE_LOOK:
		break; /* redis_count_send() */
	}
}
