#include "tests/support/db_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/jsonread.h"
#include "drivers/db/sqlite.h"
#include "middleware/pending.h"
#include "middleware/registry/row_filters.h"
#include "middleware/service.h"
#include "middleware/tallies.h"

#define HANG_MS 60000

static void
note_deleted(struct world *w, struct str tag)
{
	struct str name = tag;
	size_t n = strlen(w->deleted);

	(void)str_cut(&name, ':');
	(void)str_cut(&name, ':');
	(void)snprintf(
	    w->deleted + n, sizeof(w->deleted) - n, "%.*s ", STR_ARG(name));
}

/* A connection of this store is the world itself. */
static enum status
store_exec(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	struct world *w = (struct world *)(void *)conn;

	(void)deadline_ms;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(ops[i]->kind, CACHE_DEL);
		assert_true(ops[i]->key.n <= CACHE_KEY_MAX);
		ops[i]->status = w->store_status;
		note_deleted(w, ops[i]->key);
	}
	(void)strcat(w->deleted, "|");
	if (w->watch_sql != NULL && w->n_batches < 8)
		w->watched[w->n_batches] = world_number(w, w->watch_sql);
	w->n_batches++;
	return w->store_status;
}

static const struct cache_driver driver = { .name = "noting",
	.exec = store_exec };

static enum status
take_number(void *ctx, const struct db_value *v, size_t n)
{
	int64_t *out = ctx;

	assert_int_equal(n, 1);
	*out = v[0].i;
	return ST_OK;
}

int64_t
world_number(struct world *w, const char *sql)
{
	struct db_stmt stmt = { .sql = str_of(sql) };
	int64_t number = -1;

	assert_int_equal(
	    db_sqlite.run(w->conn, &stmt, clock_boot_ms() + HANG_MS,
		take_number, &number, NULL, NULL),
	    ST_OK);
	return number;
}

void
world_script(struct world *w, const char *sql)
{
	struct error err = { .text = "" };

	(void)db_sqlite.script(w->conn, sql, &err);
	assert_string_equal(err.text, "");
}

static void
database_make(struct world *w, const char *script)
{
	struct db_config config = { .database = w->path, .create = true };

	(void)snprintf(w->folder, sizeof(w->folder), "/tmp/weir-svc-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	(void)snprintf(w->path, sizeof(w->path), "%s/t.db", w->folder);
	assert_int_equal(db_sqlite.connect(&config, clock_boot_ms() + HANG_MS,
			     &w->conn, NULL),
	    ST_OK);
	world_script(w, script);
}

static void
role_make(struct world *w)
{
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
world_filter(struct world *w, const char *filters, const char *op)
{
	w->rows[0].filters =
	    row_filters_read(&w->arena, str_of(filters), str_of(op));
}

static void
stores_make(struct world *w)
{
	w->store = (struct store){ .driver = &driver };
	w->store_conn = (struct store_conn){ .store = &w->store,
		.conn = (struct cache_conn *)(void *)w };
	w->shared = (struct stores_shared){ .table = store_table_new(),
		.pending = pending_new(),
		.tallies = tallies_new() };
	for (int use = 0; use < STORE_SHARED_USES; use++)
		w->shared.store[use] = &w->store;
	stores_connect(&w->shared, &w->stores);
	w->stores.conns = &w->store_conn;
}

void
world_open(struct world *w, const char *script, const char *more)
{
	struct error err = { .text = "" };

	*w = (struct world){ .store_status = ST_OK };
	arena_init(&w->arena, 65536);
	database_make(w, script);
	role_make(w);
	w->settings = (struct settings){ .db_max_records = 100000,
		.statement_timeout = HANG_MS,
		.store_timeout = 1000,
		.max_params = 100,
		.max_body = 1 << 20 };
	w->host.settings = &w->settings;
	w->service = (struct service){ .id = 1,
		.name = STR("db"),
		.type_name = STR("sqlite"),
		.active = true,
		.cache_ttl = 60,
		.type = service_type_find(STR("sqlite")) };
	w->service.config =
	    arena_printf(&w->arena, "{\"database\":\"%s\"%s}", w->path, more);
	(void)w->service.type->open(
	    &w->service, &w->host, &w->service.instance, &err);
	assert_string_equal(err.text, "");
	stores_make(w);
}

static void
remove_beside(const char *path, const char *suffix)
{
	char name[128];

	(void)snprintf(name, sizeof(name), "%s%s", path, suffix);
	(void)unlink(name); /* may never have been there */
}

void
world_close(struct world *w)
{
	w->service.type->close(w->service.instance);
	tallies_free(w->shared.tallies);
	pending_free(w->shared.pending);
	store_table_free(w->shared.table);
	db_sqlite.disconnect(w->conn);
	arena_close(&w->arena);
	remove_beside(w->path, "-wal");
	remove_beside(w->path, "-shm");
	(void)unlink(w->path);
	assert_int_equal(rmdir(w->folder), 0);
}

void
world_request(
    struct world *w, const char *method, const char *target, const char *body)
{
	struct request *req = &w->req;
	struct str uri;

	w->deleted[0] = '\0';
	w->n_batches = 0;
	memset(req, 0, sizeof(*req));
	req->arena = &w->arena;
	req->settings = &w->settings;
	req->deadline_ms = clock_boot_ms() + HANG_MS;
	req->stores = &w->stores;
	req->may_block = true;
	req->response.head = buf_in(&w->arena);
	req->response.build = buf_in(&w->arena);
	uri = arena_printf(
	    &w->arena, "/api/v2/db%s%s", target[0] == '\0' ? "" : "/", target);
	req->param[PARAM_METHOD] = str_of(method);
	req->param[PARAM_URI] = uri;
	if (body != NULL) {
		req->body = str_of(body);
		req->param[PARAM_CONTENT_TYPE] = STR("application/json");
	}
	assert_int_equal(request_route(req), ST_OK);
	req->service = &w->service;
	req->role = &w->role;
	req->principal = w->principal;
}

int
world_call(
    struct world *w, const char *method, const char *target, const char *body)
{
	world_request(w, method, target, body);
	w->service.type->handle(&w->req);
	return w->req.response.status;
}

const char *
world_body(struct world *w)
{
	return arena_dup(&w->arena, response_body(&w->req.response)).p;
}

const char *
world_message(struct world *w)
{
	struct json body;
	struct json error;

	assert_true(w->req.response.is_error);
	assert_int_equal(
	    json_parse(&w->arena, response_body(&w->req.response), &body, NULL),
	    ST_OK);
	error = json_get(&w->arena, body, STR("error"));
	return arena_dup(&w->arena,
	    json_to_str(&w->arena, json_get(&w->arena, error, STR("message"))))
	    .p;
}

bool
world_has_header(struct world *w, const char *line)
{
	struct str head = buf_str(&w->req.response.head);
	struct str want = arena_printf(&w->arena, "%s\r\n", line);

	for (; head.n >= want.n; head = str_skip(head, 1)) {
		if (str_starts(head, want))
			return true;
	}
	return false;
}

void
world_expect(struct world *w, const char *method, const char *target,
    const char *body, const char *want)
{
	int status = world_call(w, method, target, body);

	assert_string_equal(world_body(w), want);
	assert_int_equal(status, 200);
}

void
world_expect_refusal(struct world *w, const char *method, const char *target,
    const char *body, const char *message)
{
	(void)world_call(w, method, target, body);
	assert_string_equal(world_message(w), message);
}
