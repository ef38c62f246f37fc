#include "app/services/system/write.h"

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/base/log.h"
#include "app/base/secret.h"
#include "app/base/settings.h"
#include "app/services/db/write/body_options.h"
#include "app/services/db/write/results.h"
#include "app/services/system/items.h"
#include "app/services/system/known.h"
#include "app/services/system/read.h"
#include "app/services/system/resource.h"
#include "app/services/user/account.h"
#include "app/services/user/mail.h"
#include "middleware/registry/access.h"
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
	bool steps; /* the registry's version */
	struct results results;
	enum status last; /* of the item that failed last */
	struct error why;
	bool rolled_back;
};

/* Is the failure one of this record alone? */
static bool
is_of_item(enum status st)
{
	return st == ST_INVALID || st == ST_EXISTS || st == ST_MISSING ||
	       st == ST_DENIED;
}

static enum status
record_write(
    struct writing *x, struct json record, int64_t *id, struct error *err)
{
	const struct system_resource *r = x->w.resource;
	enum status st = known_check(&x->w, r->table, record, err);

	if (st != ST_OK)
		return st;
	return x->call->req->method == METHOD_POST
		   ? r->create(&x->w, record, id, err)
		   : r->update(&x->w, *id, record, err);
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
	if (x->call->req->method == METHOD_DELETE)
		st = r->remove(&x->w, *id, err);
	else
		st = record_write(x, item->record, id, err);
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

/* Does the call change what snapshots hold? */
static bool
steps_version(const struct writing *x)
{
	const char *outside = x->w.resource->outside;

	for (size_t i = 0; i < x->items.n && outside != NULL; i++) {
		struct json inner = json_get(
		    x->w.arena, x->items.list[i].record, str_of(outside));

		if (json_count(inner) > 0)
			return true;
	}
	return outside == NULL;
}

/* A transaction, or a part of the one at hand. */
static enum status
transact(struct writing *x, system_db_work_f *work, struct error *err)
{
	return x->steps ? system_db_write(&x->db, work, x, err)
			: system_db_transact(&x->db, work, x, err);
}

/* Each item by itself, or as a part of what is undone as a whole. */
static enum status
items_work(struct system_db *db, void *ctx, struct error *err)
{
	struct writing *x = ctx;

	for (x->at = 0; x->at < x->items.n; x->at++) {
		struct error why = { 0 };
		enum status st = transact(x, item_work, &why);

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
	st = transact(x, items_work, err);
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

	if (x->n_ids > 0 && x->steps)
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

/* A mail that cannot be sent is told to the log: the user is there, and may
 * ask for another code. */
static void
invites_send(struct writing *x)
{
	for (size_t i = 0; i < x->w.n_invites; i++) {
		struct invite *invite = &x->w.invites[i];
		struct error err = { 0 };

		if (x->n_ids > 0 && mail_code(x->call->req, invite->email,
					invite->code, &err) != ST_OK)
			log_line(
			    LOG_ERROR, x->call->req->id, "mail: %s", err.text);
		secret_wipe(invite->code, sizeof(invite->code));
	}
}

static bool
is_alone(const struct writing *x)
{
	return x->items.n == 1 && !x->items.is_list;
}

/* What shows more of the records than the ids, as the call wants to see it. */
static struct system_read
read_of(const struct writing *x, const int64_t *ids, size_t n)
{
	struct system_read read = { .resource = x->w.resource,
		.ids = ids,
		.n_ids = n,
		.keys = x->w.shown,
		.n_keys = x->w.n_shown,
		.fields = STR("id") };

	if (is_alone(x)) {
		read.id = arena_printf(
		    x->call->req->arena, "%lld", (long long)ids[0]);
		read.n_ids = 0;
	}
	return read;
}

/* Who may write, but not read, is shown ids. */
static bool
wants_records(const struct request *req)
{
	bool asks = !str_is_null(request_query(req, STR("fields"))) ||
		    !str_is_null(request_query(req, STR("related")));

	return asks && req->method != METHOD_DELETE &&
	       (access_verbs(
		    req->role, req->service->id, req->resource, REQUESTOR_API) &
		   METHOD_GET) != 0;
}

/* Nothing is done that could not be answered then. */
static bool
answer_check(struct writing *x)
{
	static const int64_t any = 1;
	struct system_read read = read_of(x, &any, 1);

	return !wants_records(x->call->req) ||
	       system_read_check(x->call->req, &read);
}

static void
answer_done(struct writing *x)
{
	struct request *req = x->call->req;
	struct buf *b = &req->response.build;
	struct system_read read;

	if (wants_records(req)) {
		read = read_of(x, x->ids, x->n_ids);
		system_read(req, &read);
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

/* A key alone acts as its app. */
static void
actor_set(struct writing *x)
{
	const struct request *req = x->call->req;

	x->db.declared = snapshot_declared(req->snapshot);
	if (req->principal != NULL || req->app == NULL)
		return;
	x->actor = *x->db.actor;
	x->actor.name = req->app->name;
	x->db.actor = &x->actor;
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
	x->steps = steps_version(x);
	x->w.shown = arena_alloc(arena, n * sizeof(x->w.shown[0]));
	x->w.invites = arena_alloc(arena, n * sizeof(x->w.invites[0]));
}

void
system_write(
    struct account_call *c, const struct system_resource *resource, int64_t id)
{
	struct writing x = { .call = c, .w = { .resource = resource } };
	struct error err = { 0 };
	enum status st;

	if (!items_read(c, resource, id, &x.items) || !answer_check(&x) ||
	    !account_db_take(c, &x.db))
		return;
	writing_open(&x);
	actor_set(&x);
	st = items_run(&x, &err);
	account_db_give(c, &x.db);
	invites_send(&x);
	if (!effects_await(&x))
		return;
	if (st == ST_UNAVAILABLE && x.w.store_down)
		response_busy(c->req, "%s", err.text);
	else if (st != ST_OK)
		account_fault(c, st, &err);
	else if (x.results.n_failed > 0)
		answer_failed(&x);
	else
		answer_done(&x);
}
