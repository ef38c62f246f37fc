#include "drivers/cache/redis_probe.h"

#include <string.h>

#include "app/base/buf.h"
#include "drivers/cache/redis_ask.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_conn.h"
#include "drivers/cache/redis_count.h"
#include "drivers/cache/redis_pace.h"
#include "drivers/cache/redis_put.h"
#include "drivers/cache/redis_redirect.h"
#include "drivers/cache/redis_script.h"

#define WORDS_MAX 12

/*
 * "@" stands for the key, "#" for the first script, "%" for its digest, "&" for
 * the second. The key is left with an end, so PERSIST comes first, and is
 * mostly gone at the end. The first script counts the key twice with a limit of
 * one, which adds, and takes back; the second looks at it.
 */
static const struct {
	const char *words;
	enum redis_type type;
	bool absent; /* nil will do: others probe, too */
} probes[] = {
	{ "PERSIST @", REDIS_INTEGER, false },
	{ "SET @ 1 PX 1000", REDIS_STATUS, false },
	{ "GET @", REDIS_STRING, true },
	{ "EXISTS @", REDIS_INTEGER, false },
	{ "EXPIRE @ 1", REDIS_INTEGER, false },
	{ "GETDEL @", REDIS_STRING, true },
	{ "DEL @", REDIS_INTEGER, false },
	{ "UNLINK @", REDIS_INTEGER, false },
	{ "SCAN 0 COUNT 1", REDIS_ARRAY, false },
	{ "DBSIZE", REDIS_INTEGER, false },
	{ "EVAL # 2 @ @ 1 1 2 1 1 1", REDIS_ARRAY, false },
	{ "EVALSHA % 0", REDIS_ARRAY, false },
	{ "EVAL & 1 @ lp-- 1 1 0 1", REDIS_ARRAY, false },
};

#define PROBES (sizeof(probes) / sizeof(probes[0]))

static struct str
command_of(size_t i)
{
	struct str words = str_of(probes[i].words);

	return str_cut(&words, ' ');
}

static void
put_key(struct redis_ask *ask, struct str name)
{
	struct buf *out = redis_ask_out(ask);
	struct str prefix = ask->conn->cache->prefix;

	redis_put_begin(out, prefix.n + name.n);
	buf_put(out, prefix);
	buf_put(out, name);
	redis_put_end(out);
}

static void
put_word(struct redis_ask *ask, struct str word, struct str name)
{
	struct buf *out = redis_ask_out(ask);

	switch (word.p[0]) {
	case '@':
		put_key(ask, name);
		break;
	case '#':
		redis_script_put(out, redis_count_script());
		break;
	case '%':
		redis_put(out, redis_count_script()->digest);
		break;
	case '&':
		redis_script_put(out, redis_pace_script());
		break;
	default:
		redis_put(out, word);
	}
}

static void
put_command(struct redis_ask *ask, struct str words, struct str name)
{
	struct str list[WORDS_MAX];
	size_t n = 0;

	while (words.p != NULL)
		list[n++] = str_cut(&words, ' ');
	redis_put_head(redis_ask_out(ask), n);
	for (size_t i = 0; i < n; i++)
		put_word(ask, list[i], name);
	redis_ask_sent(ask);
}

void
redis_probe_put(struct redis_ask *ask, struct str name)
{
	for (size_t i = 0; i < PROBES; i++)
		put_command(ask, str_of(probes[i].words), name);
}

static bool
has(struct str said, const char *part)
{
	return memmem(said.p, said.n, part, strlen(part)) != NULL;
}

/* The user lacks rights. Within a script the answer does not say which. */
static enum status
denied(const struct redis_ask *ask, size_t i, struct error *err)
{
	struct str said = ask->answers[i].text;
	struct str prefix = ask->conn->cache->prefix;
	struct str command = command_of(i);

	if (has(said, " key"))
		return error_set(err, ST_UNAVAILABLE,
		    "its user may not use keys of this prefix "
		    "(ACL SETUSER ... ~%.*s:*)",
		    STR_ARG(prefix));
	if (has(said, "script"))
		return error_set(err, ST_UNAVAILABLE,
		    "its user may not count "
		    "(ACL SETUSER ... +incr +decr +pttl +expire +del "
		    "+time +get +set)");
	return error_set(err, ST_UNAVAILABLE,
	    "its user may not use %.*s (ACL SETUSER ... +%.*s)",
	    STR_ARG(command), STR_ARG(command));
}

/* An error that is known. ST_OK: it is not. */
static enum status
refused(const struct redis_ask *ask, size_t i, struct error *err)
{
	struct str said = ask->answers[i].text;
	struct str command = command_of(i);

	if (has(said, "OOM command not allowed"))
		return error_set(err, ST_FULL,
		    "it is full and evicts nothing "
		    "(maxmemory, maxmemory-policy)");
	if (str_starts(said, STR("ERR unknown command")))
		return error_set(err, ST_UNAVAILABLE,
		    "it does not know %.*s: Redis 6.2, Valkey or newer is "
		    "needed, and no command of it renamed",
		    STR_ARG(command));
	if (str_starts(said, STR("NOPERM")) || has(said, "ACL failure") ||
	    has(said, "executing the script can"))
		return denied(ask, i, err);
	return ST_OK;
}

/* Of a slot of a cluster that is on its way to another node. */
static bool
moves(const struct redis_ask *ask, size_t i)
{
	struct redis_target target;
	enum redis_redirect what =
	    redis_redirect_of(&ask->answers[i], &ask->node->host, &target);

	return what == REDIS_MOVED || what == REDIS_ASK ||
	       what == REDIS_TRYAGAIN;
}

static enum status
answer_read(const struct redis_ask *ask, size_t i, struct error *err)
{
	const struct redis_reply *answer = &ask->answers[i];
	enum status st = ST_OK;

	/* It has answered; where its slot goes is no concern of ours. */
	if (moves(ask, i) || (probes[i].absent && answer->type == REDIS_NIL))
		return ST_OK;
	if (answer->type == REDIS_ERROR)
		st = refused(ask, i, err);
	if (st != ST_OK)
		return st;
	return redis_ask_expect(ask, i, probes[i].type, probes[i].words, err);
}

enum status
redis_probe_read(const struct redis_ask *ask, struct error *err)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < PROBES; i++)
		st = answer_read(ask, i, err);
	return st;
}
