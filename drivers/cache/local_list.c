#include "drivers/cache/local_list.h"

#include <inttypes.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/local_conn.h"
#include "drivers/cache/local_round.h"
#include "drivers/cache/local_store.h"

#define LOOK_MOST     65536 /* entries that one page looks at */
#define CURSOR_DIGITS 16

/* Lower-case hexadecimal, as written below. */
static bool
cursor_read(struct str cursor, uint64_t *hash)
{
	*hash = 0;
	if (cursor.n != 0 && cursor.n != CURSOR_DIGITS)
		return false;
	for (size_t i = 0; i < cursor.n; i++) {
		char c = cursor.p[i];

		if (c >= '0' && c <= '9')
			*hash = *hash << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*hash = *hash << 4 | (uint64_t)(c - 'a' + 10);
		else
			return false;
	}
	return true;
}

/* 0: it stands before an entry that was not looked at. */
static int
keys_gather(struct round *r, struct str space, struct cache_page *page)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < LOOK_MOST && page->n < page->limit;
	     i++) {
		struct str key;

		if (!entry_expired(&r->entry, r->v->now_ms) &&
		    entry_in(&r->entry, space, &key) &&
		    str_starts(key, page->prefix))
			page->keys[page->n++] = arena_dup(page->arena, key);
		rc = round_next(r);
	}
	return rc;
}

static int
page_fill(const struct values *v, struct str space, uint64_t hash,
    struct cache_page *page)
{
	struct round r;
	int rc = round_begin(&r, v, hash);

	if (rc == 0)
		rc = keys_gather(&r, space, page);
	page->cursor = STR("");
	if (rc == 0)
		page->cursor = arena_printf(
		    page->arena, "%0*" PRIx64, CURSOR_DIGITS, r.entry.hash);
	round_end(&r);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

enum status
local_list(struct cache_conn *conn, const struct cache_space *space,
    struct cache_page *page, int64_t deadline_ms, struct error *err)
{
	struct values v = { .now_ms = clock_boot_ms() };
	uint64_t hash;
	int rc;

	if (!cursor_read(page->cursor, &hash))
		return error_set(err, ST_INVALID, "no such cursor");
	page->n = 0;
	page->keys =
	    arena_alloc(page->arena, page->limit * sizeof(page->keys[0]));
	if (local_conn_attach(conn, deadline_ms) != ST_OK ||
	    local_conn_read(conn) != 0)
		return error_set(err, ST_UNAVAILABLE, "the store is closed");
	v.store = conn->store;
	v.txn = conn->reader;
	rc = page_fill(&v, space->name, hash, page);
	mdb_txn_reset(conn->reader);
	if (local_store_verdict(conn->store, rc) == ST_OK)
		return ST_OK;
	return error_set(err, ST_UNAVAILABLE, "%s", mdb_strerror(rc));
}
