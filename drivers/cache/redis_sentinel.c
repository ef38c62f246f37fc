#include "drivers/cache/redis_sentinel.h"

#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_lease.h"
#include "drivers/cache/redis_put.h"
#include "drivers/cache/redis_reply.h"

void
redis_sentinel_open(struct redis_sentinel *sentinel, struct cache *cache,
    int epoll, const struct redis_host *host)
{
	redis_node_open(&sentinel->node, cache, epoll, host);
}

void
redis_sentinel_close(struct redis_sentinel *sentinel)
{
	redis_node_close(&sentinel->node);
}

/* Of an answer that lists names and values. */
static struct str
field(const struct redis_reply *reply, struct str name)
{
	for (size_t i = 0; i + 1 < reply->n; i += 2)
		if (str_eq(reply->items[i].text, name))
			return reply->items[i + 1].text;
	return STR_NULL;
}

/* The role is reported anew when the master is another, so that it is never
 * older than that. */
static enum status
master_take(struct redis_sentinel *sentinel, const struct redis_reply *reply,
    struct error *err)
{
	int64_t port;

	if (reply->type == REDIS_ARRAY &&
	    str_to_i64(field(reply, STR("port")), &port) &&
	    str_to_i64(
		field(reply, STR("role-reported-time")), &sentinel->reign_ms) &&
	    redis_host_make(field(reply, STR("ip")), port, &sentinel->master))
		return ST_OK;
	return error_set(err, ST_UNAVAILABLE,
	    "SENTINEL MASTER is answered in no known form");
}

static enum status
refused(
    const struct redis_sentinel *sentinel, struct str said, struct error *err)
{
	if (str_starts(said, STR("ERR No such master")))
		return error_set(err, ST_UNAVAILABLE,
		    "it knows no master called \"%s\" (REDIS_SENTINEL_MASTER)",
		    sentinel->node.cache->group.name);
	if (str_starts(said, STR("ERR unknown command")))
		return error_set(err, ST_UNAVAILABLE,
		    "it is no sentinel "
		    "(REDIS_SENTINEL_HOST, REDIS_SENTINEL_PORT)");
	return error_set(err, ST_UNAVAILABLE,
	    "it answers SENTINEL MASTER with \"%.*s\"",
	    STR_ARG(redis_reply_shown(said)));
}

static void
answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply)
{
	struct redis_sentinel *sentinel = command->arg;
	struct error why = { 0 };
	enum status st = ST_OK;

	if (reply == NULL)
		(void)error_set(&why, ST_UNAVAILABLE, "%s",
		    node->broken ? node->why.text : "the connection was lost");
	else if (reply->type == REDIS_ERROR)
		st = refused(sentinel, reply->text, &why);
	else
		st = master_take(sentinel, reply, &why);
	/* What it said before stays true when it says nothing now. */
	if (reply != NULL)
		sentinel->said_ms = st == ST_OK ? sentinel->asking_ms : 0;
	if (why.text[0] != '\0')
		sentinel->failed_ms = sentinel->asking_ms;
	sentinel->asking_ms = 0;
	sentinel->why = why;
}

static void
put_question(struct buf *out, const struct cache *cache)
{
	redis_put_head(out, 3);
	redis_put(out, STR("SENTINEL"));
	redis_put(out, STR("MASTER"));
	redis_put(out, str_of(cache->group.name));
}

/* The later it is asked, the longer its word counts: not while it is being
 * connected to. */
static void
question_send(struct redis_sentinel *sentinel, int64_t now_ms)
{
	struct redis_node *node = &sentinel->node;

	if (!sentinel->wanted || node->state != REDIS_READY)
		return;
	sentinel->wanted = false;
	sentinel->asking_ms = now_ms;
	put_question(&node->pipe.out, node->cache);
	redis_pipe_add(&node->pipe, NULL, answer, sentinel, NULL);
	redis_node_flush(node, now_ms);
}

void
redis_sentinel_ask(struct redis_sentinel *sentinel, int64_t now_ms)
{
	if (sentinel->asking_ms != 0)
		return;
	sentinel->wanted = redis_node_takes(&sentinel->node, now_ms);
	if (sentinel->wanted) {
		question_send(sentinel, now_ms);
		return;
	}
	sentinel->failed_ms = now_ms;
	sentinel->why = sentinel->node.why;
}

static int64_t
late_ms(const struct redis_sentinel *sentinel)
{
	return sentinel->asking_ms == 0
		   ? INT64_MAX
		   : sentinel->asking_ms + sentinel->node.cache->timeout_ms;
}

void
redis_sentinel_drive(struct redis_sentinel *sentinel, int64_t now_ms)
{
	/* One that is asked nothing is not listened to. */
	if (sentinel->asking_ms != 0 ||
	    redis_node_due(&sentinel->node) < INT64_MAX)
		redis_node_drive(&sentinel->node, now_ms);
	question_send(sentinel, now_ms);
	if (late_ms(sentinel) <= now_ms)
		redis_node_late(&sentinel->node, now_ms);
}

int64_t
redis_sentinel_due(const struct redis_sentinel *sentinel)
{
	int64_t node_ms = redis_node_due(&sentinel->node);
	int64_t question_ms = late_ms(sentinel);

	return node_ms < question_ms ? node_ms : question_ms;
}

bool
redis_sentinel_agrees(
    const struct redis_sentinel *a, const struct redis_sentinel *b)
{
	return a->said_ms != 0 && b->said_ms != 0 &&
	       a->reign_ms >= REDIS_REIGN_MS && b->reign_ms >= REDIS_REIGN_MS &&
	       redis_host_same(&a->master, &b->master);
}
