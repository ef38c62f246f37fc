#include "middleware/session.h"

#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "middleware/people.h"
#include "middleware/registry/system_pool.h"
#include "middleware/request.h"
#include "middleware/session_memory.h"
#include "middleware/stores.h"

/* A version that ends costs one reading of the database; one that nobody asks
 * for should not lie there for ever. */
#define VERSION_TTL (7u * 86400u)

/* For so long it is remembered that a token stands for nobody. */
#define REFUSED_TTL 300u

/* The names of a user's keys, which lie on one server of a store. */
static void
version_op(struct cache_op *op, struct arena *arena, int64_t user_id)
{
	op->space = &space_sessions;
	op->key = arena_printf(arena, "u:%lld", (long long)user_id);
	op->shard = arena_printf(arena, "u%lld", (long long)user_id);
}

static void
view_op(struct cache_op *op, struct arena *arena, const struct jwt *claims)
{
	version_op(op, arena, claims->user_id);
	op->key = arena_printf(arena, "s:%.*s", STR_ARG(claims->id));
}

static bool
version_take(const struct cache_op *op, struct session_version *out)
{
	if (op->status != ST_OK || op->value.n != sizeof(out->bytes))
		return false;
	memcpy(out->bytes, op->value.p, sizeof(out->bytes));
	memcpy(out->incarnation, op->incarnation, sizeof(out->incarnation));
	return true;
}

/* Remembered bytes name the version they were read under. */
static bool
remembered_read(struct request *req, struct session_ask *ask)
{
	struct session_version version;

	return session_memory_get(req->people->memory, req->arena,
		   ask->claims.id, &ask->bytes) &&
	       session_view_version(ask->bytes, &version) &&
	       session_view_unpack(
		   req->arena, ask->bytes, &version, &ask->view) &&
	       ask->view.who.id == ask->claims.user_id;
}

void
session_plan(struct request *req, struct session_ask *ask)
{
	ask->is_known = remembered_read(req, ask);
	ask->version = request_plan_op(req, STORE_SESSION);
	ask->version->kind = CACHE_GET;
	version_op(ask->version, req->arena, ask->claims.user_id);
	ask->stored = NULL;
	if (ask->is_known)
		return;
	ask->stored = request_plan_op(req, STORE_SESSION);
	ask->stored->kind = CACHE_GET;
	view_op(ask->stored, req->arena, &ask->claims);
}

static bool
is_answer(const struct cache_op *op)
{
	return op->status == ST_OK || op->status == ST_MISSING;
}

static bool
view_take(struct request *req, struct session_ask *ask,
    const struct session_version *now)
{
	const struct cache_op *op = ask->stored;

	if (op->status != ST_OK ||
	    memcmp(op->incarnation, now->incarnation, INCARNATION_BYTES) != 0)
		return false;
	ask->bytes = op->value;
	return session_view_unpack(req->arena, ask->bytes, now, &ask->view) &&
	       ask->view.who.id == ask->claims.user_id;
}

static bool
is_of(const struct session_ask *ask, const struct session_version *now)
{
	struct session_version then;

	return ask->is_known && session_view_version(ask->bytes, &then) &&
	       memcmp(now, &then, sizeof(then)) == 0;
}

/* What was remembered is of the past; since it was planned by, another request
 * may have read anew. */
static bool
remembered_since(struct request *req, struct session_ask *ask,
    const struct session_version *now)
{
	ask->is_known = remembered_read(req, ask);
	ask->is_known = is_of(ask, now);
	return ask->is_known;
}

enum session_answer
session_take(struct request *req, struct session_ask *ask)
{
	struct session_version now;

	if (!is_answer(ask->version) ||
	    (ask->stored != NULL && !is_answer(ask->stored)))
		return SESSION_NO_STORE;
	if (!version_take(ask->version, &now))
		return SESSION_UNKNOWN;
	if (is_of(ask, &now))
		return SESSION_AS_THOUGHT;
	if (ask->stored == NULL)
		return remembered_since(req, ask, &now) ? SESSION_TOLD
							: SESSION_UNKNOWN;
	ask->is_known = view_take(req, ask, &now);
	if (!ask->is_known)
		return SESSION_UNKNOWN;
	session_memory_put(req->people->memory, ask->claims.id, ask->bytes);
	return SESSION_TOLD;
}

/* ADD, so that all readers agree on the version that came first; then GET, in
 * the same batch. */
static bool
version_mint(
    struct request *req, const struct jwt *claims, struct session_version *out)
{
	uint8_t fresh[SESSION_VERSION_BYTES];
	struct cache_op add = { .kind = CACHE_ADD, .ttl = VERSION_TTL };
	struct cache_op get = { .kind = CACHE_GET };
	struct cache_op *list[] = { &add, &get };

	secret_random(fresh, sizeof(fresh));
	version_op(&add, req->arena, claims->user_id);
	version_op(&get, req->arena, claims->user_id);
	add.value = str_make((const char *)fresh, sizeof(fresh));
	return stores_exec(req, STORE_SESSION, list, 2) == ST_OK &&
	       version_take(&get, out);
}

/* As long as the token lives, or until others may have forgotten as well. */
static uint32_t
view_ttl(const struct request *req, const struct session_ask *ask)
{
	int64_t left = ask->claims.expires - req->arrived.wall_ms / 1000;

	if (ask->view.state != SESSION_GOOD && left > REFUSED_TTL)
		left = REFUSED_TTL;
	if (left > CACHE_TTL_MAX)
		left = CACHE_TTL_MAX;
	return left < 1 ? 1 : (uint32_t)left;
}

/* A store that does not take it costs the next request a reading. */
static void
view_put(struct request *req, struct session_ask *ask)
{
	struct cache_op op = { .kind = CACHE_SET };
	struct cache_op *list[] = { &op };

	view_op(&op, req->arena, &ask->claims);
	op.value = ask->bytes;
	op.ttl = view_ttl(req, ask);
	if (stores_exec(req, STORE_SESSION, list, 1) != ST_OK ||
	    op.status != ST_OK)
		log_line(LOG_WARNING, req->id,
		    "session store: what was read of a session could not be "
		    "kept (%s)",
		    status_name(op.status));
	session_memory_put(req->people->memory, ask->claims.id, ask->bytes);
}

static enum status
database_read(struct request *req, struct session_ask *ask, struct error *err)
{
	struct system_db db;
	enum status st =
	    system_pool_take(req->people->pool, req->deadline_ms, &db, err);

	if (st != ST_OK)
		return st;
	st = session_read(&db, req->arena, &ask->claims, &ask->view, err);
	system_pool_give(req->people->pool, &db);
	return st;
}

enum status
session_load(struct request *req, struct session_ask *ask, bool *store,
    struct error *err)
{
	struct session_version version;
	enum status st;

	ask->is_known = false;
	*store = *store && version_mint(req, &ask->claims, &version);
	st = database_read(req, ask, err);
	if (st != ST_OK)
		return st;
	ask->is_known = true;
	if (!*store)
		return ST_OK;
	ask->bytes = session_view_pack(req->arena, &ask->view, &version);
	view_put(req, ask);
	return ST_OK;
}

enum status
session_forget(struct stores *stores, int64_t user_id, int64_t deadline_ms)
{
	struct store *store = stores_of(stores->shared, STORE_SESSION);
	struct cache_conn *conn = stores_conn(stores, store, NULL);
	struct cache_op op = { .kind = CACHE_DEL };
	struct cache_op *list[] = { &op };
	struct arena arena;
	enum status st;

	if (conn == NULL)
		return ST_UNAVAILABLE;
	arena_init(&arena, 256);
	version_op(&op, &arena, user_id);
	st = store->driver->exec(conn, list, 1, deadline_ms);
	if (st == ST_OK && op.status != ST_MISSING)
		st = op.status;
	arena_close(&arena);
	return st;
}

void
session_refuse(struct request *req)
{
	response_unauthorized(req,
	    "The token has been blacklisted: Session terminated. Please "
	    "re-login.");
}

bool
session_forget_before(struct request *req, int64_t user_id)
{
	enum status st = session_forget(req->stores, user_id,
	    clock_boot_ms() + req->settings->store_timeout);

	if (st == ST_OK)
		return true;
	log_line(LOG_ERROR, req->id, "session store: %s", status_name(st));
	response_busy(req,
	    "The session store cannot be reached: nothing was changed, since "
	    "sessions could go on as they were.");
	return false;
}

bool
session_forget_after(struct request *req, int64_t user_id)
{
	int64_t soon = clock_boot_ms() + req->settings->store_timeout;
	int64_t deadline = req->deadline_ms > soon ? req->deadline_ms : soon;
	enum status st = session_forget(req->stores, user_id, deadline);

	if (st == ST_OK)
		return true;
	log_line(LOG_ERROR, req->id,
	    "session store: %s after a change of user %lld: sessions may go on "
	    "as they were",
	    status_name(st), (long long)user_id);
	response_busy(req,
	    "The change was made, but the session store cannot be reached: "
	    "sessions may go on as they were. Make it again.");
	return false;
}
