#include "app/services/system/write.h"

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "app/services/db/write/body_options.h"
#include "app/services/db/write/results.h"
#include "app/services/system/items.h"
#include "app/services/system/read.h"
#include "app/services/system/resource.h"
#include "app/services/user/account.h"
#include "middleware/principal.h"
#include "middleware/registry/registry.h"
#include "middleware/registry/system_db.h"
#include "middleware/request.h"
#include "middleware/session.h"

/* A call that writes, on its way. */
struct writing {
	struct account_call *call;
	struct items items;
	size_t at; /* the item at hand */
	struct system_write w;
	struct system_db db;
	struct actor actor;
	int64_t *ids; /* of what has been written */
	size_t n_ids;
	struct results results;
	enum status last; /* of the item that failed last */
	struct error why;
	bool rolled_back;
};

void
system_write_service(struct system_write *w, struct str name)
{
	w->services[w->n_services++] = name;
}

enum status
system_write_user(struct system_write *w, int64_t id, struct error *err)
{
	int64_t soon = clock_boot_ms() + w->req->settings->store_timeout;

	if (session_forget(w->req->stores, id, soon) != ST_OK)
		return error_set(err, ST_UNAVAILABLE,
		    "The session store cannot be reached: nothing was changed, "
		    "since sessions could go on as they were.");
	w->users[w->n_users++] = id;
	return ST_OK;
}

void
system_write_key(struct system_write *w, int64_t app_id, struct str key)
{
	w->shown[w->n_shown++] = (struct shown_key){ app_id, key };
}

struct name_read {
	struct arena *arena;
	struct str name;
};

static enum status
name_row(void *ctx, const struct db_value *v, size_t n)
{
	struct name_read *r = ctx;

	(void)n; /* as many as the statement names */
	r->name = value_text(r->arena, &v[0]);
	return ST_OK;
}

enum status
system_write_name(struct system_write *w, const char *sql, int64_t id,
    struct str *name, struct error *err)
{
	struct name_read r = { .arena = w->arena };
	struct db_value args[] = { bind_i64(id) };
	struct db_stmt stmt = { str_of(sql), args, 1 };
	enum status st = system_db_run(w->db, &stmt, name_row, &r, err);

	*name = r.name;
	return st == ST_OK && str_is_null(r.name) ? ST_MISSING : st;
}

enum status
system_write_refer(struct system_write *w, const char *member, const char *sql,
    int64_t id, struct str *name, struct error *err)
{
	enum status st;

	*name = STR_NULL;
	if (id == 0)
		return ST_OK;
	st = system_write_name(w, sql, id, name, err);
	if (st != ST_MISSING)
		return st;
	return error_set(err, ST_INVALID, "%s: there is none of the id %lld.",
	    member, (long long)id);
}

/* Is the failure one of this record alone? */
static bool
is_of_item(enum status st)
{
	return st == ST_INVALID || st == ST_EXISTS || st == ST_MISSING ||
	       st == ST_DENIED;
}

static enum status
item_work(struct system_db *db, void *ctx, struct error *err)
{
	struct writing *x = ctx;
	const struct system_resource *r = x->w.resource;
	const struct item *item = &x->items.list[x->at];
	int64_t *id = &x->ids[x->n_ids];
	enum status st;

	(void)db; /* it is the one of the call */
	*id = item->id;
	x->w.prepared = item->prepared;
	if (x->call->req->method == METHOD_POST)
		st = r->create(&x->w, item->record, id, err);
	else if (x->call->req->method == METHOD_DELETE)
		st = r->remove(&x->w, *id, err);
	else
		st = r->update(&x->w, *id, item->record, err);
	if (st == ST_MISSING)
		return error_set(err, st,
		    "Record with identifier '%lld' not found.", (long long)*id);
	return st;
}

static void
item_show(struct writing *x, int64_t id)
{
	struct buf *b = results_next(&x->results);

	buf_put_lit(b, "{\"id\":");
	buf_put_i64(b, id);
	for (size_t i = 0; i < x->w.n_shown; i++) {
		if (x->w.shown[i].app_id != id)
			continue;
		json_put_name(b, STR("api_key"));
		json_put_str(b, x->w.shown[i].key);
	}
	buf_put_char(b, '}');
}

/* Each item by itself, or as a part of what is undone as a whole. */
static enum status
items_work(struct system_db *db, void *ctx, struct error *err)
{
	struct writing *x = ctx;

	for (x->at = 0; x->at < x->items.n; x->at++) {
		struct error why = { 0 };
		enum status st = system_db_write(&x->db, item_work, x, &why);

		if (st == ST_OK) {
			item_show(x, x->ids[x->n_ids++]);
			continue;
		}
		if (!is_of_item(st))
			return error_set(err, st, "%s", why.text);
		results_fail(&x->results, st, &why);
		x->last = st;
		x->why = why;
		if (db->depth > 0)
			return error_set(err, st, "%s", why.text);
		if (!x->items.go_on)
			break;
	}
	return ST_OK;
}

static enum status
items_run(struct writing *x, struct error *err)
{
	enum status st;

	if (!x->items.rollback)
		return items_work(&x->db, x, err);
	st = system_db_write(&x->db, items_work, x, err);
	x->rolled_back = st != ST_OK;
	if (x->rolled_back)
		x->n_ids = 0;
	return x->results.n_failed > 0 ? ST_OK : st;
}

/* What was written is in force before it is acknowledged. */
static bool
effects_await(struct writing *x)
{
	struct request *req = x->call->req;

	if (x->n_ids > 0)
		registry_refresh(req->registry);
	for (size_t i = 0; i < x->w.n_services && x->n_ids > 0; i++) {
		struct snapshot *fresh = NULL;
		struct error why = { 0 };

		/* One that cannot be opened says so to who calls it. */
		if (registry_renew(req->registry, x->w.services[i], NULL, false,
			&fresh, &why) == ST_OK)
			snapshot_unref(fresh);
	}
	for (size_t i = 0; i < x->w.n_users; i++) {
		if (!session_forget_after(req, x->w.users[i]))
			return false;
	}
	return true;
}

static bool
is_alone(const struct writing *x)
{
	return x->items.n == 1 && !x->items.is_list;
}

/* More than the ids, as the call wants to see it. */
static void
records_show(struct writing *x)
{
	struct system_read read = { .resource = x->w.resource,
		.ids = x->ids,
		.n_ids = x->n_ids,
		.keys = x->w.shown,
		.n_keys = x->w.n_shown,
		.fields = STR("id") };

	if (is_alone(x)) {
		read.id = arena_printf(
		    x->call->req->arena, "%lld", (long long)x->ids[0]);
		read.n_ids = 0;
	}
	system_read(x->call->req, &read);
}

static bool
wants_records(const struct request *req)
{
	return req->method != METHOD_DELETE &&
	       (!str_is_null(request_query(req, STR("fields"))) ||
		   !str_is_null(request_query(req, STR("related"))));
}

static void
answer_done(struct writing *x)
{
	struct request *req = x->call->req;
	struct buf *b = &req->response.build;

	if (wants_records(req)) {
		records_show(x);
	} else if (is_alone(x)) {
		buf_put(b, buf_str(&x->results.list));
		account_answer(x->call);
	} else {
		buf_put_lit(b, "{\"resource\":[");
		buf_put(b, buf_str(&x->results.list));
		buf_put_lit(b, "]}");
		account_answer(x->call);
	}
	if (req->method == METHOD_POST && req->response.status == 200)
		req->response.status = x->w.resource->created;
}

/* One record fails as what it is, several as a batch. */
static void
answer_failed(struct writing *x)
{
	static const char *const done[] = {
		[METHOD_POST] = "created",
		[METHOD_PUT] = "updated",
		[METHOD_PATCH] = "patched",
		[METHOD_DELETE] = "deleted",
	};
	struct request *req = x->call->req;

	if (x->items.n == 1)
		response_fail(
		    req, response_status_of(x->last), "%s", x->why.text);
	else
		results_refuse(
		    req, &x->results, done[req->method], x->rolled_back);
}

static void
actor_set(struct writing *x)
{
	const struct request *req = x->call->req;
	const struct principal *who = req->principal;

	x->actor = (struct actor){ .source = req->param[PARAM_REMOTE_ADDR],
		.name = req->app == NULL ? STR("") : req->app->name };
	if (who != NULL) {
		x->actor.user_id = who->id;
		x->actor.name = who->email;
	}
	x->db.actor = &x->actor;
	x->db.audit_log = true;
	x->db.declared = snapshot_declared(req->snapshot);
}

static void
writing_open(struct writing *x)
{
	struct request *req = x->call->req;
	struct arena *arena = req->arena;
	size_t n = x->items.n;

	results_open(&x->results, arena);
	x->ids = arena_alloc(arena, (n + 1) * sizeof(x->ids[0]));
	x->w.req = req;
	x->w.arena = arena;
	x->w.db = &x->db;
	x->w.keys = snapshot_app_keys(req->snapshot);
	x->w.services = arena_alloc(arena, n * sizeof(x->w.services[0]));
	x->w.users = arena_alloc(arena, n * sizeof(x->w.users[0]));
	x->w.shown = arena_alloc(arena, n * sizeof(x->w.shown[0]));
}

void
system_write(
    struct account_call *c, const struct system_resource *resource, int64_t id)
{
	struct writing x = { .call = c, .w = { .resource = resource } };
	struct error err = { 0 };
	enum status st;

	if (!items_read(c, resource, id, &x.items) ||
	    !account_db_take(c, &x.db))
		return;
	writing_open(&x);
	actor_set(&x);
	st = items_run(&x, &err);
	account_db_give(c, &x.db);
	if (!effects_await(&x))
		return;
	if (st != ST_OK)
		account_fault(c, st, &err);
	else if (x.results.n_failed > 0)
		answer_failed(&x);
	else
		answer_done(&x);
}
