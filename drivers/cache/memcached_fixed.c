#include "drivers/cache/memcached_fixed.h"

#include "drivers/cache/cache.h"
#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_item.h"
#include "drivers/cache/memcached_link.h"
#include "drivers/cache/memcached_swap.h"
#include "drivers/cache/memcached_window.h"

#define ATTEMPTS 32 /* at a window that others begin or end meanwhile */
#define MS_PER_S 1000

static int64_t
ttl_ms(const struct cache_op *op)
{
	return (int64_t)op->ttl * MS_PER_S;
}

static int64_t
lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Tells what stands in the window of that word. */
static void
tell(const struct cache_conn *conn, struct cache_op *op, uint64_t word)
{
	int64_t left = memcached_window_end(word) - conn->now_ms;
	uint32_t count = memcached_window_count(word);

	op->count = left <= 0 ? 0 : (uint32_t)lesser(count, (int64_t)op->limit);
	op->reset_ms = left <= 0 ? 0 : lesser(left, ttl_ms(op));
}

/* The word that was read; false: there is none. */
static bool
word_read(const struct memcached_lookup *l, uint64_t *word)
{
	return l->status == ST_OK && l->flags == MEMCACHED_FORM_NUMBER &&
	       memcached_window_parse(l->raw, word);
}

/* The word of a window that has not ended; false: there is none. */
static bool
word_open(const struct cache_conn *conn, const struct memcached_count *c,
    uint64_t *word)
{
	return word_read(&c->lookup, word) &&
	       memcached_window_end(*word) > conn->now_ms;
}

static bool
fixed_open(const struct cache_conn *conn, const struct memcached_count *c)
{
	uint64_t word;

	return word_open(conn, c, &word);
}

static bool
fixed_peek(const struct cache_conn *conn, const struct memcached_count *c)
{
	uint64_t word = 0;

	(void)word_read(&c->lookup, &word); /* none: a window that ended */
	tell(conn, c->op, word);
	return true;
}

/* That word instead of what was read. */
static enum status
word_swap(const struct cache_conn *conn, const struct memcached_count *c,
    uint64_t word)
{
	int64_t left_s =
	    (memcached_window_end(word) - conn->now_ms) / MS_PER_S + 1;
	char digits[MEMCACHED_WINDOW_TEXT];

	return memcached_swap(&c->lookup, memcached_window_text(word, digits),
	    MEMCACHED_FORM_NUMBER,
	    memcached_item_expiry(
		(uint32_t)left_s + MEMCACHED_SPARE_S, conn->now_ms));
}

/* A new window, in the place of the one that was read if there was one. */
static enum status
window_begin(struct cache_conn *conn, struct memcached_count *c)
{
	uint64_t word = memcached_window_word(conn->now_ms + ttl_ms(c->op), 1);
	enum status st = word_swap(conn, c, word);

	if (st != ST_OK)
		return st;
	c->end_ms = memcached_window_end(word);
	tell(conn, c->op, word);
	return ST_OK;
}

/* One more, in the window that there is. */
static enum status
window_step(struct memcached_count *c, uint64_t *word)
{
	const struct memcached_name *name = &c->lookup.name;
	struct memcached_link *link = c->lookup.link;
	memcached_return_t rc;

	if (!memcached_link_begin(link))
		return link->failure;
	rc = memcached_increment(link->handle, name->text, name->n, 1, word);
	if (!memcached_link_took(link, rc))
		return link->failure;
	if (rc != MEMCACHED_SUCCESS)
		return ST_STALE;
	c->end_ms = memcached_window_end(*word);
	return ST_OK;
}

/* Whether a clock was set back since the window began, and it lasts too long
 * for that. */
static bool
window_strays(const struct cache_conn *conn, const struct memcached_count *c,
    uint64_t word)
{
	return memcached_window_end(word) >
	       conn->now_ms + ttl_ms(c->op) + MEMCACHED_SKEW_MS;
}

/* It ends as if it had begun now. ST_STALE: it is to be read again. */
static enum status
window_shorten(
    struct cache_conn *conn, struct memcached_count *c, uint64_t word)
{
	enum status st = word_swap(conn, c,
	    memcached_window_word(
		conn->now_ms + ttl_ms(c->op), memcached_window_count(word)));

	return st == ST_OK ? ST_STALE : st;
}

static enum status
fixed_refuse(struct cache_conn *conn, struct memcached_count *c)
{
	uint64_t word;

	if (!word_open(conn, c, &word) || !window_strays(conn, c, word))
		return ST_OK;
	return window_shorten(conn, c, word);
}

/* A "decr" could not ask whose window it is: where another has begun, one more
 * than its limit would get through meanwhile. */
static enum status
fixed_undo(struct cache_conn *conn, struct memcached_count *c)
{
	uint64_t word;
	enum status st;

	if (!word_open(conn, c, &word) || c->lookup.cas == 0 ||
	    memcached_window_end(word) != c->end_ms ||
	    memcached_window_count(word) == 0)
		return ST_MISSING;
	st = word_swap(conn, c, word - 1);
	if (st == ST_OK)
		tell(conn, c->op, word - 1);
	return st;
}

static enum status
fixed_count(struct cache_conn *conn, struct memcached_count *c)
{
	struct cache_op *op = c->op;
	uint64_t word;
	enum status st;

	if (!word_open(conn, c, &word))
		return window_begin(conn, c);
	if (window_strays(conn, c, word))
		return window_shorten(conn, c, word);
	tell(conn, op, word);
	if (op->count >= op->limit)
		return ST_REFUSED;
	st = window_step(c, &word);
	if (st != ST_OK)
		return st;
	tell(conn, op, word);
	if (memcached_window_count(word) <= op->limit)
		return ST_OK;
	memcached_count_undo(conn, c);
	op->count = op->limit;
	return ST_REFUSED;
}

const struct memcached_way memcached_fixed = {
	.peek = fixed_peek,
	.count = fixed_count,
	.refuse = fixed_refuse,
	.undo = fixed_undo,
	.open = fixed_open,
	.attempts = ATTEMPTS,
};
