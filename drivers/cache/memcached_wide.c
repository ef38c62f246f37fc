#include "drivers/cache/memcached_wide.h"

#include "app/base/secret.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/memcached_conn.h"
#include "drivers/cache/memcached_item.h"
#include "drivers/cache/memcached_swap.h"

/* Of 32 who want the same counter at once one gets it each time: that one of
 * them misses so often is as good as impossible. */
#define ATTEMPTS 200
#define MS_PER_S 1000

/* What was read, and the time to count by. */
struct found {
	struct memcached_state state;
	int64_t now_ms;
};

static struct found
find(const struct cache_conn *conn, const struct memcached_count *c)
{
	struct found f = { .now_ms = conn->now_ms };
	int64_t ahead_ms;

	if (c->lookup.status == ST_OK &&
	    c->lookup.flags == MEMCACHED_FORM_WINDOW)
		(void)memcached_state_read(c->lookup.raw, &f.state);
	ahead_ms = f.state.written_ms - f.now_ms;
	if (ahead_ms > 0 && ahead_ms <= MEMCACHED_SKEW_MS)
		f.now_ms = f.state.written_ms;
	return f;
}

static bool
wide_open(const struct cache_conn *conn, const struct memcached_count *c)
{
	struct found f = find(conn, c);

	return cache_window_open(&f.state.window, f.now_ms);
}

static bool
wide_peek(const struct cache_conn *conn, const struct memcached_count *c)
{
	struct found f = find(conn, c);

	cache_window_look(&f.state.window, c->op, f.now_ms);
	return true;
}

/* Writes it in the place of what was read. */
static enum status
save(const struct cache_conn *conn, struct memcached_count *c, struct found *f)
{
	int64_t left_ms = f->state.window.end_ms - f->now_ms;
	uint32_t left_s = left_ms > 0 ? (uint32_t)(left_ms / MS_PER_S) : 0;
	uint8_t bytes[MEMCACHED_STATE_BYTES];

	/* One with -C takes none, as ping says: no need to try on. */
	if (c->lookup.status == ST_OK && c->lookup.cas == 0)
		return ST_UNAVAILABLE;
	f->state.written_ms = f->now_ms;
	memcached_state_write(bytes, &f->state);
	return memcached_swap(&c->lookup,
	    str_make((const char *)bytes, sizeof(bytes)), MEMCACHED_FORM_WINDOW,
	    memcached_item_expiry(
		left_s + 1 + MEMCACHED_SPARE_S, conn->now_ms));
}

/* For want of room. True: the window has changed by it. */
static bool
close_window(struct found *f, struct cache_op *op)
{
	return cache_op_locks(op) &&
	       cache_window_lock(&f->state.window, op, f->now_ms);
}

static enum status
wide_count(struct cache_conn *conn, struct memcached_count *c)
{
	struct found f = find(conn, c);
	struct cache_window *w = &f.state.window;
	enum status st;
	bool settled;

	if (!cache_window_open(w, f.now_ms))
		secret_random(&f.state.life, sizeof(f.state.life));
	settled = cache_window_settle(w, c->op, f.now_ms);
	if (cache_window_count(w, c->op, f.now_ms)) {
		st = save(conn, c, &f);
		c->state = f.state;
		return st;
	}
	if (!close_window(&f, c->op) && !settled)
		return ST_REFUSED;
	st = save(conn, c, &f);
	return st == ST_OK ? ST_REFUSED : st;
}

static enum status
wide_refuse(struct cache_conn *conn, struct memcached_count *c)
{
	struct found f = find(conn, c);
	bool settled = cache_window_settle(&f.state.window, c->op, f.now_ms);

	if (!close_window(&f, c->op) && !settled)
		return ST_OK;
	return save(conn, c, &f);
}

static enum status
wide_undo(struct cache_conn *conn, struct memcached_count *c)
{
	struct found f = find(conn, c);
	enum status st;

	if (f.state.life != c->state.life ||
	    !cache_window_undo(
		&f.state.window, &c->state.window, c->op, f.now_ms))
		return ST_MISSING;
	st = save(conn, c, &f);
	if (st == ST_OK)
		cache_window_look(&f.state.window, c->op, f.now_ms);
	return st;
}

const struct memcached_way memcached_wide = {
	.peek = wide_peek,
	.count = wide_count,
	.refuse = wide_refuse,
	.undo = wide_undo,
	.open = wide_open,
	.attempts = ATTEMPTS,
};
