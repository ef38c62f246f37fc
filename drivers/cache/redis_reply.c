#include "drivers/cache/redis_reply.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/arena.h"

#define ITEMS_MAX   262144u    /* of all arrays of one answer */
#define DIGITS_MAX  18u        /* of a length that fits size_t */
#define LINE_MAX    65536u     /* bytes of anything but a string */
#define SLACK_BYTES (1u << 20) /* of an answer beside a string */
#define SHOWN_BYTES 200u       /* of an error */
#define KEPT_BYTES  65536u
#define OWN_BYTES   16384u

#if HIREDIS_MAJOR < 1
typedef int elements_n;
#else
typedef size_t elements_n;
#endif

struct redis_reader {
	redisReader *codec;
	size_t most;
	size_t fed;     /* bytes since the last answer */
	size_t n_items; /* of the answer that is coming in */
	struct arena *arena;
	struct arena own;
	bool begun; /* a part of the next answer has been read */
	struct redis_reply answer;
};

static struct redis_reply *
place_of(const redisReadTask *task)
{
	struct redis_reader *reader = task->privdata;
	struct redis_reply *parent;

	if (task->parent == NULL)
		return &reader->answer;
	parent = task->parent->obj;
	return &parent->items[task->idx];
}

static enum redis_type
text_type(int type)
{
	switch (type) {
	case REDIS_REPLY_STRING:
		return REDIS_STRING;
	case REDIS_REPLY_STATUS:
		return REDIS_STATUS;
	case REDIS_REPLY_ERROR:
		return REDIS_ERROR;
	default:
		return REDIS_NONE;
	}
}

/* NULL: hiredis then gives up this connection. */
static void *
text_make(const redisReadTask *task, char *p, size_t n)
{
	struct redis_reader *reader = task->privdata;
	struct redis_reply *reply = place_of(task);

	if (n > (task->type == REDIS_REPLY_STRING ? reader->most : LINE_MAX))
		return NULL;
	*reply = (struct redis_reply){
		.type = text_type(task->type),
		.text = arena_dup(reader->arena, str_make(p, n)),
	};
	return reply;
}

static void *
array_make(const redisReadTask *task, elements_n n)
{
	struct redis_reader *reader = task->privdata;
	struct redis_reply *reply = place_of(task);
	size_t size = (size_t)n;

	if (task->type != REDIS_REPLY_ARRAY ||
	    size > ITEMS_MAX - reader->n_items)
		return NULL;
	reader->n_items += size;
	*reply = (struct redis_reply){
		.type = REDIS_ARRAY,
		.items =
		    arena_zalloc(reader->arena, size * sizeof(reply->items[0])),
		.n = size,
	};
	return reply;
}

static void *
integer_make(const redisReadTask *task, long long value)
{
	struct redis_reply *reply = place_of(task);

	*reply =
	    (struct redis_reply){ .type = REDIS_INTEGER, .integer = value };
	return reply;
}

static void *
nil_make(const redisReadTask *task)
{
	struct redis_reply *reply = place_of(task);

	*reply = (struct redis_reply){ .type = REDIS_NIL };
	return reply;
}

/* All of it is in an arena. */
static void
nothing_freed(void *reply)
{
	(void)reply;
}

/* hiredis takes it as writable, and only reads it. */
static redisReplyObjectFunctions makers = {
	.createString = text_make,
	.createArray = array_make,
	.createInteger = integer_make,
	.createNil = nil_make,
	.freeObject = nothing_freed,
};

void
redis_reader_reset(struct redis_reader *reader)
{
	if (reader->codec != NULL)
		redisReaderFree(reader->codec);
	reader->codec = redisReaderCreateWithFunctions(&makers);
	if (reader->codec == NULL)
		abort();
	reader->codec->maxbuf = KEPT_BYTES;
	reader->codec->privdata = reader;
	reader->fed = 0;
	reader->n_items = 0;
	reader->begun = false;
}

struct redis_reader *
redis_reader_new(size_t most)
{
	struct redis_reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		abort();
	reader->most = most;
	arena_init(&reader->own, OWN_BYTES);
	redis_reader_reset(reader);
	return reader;
}

void
redis_reader_free(struct redis_reader *reader)
{
	if (reader == NULL)
		return;
	redisReaderFree(reader->codec);
	arena_close(&reader->own);
	free(reader);
}

enum status
redis_reader_feed(struct redis_reader *reader, const char *p, size_t n)
{
	reader->fed += n;
	if (redisReaderFeed(reader->codec, p, n) != REDIS_OK)
		return ST_ERROR;
	return ST_OK;
}

/*
 * Whether what is half there may become an answer. The reader has taken its
 * first byte already. A line that has ended, and is no answer yet, is the
 * length of a string.
 */
static bool
bearable(const struct redis_reader *reader)
{
	const char *p = reader->codec->buf + reader->codec->pos;
	size_t n = reader->codec->len - reader->codec->pos;
	size_t length = 0;
	size_t i = 0;

	if (reader->fed > reader->most + SLACK_BYTES)
		return false;
	while (i < n && p[i] >= '0' && p[i] <= '9' && i < DIGITS_MAX)
		length = length * 10 + (size_t)(p[i++] - '0');
	if (n - i >= 2 && p[i] == '\r' && p[i + 1] == '\n')
		return length <= reader->most;
	return n <= LINE_MAX;
}

enum status
redis_reader_next(
    struct redis_reader *reader, struct arena *arena, struct redis_reply *out)
{
	void *got = NULL;

	if (arena == NULL && !reader->begun)
		arena_reset(&reader->own);
	reader->arena = arena == NULL ? &reader->own : arena;
	reader->begun = true;
	if (redisReaderGetReply(reader->codec, &got) != REDIS_OK)
		return ST_ERROR;
	if (got == NULL)
		return bearable(reader) ? ST_MISSING : ST_ERROR;
	*out = reader->answer;
	reader->fed = reader->codec->len - reader->codec->pos;
	reader->n_items = 0;
	reader->begun = false;
	reader->answer.type = REDIS_NONE;
	return out->type == REDIS_NONE ? ST_ERROR : ST_OK;
}

struct str
redis_reply_shown(struct str said)
{
	size_t n = 0;

	while (n < said.n && n < SHOWN_BYTES && said.p[n] >= ' ' &&
	       strchr("'\"`", said.p[n]) == NULL)
		n++;
	return str_trim(str_make(said.p, n));
}
