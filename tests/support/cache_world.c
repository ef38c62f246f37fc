#include "tests/support/cache_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/services/cache/types.h"
#include "middleware/pending.h"
#include "middleware/service.h"
#include "middleware/tallies.h"

#define HANG_MS 60000

/* A connection of this store is the world itself. */
static struct cache_world *
world_of(struct cache_conn *conn)
{
	return (struct cache_world *)(void *)conn;
}

static struct cache_item *
find(struct cache_world *w, struct str key)
{
	for (size_t i = 0; i < w->n_items; i++) {
		if (str_eq(w->items[i].key, key))
			return &w->items[i];
	}
	return NULL;
}

static void
put(struct cache_world *w, struct str key, struct str value, uint32_t ttl)
{
	struct cache_item *item = find(w, key);

	if (item == NULL) {
		assert_true(w->n_items < CACHE_WORLD_ITEMS);
		item = &w->items[w->n_items++];
	}
	*item = (struct cache_item){ arena_dup(&w->arena, key),
		arena_dup(&w->arena, value), ttl };
}

static void
drop(struct cache_world *w, struct cache_item *item)
{
	*item = w->items[--w->n_items];
}

static enum status
run(struct cache_world *w, struct cache_op *op)
{
	struct cache_item *item = find(w, op->key);
	bool writes = op->kind == CACHE_SET || op->kind == CACHE_ADD;

	assert_true(cache_op_valid(op));
	assert_ptr_equal(op->space, &w->instance.space);
	if (op->kind == CACHE_ADD && item != NULL)
		return ST_EXISTS;
	if (writes) {
		put(w, op->key, op->value, op->ttl);
		return ST_OK;
	}
	if (item == NULL)
		return ST_MISSING;
	if (op->kind != CACHE_DEL)
		op->value = arena_dup(op->arena, item->value);
	if (op->kind != CACHE_GET)
		drop(w, item);
	return ST_OK;
}

static enum status
fake_exec(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	struct cache_world *w = world_of(conn);
	enum status st = ST_OK;

	(void)deadline_ms;
	w->largest = n > w->largest ? n : w->largest;
	for (size_t i = 0; i < n; i++, w->n_ops++) {
		if (w->n_ops < w->fail_from || w->n_ops >= w->fail_to) {
			ops[i]->status = run(w, ops[i]);
			continue;
		}
		ops[i]->status = w->fail_with;
		if (w->fail_with == ST_TIMEOUT ||
		    w->fail_with == ST_UNAVAILABLE)
			st = w->fail_with;
	}
	return st;
}

/* Cursors are numbers of items, in the order in which they lie. */
static enum status
fake_list(struct cache_conn *conn, const struct cache_space *space,
    struct cache_page *page, int64_t deadline_ms, struct error *err)
{
	struct cache_world *w = world_of(conn);
	int64_t at = 0;

	(void)space;
	(void)deadline_ms;
	if (page->cursor.n > 0 && !str_to_i64(page->cursor, &at))
		return error_set(err, ST_INVALID, "the cursor is none");
	if (w->pages > 0 && --w->pages == 0)
		return error_set(err, w->fail_with, "the store said so");
	page->keys = arena_alloc(page->arena, page->limit * sizeof(struct str));
	for (page->n = 0; (size_t)at < w->n_items; at++) {
		struct str key = w->items[at].key;

		if (page->n == page->limit || page->n == w->page_max)
			break;
		if (str_starts(key, page->prefix))
			page->keys[page->n++] = key;
	}
	page->cursor = STR("");
	if ((size_t)at < w->n_items)
		page->cursor = arena_printf(page->arena, "%d", (int)at);
	return ST_OK;
}

static enum status
fake_flush(struct cache_conn *conn, const struct cache_space *space,
    int64_t deadline_ms, struct error *err)
{
	struct cache_world *w = world_of(conn);

	(void)space;
	(void)deadline_ms;
	if (w->flush_with != ST_OK)
		return error_set(err, w->flush_with, "the store said so");
	w->n_items = 0;
	return ST_OK;
}

static enum status
fake_stats(struct cache_conn *conn, struct cache_stats *out,
    int64_t deadline_ms, struct error *err)
{
	struct cache_world *w = world_of(conn);

	(void)deadline_ms;
	(void)err;
	*out = (struct cache_stats){ .hits = 0,
		.misses = -1,
		.items = (int64_t)w->n_items,
		.bytes = 7,
		.bytes_limit = -1,
		.evictions = -1 };
	return w->ping_with;
}

static enum status
fake_ping(struct cache_conn *conn, int64_t deadline_ms, struct error *err)
{
	(void)deadline_ms;
	(void)err;
	return world_of(conn)->ping_with;
}

static const struct cache_driver lister = { .name = "fake",
	.exec = fake_exec,
	.list = fake_list,
	.flush = fake_flush,
	.stats = fake_stats,
	.ping = fake_ping };

static const struct cache_driver keeper = { .name = "fake",
	.exec = fake_exec,
	.flush = fake_flush,
	.stats = fake_stats,
	.ping = fake_ping };

static void
stores_make(struct cache_world *w)
{
	w->store = (struct store){ .driver = &lister };
	w->store_conn = (struct store_conn){ .store = &w->store,
		.conn = (struct cache_conn *)(void *)w };
	w->shared = (struct stores_shared){ .table = store_table_new(),
		.pending = pending_new(),
		.tallies = tallies_new() };
	stores_connect(&w->shared, &w->stores);
	w->stores.conns = &w->store_conn;
}

static void
service_make(struct cache_world *w)
{
	w->instance = (struct cache_service){ .store = &w->store,
		.space = { STR("c.mem"), true },
		.default_ttl = 300,
		.timeout_ms = 250,
		.max_value = 1000 };
	w->service = (struct service){ .id = 1,
		.name = STR("mem"),
		.type_name = STR("cache_local"),
		.active = true,
		.type = &service_cache_local,
		.instance = &w->instance };
	w->rows[0] = (struct access){ .service_id = 1,
		.component = STR("*"),
		.verb_mask = 31,
		.requestor_mask = 1 };
	w->role = (struct role){ .id = 1,
		.name = STR("tester"),
		.active = true,
		.rows = w->rows,
		.n_rows = 1 };
}

void
cache_world_open(struct cache_world *w)
{
	memset(w, 0, sizeof(*w));
	arena_init(&w->arena, 65536);
	w->settings = (struct settings){
		.store_timeout = 50, .max_params = 100, .max_body = 1 << 20
	};
	w->page_max = CACHE_LIST_MAX;
	stores_make(w);
	service_make(w);
}

void
cache_world_close(struct cache_world *w)
{
	tallies_free(w->shared.tallies);
	pending_free(w->shared.pending);
	store_table_free(w->shared.table);
	arena_close(&w->arena);
}

void
cache_world_put(struct cache_world *w, const char *key, const char *value)
{
	put(w, str_of(key), str_of(value), 60);
}

const char *
cache_world_value(struct cache_world *w, const char *key)
{
	struct cache_item *item = find(w, str_of(key));

	return item == NULL ? NULL : item->value.p;
}

void
cache_world_request(struct cache_world *w, const char *method,
    const char *target, const char *body)
{
	struct request *req = &w->req;
	bool below = target[0] != '\0' && target[0] != '?';

	w->n_ops = 0;
	w->largest = 0;
	w->store.driver = w->cannot_list ? &keeper : &lister;
	memset(req, 0, sizeof(*req));
	req->arena = &w->arena;
	req->settings = &w->settings;
	req->deadline_ms = clock_boot_ms() + HANG_MS;
	req->stores = &w->stores;
	req->may_block = true;
	req->response.head = buf_in(&w->arena);
	req->response.build = buf_in(&w->arena);
	req->param[PARAM_METHOD] = str_of(method);
	req->param[PARAM_URI] = arena_printf(
	    &w->arena, "/api/v2/mem%s%s", below ? "/" : "", target);
	if (body != NULL) {
		req->body = str_of(body);
		req->has_body = true;
		req->param[PARAM_CONTENT_TYPE] = STR("application/json");
	}
	assert_int_equal(request_route(req), ST_OK);
	req->service = &w->service;
	req->role = &w->role;
}

int
cache_world_call(struct cache_world *w, const char *method, const char *target,
    const char *body)
{
	cache_world_request(w, method, target, body);
	w->service.type->handle(&w->req);
	return w->req.response.status;
}

const char *
cache_world_body(struct cache_world *w)
{
	return arena_dup(&w->arena, response_body(&w->req.response)).p;
}

void
cache_world_expect(struct cache_world *w, const char *method,
    const char *target, const char *body, int status, const char *want)
{
	int got = cache_world_call(w, method, target, body);

	assert_string_equal(cache_world_body(w), want);
	assert_int_equal(got, status);
}

void
cache_world_refuses(struct cache_world *w, const char *method,
    const char *target, const char *body, int status, const char *words)
{
	int got = cache_world_call(w, method, target, body);

	if (strstr(cache_world_body(w), words) == NULL)
		fail_msg("%s", cache_world_body(w));
	assert_int_equal(got, status);
	assert_int_equal(
	    cache_world_has_header(w, "Retry-After: 1"), status == 503);
}

bool
cache_world_has_header(struct cache_world *w, const char *line)
{
	struct str head = buf_str(&w->req.response.head);
	struct str want = arena_printf(&w->arena, "%s\r\n", line);

	for (; head.n >= want.n; head = str_skip(head, 1)) {
		if (str_starts(head, want))
			return true;
	}
	return false;
}
