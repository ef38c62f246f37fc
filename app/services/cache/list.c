#include "app/services/cache/list.h"

#include "app/base/clock.h"
#include "app/base/jsonout.h"
#include "app/services/cache/answer.h"
#include "app/services/cache/cache.h"
#include "app/services/cache/call.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/store.h"

#define LIMIT_DEFAULT 100

/* Into the page, from the query; ST_INVALID with err. */
static enum status
page_read(const struct request *req, struct cache_page *page, struct error *err)
{
	struct str limit = request_query(req, STR("limit"));
	struct str prefix = request_query(req, STR("prefix"));
	struct str cursor = request_query(req, STR("cursor"));
	int64_t n = LIMIT_DEFAULT;

	if (!str_is_null(limit) &&
	    (!str_to_i64(limit, &n) || n < 1 || n > CACHE_LIST_MAX))
		return error_set(err, ST_INVALID,
		    "The parameter 'limit' must be a number from 1 to %d.",
		    CACHE_LIST_MAX);
	*page = (struct cache_page){
		.prefix = str_is_null(prefix) ? STR("") : prefix,
		.cursor = str_is_null(cursor) ? STR("") : cursor,
		.limit = (size_t)n,
		.arena = req->arena,
	};
	return ST_OK;
}

static void
put_keys(struct buf *b, const struct cache_page *page)
{
	for (size_t i = 0; i < page->n; i++) {
		if (b->p[b->n - 1] == '}')
			buf_put_char(b, ',');
		cache_put_key(b, page->keys[i]);
		buf_put_char(b, '}');
	}
}

static void
put_meta(struct buf *b, struct str cursor)
{
	buf_put_lit(b, "],\"meta\":{");
	if (cursor.n > 0) {
		buf_put_lit(b, "\"next\":");
		json_put_str(b, cursor);
	}
	buf_put_lit(b, "}}");
}

/*
 * A store may give fewer keys than it is asked for: it is asked again while
 * there is time, so that few pages are short. What was found is never dropped
 * for a failure behind it: the cursor leads there again.
 */
static enum status
pages_put(const struct cache_call *c, struct cache_conn *conn,
    struct cache_page *page, struct error *err)
{
	const struct cache_driver *driver = c->req->store->driver;
	int64_t half_ms = c->deadline_ms - c->service->timeout_ms / 2;
	struct buf *b = &c->req->response.build;
	struct str next = page->cursor;
	bool any = false;
	enum status st;

	buf_put_lit(b, "{\"resource\":[");
	do {
		page->n = 0;
		st = driver->list(
		    conn, &c->service->space, page, c->deadline_ms, err);
		if (st != ST_OK)
			break;
		put_keys(b, page);
		any = true;
		next = page->cursor;
		page->limit -= page->n;
	} while (page->limit > 0 && next.n > 0 && clock_boot_ms() < half_ms);
	put_meta(b, next);
	return any ? ST_OK : st;
}

static void
answer_pages(const struct cache_call *c, struct cache_conn *conn,
    struct cache_page *page)
{
	struct cache_fault fault = { .doubt = NULL, .context = STR_NULL };
	struct error err = { .text = "" };

	fault.st = pages_put(c, conn, page, &err);
	if (fault.st == ST_OK)
		cache_answer_json(c->req, 200);
	else if (fault.st == ST_INVALID)
		response_fail(c->req, 400,
		    "The parameter 'cursor' is not the 'next' of a page.");
	else
		cache_answer_fault(c->req, &fault);
}

/* NULL, and the response holds why. */
static struct cache_conn *
conn_of(const struct cache_call *c)
{
	const struct cache_fault fault = { ST_UNAVAILABLE, NULL, STR_NULL };
	struct cache_conn *conn = cache_call_conn(c, NULL);

	if (conn == NULL)
		cache_answer_fault(c->req, &fault);
	return conn;
}

void
list_keys(struct cache_call *c)
{
	const struct cache_driver *driver = c->req->store->driver;
	struct error err = { .text = "" };
	struct cache_page page = { .n = 0 };
	struct cache_conn *conn;

	if (page_read(c->req, &page, &err) != ST_OK) {
		cache_answer_refuse(c->req, ST_INVALID, &err);
		return;
	}
	if (driver->list == NULL) {
		response_fail(c->req, 501,
		    "The store %s cannot say which keys it holds, so they "
		    "cannot be listed.",
		    driver->name);
		return;
	}
	conn = conn_of(c);
	if (conn != NULL)
		answer_pages(c, conn, &page);
}

/* What the store does not know is left out. */
static void
put_stat(struct buf *b, const char *name, int64_t number)
{
	if (number < 0)
		return;
	json_put_name(b, str_of(name));
	buf_put_i64(b, number);
}

static void
put_stats(struct buf *b, const char *store, const struct cache_stats *s)
{
	buf_put_lit(b, "{\"store\":");
	json_put_str(b, str_of(store));
	put_stat(b, "hits", s->hits);
	put_stat(b, "misses", s->misses);
	put_stat(b, "items", s->items);
	put_stat(b, "bytes", s->bytes);
	put_stat(b, "bytes_limit", s->bytes_limit);
	put_stat(b, "evictions", s->evictions);
	buf_put_char(b, '}');
}

void
list_stats(struct cache_call *c)
{
	const struct cache_driver *driver = c->req->store->driver;
	struct cache_fault fault = { .doubt = NULL, .context = STR_NULL };
	struct cache_conn *conn = conn_of(c);
	struct cache_stats stats;

	if (conn == NULL)
		return;
	fault.st = driver->stats(conn, &stats, c->deadline_ms, NULL);
	if (fault.st != ST_OK) {
		cache_answer_fault(c->req, &fault);
		return;
	}
	put_stats(&c->req->response.build, driver->name, &stats);
	cache_answer_json(c->req, 200);
}
