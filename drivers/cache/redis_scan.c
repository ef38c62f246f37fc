#include "drivers/cache/redis_scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/clock.h"
#include "app/base/hash.h"
#include "app/base/secret.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/redis_ask.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_conn.h"
#include "drivers/cache/redis_name.h"
#include "drivers/cache/redis_put.h"
#include "drivers/cache/redis_redirect.h"

/* Places that one step looks at. Pages rely on theirs being always the same. */
#define PAGE_PLACES  256
#define FLUSH_PLACES 1000
#define STEP_BYTES   65536
#define HEX          16

struct found {
	uint64_t hash;
	struct str key;
};

/* A walk through the keys of a space. */
struct scan {
	struct cache_conn *conn;
	struct redis_ask ask;
	struct arena arena; /* of one step */
	struct buf pattern;
	struct buf base; /* what the names begin with */
	int64_t deadline_ms;
	unsigned places;
	uint64_t at;   /* where the step begins */
	uint64_t next; /* and ends; 0: all has been seen */
	struct found *found;
	size_t n;
	bool moved; /* a key has gone to another node of the cluster */
};

static struct scan *
scan_begin(struct cache_conn *conn, const struct cache_space *space,
    struct str begins, unsigned places, int64_t deadline_ms)
{
	struct scan *scan = calloc(1, sizeof(*scan));
	struct str prefix = conn->cache->prefix;

	if (scan == NULL)
		abort();
	scan->conn = conn;
	scan->deadline_ms = deadline_ms;
	scan->places = places;
	arena_init(&scan->arena, STEP_BYTES);
	redis_name_pattern(&scan->pattern, prefix, space, begins);
	redis_name_space(&scan->base, prefix, space);
	return scan;
}

static void
scan_end(struct scan *scan)
{
	buf_free(&scan->base);
	buf_free(&scan->pattern);
	arena_close(&scan->arena);
	free(scan);
}

static void
put_scan(struct scan *scan)
{
	struct buf *out = redis_ask_out(&scan->ask);

	redis_put_head(out, 6);
	redis_put(out, STR("SCAN"));
	redis_put_number(out, scan->at);
	redis_put(out, STR("MATCH"));
	redis_put(out, buf_str(&scan->pattern));
	redis_put(out, STR("COUNT"));
	redis_put_number(out, scan->places);
	redis_ask_sent(&scan->ask);
}

static int
by_hash(const void *a, const void *b)
{
	const struct found *left = a;
	const struct found *right = b;

	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return str_cmp(left->key, right->key);
}

/* Takes the keys of a step, each once, in the order of their hashes. */
static void
found_take(struct scan *scan, const struct redis_reply *names)
{
	static const uint8_t unkeyed[HASH_KEY_BYTES];
	struct str base = buf_str(&scan->base);
	size_t n = 0;

	scan->found =
	    arena_alloc(&scan->arena, names->n * sizeof(scan->found[0]));
	for (size_t i = 0; i < names->n; i++) {
		struct str name = names->items[i].text;
		struct cache_op op = { .key = str_skip(name, base.n) };

		if (str_starts(name, base) && cache_op_valid(&op))
			scan->found[n++] =
			    (struct found){ hash_keyed(unkeyed, op.key),
				    op.key };
	}
	scan->n = 0;
	if (n > 0)
		qsort(scan->found, n, sizeof(scan->found[0]), by_hash);
	for (size_t i = 0; i < n; i++)
		if (scan->n == 0 ||
		    by_hash(&scan->found[scan->n - 1], &scan->found[i]) != 0)
			scan->found[scan->n++] = scan->found[i];
}

/* The last answer is that of SCAN. */
static enum status
step_take(struct scan *scan, struct error *err)
{
	const struct redis_reply *reply = &scan->ask.answers[scan->ask.n - 1];
	enum status st = redis_ask_expect(
	    &scan->ask, scan->ask.n - 1, REDIS_ARRAY, "SCAN", err);

	if (st != ST_OK)
		return st;
	if (reply->n != 2 || reply->items[1].type != REDIS_ARRAY ||
	    !str_to_u64(reply->items[0].text, &scan->next))
		return error_set(
		    err, ST_ERROR, "SCAN is answered in no known form");
	found_take(scan, &reply->items[1]);
	return ST_OK;
}

static enum status
step(struct scan *scan, struct error *err)
{
	enum status st;

	arena_reset(&scan->arena);
	st = redis_ask_begin(
	    &scan->ask, scan->conn, &scan->arena, scan->deadline_ms, err);
	if (st != ST_OK)
		return st;
	put_scan(scan);
	st = redis_ask_finish(&scan->ask, err);
	return st == ST_OK ? step_take(scan, err) : st;
}

/* Where a page begins. */
struct cursor {
	uint64_t at;
	bool within;  /* a step: */
	uint64_t end; /* where it ended */
	uint64_t hash;
};

static bool
cursor_read(struct str text, struct cursor *out)
{
	uint8_t hash[HEX / 2];
	struct str at = str_cut(&text, '-');
	struct str end = text.p == NULL ? STR_NULL : str_cut(&text, '-');

	*out = (struct cursor){ .within = end.p != NULL };
	if (at.n == 0)
		return !out->within;
	if (!str_to_u64(at, &out->at))
		return false;
	if (!out->within)
		return true;
	if (!str_to_u64(end, &out->end) || !hex_decode(hash, HEX / 2, text))
		return false;
	for (size_t i = 0; i < HEX / 2; i++)
		out->hash = out->hash << 8 | hash[i];
	return true;
}

/* Gives keys of the step from the i-th on; returns the first not given. */
static size_t
page_fill(struct cache_page *page, const struct scan *scan, size_t i)
{
	while (i < scan->n && page->n < page->limit)
		page->keys[page->n++] =
		    arena_dup(page->arena, scan->found[i++].key);
	return i;
}

/* Whether the page ends with this step, and with which cursor. */
static bool
page_ends(struct cache_page *page, const struct scan *scan, size_t given,
    int64_t until_ms)
{
	if (given < scan->n) {
		page->cursor = arena_printf(page->arena,
		    "%" PRIu64 "-%" PRIu64 "-%016" PRIx64, scan->at, scan->next,
		    scan->found[given - 1].hash);
		return true;
	}
	if (scan->next == 0) {
		page->cursor = STR("");
		return true;
	}
	page->cursor = arena_printf(page->arena, "%" PRIu64, scan->next);
	return page->n == page->limit || clock_boot_ms() >= until_ms;
}

/* After half of its time a page ends with what it has, maybe nothing. */
static enum status
page_walk(struct scan *scan, struct cache_page *page, struct cursor from,
    struct error *err)
{
	int64_t now_ms = clock_boot_ms();
	int64_t until_ms = now_ms + (scan->deadline_ms - now_ms) / 2;
	enum status st;
	size_t i;

	scan->at = from.at;
	while ((st = step(scan, err)) == ST_OK) {
		i = 0;
		if (from.within && from.end == scan->next)
			while (i < scan->n && scan->found[i].hash <= from.hash)
				i++;
		from.within = false;
		i = page_fill(page, scan, i);
		if (page_ends(page, scan, i, until_ms))
			return ST_OK;
		scan->at = scan->next;
	}
	return st;
}

enum status
redis_scan_list(struct cache_conn *conn, const struct cache_space *space,
    struct cache_page *page, int64_t deadline_ms, struct error *err)
{
	struct cursor from;
	struct scan *scan;
	enum status st;

	if (!cursor_read(page->cursor, &from))
		return error_set(err, ST_INVALID, "this is no cursor");
	page->n = 0;
	page->keys =
	    arena_alloc(page->arena, page->limit * sizeof(page->keys[0]));
	scan = scan_begin(conn, space, page->prefix, PAGE_PLACES, deadline_ms);
	st = page_walk(scan, page, from, err);
	scan_end(scan);
	return st;
}

static void
put_unlink(struct scan *scan, struct str key)
{
	struct buf *out = redis_ask_out(&scan->ask);
	struct str base = buf_str(&scan->base);
	struct redis_pipe *pipe = &scan->ask.node->pipe;

	/* A slot may be on its way to the node where the key is. */
	pipe->asking = scan->conn->cluster != NULL;
	redis_pipe_begin(pipe);
	pipe->asking = false;
	redis_put_head(out, 2);
	redis_put(out, STR("UNLINK"));
	redis_put_begin(out, base.n + key.n);
	buf_put(out, base);
	buf_put(out, key);
	redis_put_end(out);
	redis_ask_sent(&scan->ask);
}

static bool
gone_elsewhere(struct scan *scan, const struct redis_reply *reply)
{
	struct redis_target target;

	if (redis_redirect_of(reply, &scan->conn->asked->host, &target) ==
	    REDIS_STAYS)
		return false;
	scan->moved = true;
	return true;
}

/* Deletes n keys of the step from the i-th on; adds to *gone. */
static enum status
unlink_some(
    struct scan *scan, size_t i, size_t n, uint64_t *gone, struct error *err)
{
	enum status st = redis_ask_begin(
	    &scan->ask, scan->conn, &scan->arena, scan->deadline_ms, err);

	if (st != ST_OK)
		return st;
	for (size_t end = i + n; i < end; i++)
		put_unlink(scan, scan->found[i].key);
	st = redis_ask_finish(&scan->ask, err);
	for (size_t a = 0; st == ST_OK && a < n; a++) {
		if (gone_elsewhere(scan, &scan->ask.answers[a]))
			continue;
		st = redis_ask_expect(
		    &scan->ask, a, REDIS_INTEGER, "UNLINK", err);
		if (st == ST_OK)
			*gone += (uint64_t)scan->ask.answers[a].integer;
	}
	return st;
}

static enum status
flush_step(struct scan *scan, uint64_t *gone, struct error *err)
{
	enum status st = step(scan, err);

	for (size_t i = 0; st == ST_OK && i < scan->n; i += REDIS_ANSWERS_MAX) {
		size_t n = scan->n - i;

		if (n > REDIS_ANSWERS_MAX)
			n = REDIS_ANSWERS_MAX;
		st = unlink_some(scan, i, n, gone, err);
	}
	scan->at = scan->next;
	return st;
}

enum status
redis_scan_flush(struct cache_conn *conn, const struct cache_space *space,
    int64_t deadline_ms, struct error *err)
{
	struct scan *scan =
	    scan_begin(conn, space, STR(""), FLUSH_PLACES, deadline_ms);
	struct error why = { 0 };
	uint64_t gone = 0;
	enum status st;
	bool moved;

	do {
		st = flush_step(scan, &gone, &why);
	} while (st == ST_OK && scan->next != 0);
	moved = scan->moved;
	scan_end(scan);
	if (st == ST_OK && moved)
		return error_set(
		    err, ST_STALE, "keys have moved to other nodes meanwhile");
	if (st == ST_OK)
		return ST_OK;
	return error_set(err, st,
	    "%" PRIu64 " values were deleted, others are left: %s", gone,
	    why.text);
}
