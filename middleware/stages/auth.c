/*
 * Who asks: finds the app that an API key names, the user that a session token
 * or HTTP Basic stands for, and the role that follows. Keys are looked up by
 * their keyed hash only. A key alone is decided from the snapshot and costs no
 * store anything; a token costs two reads of the request's one batch.
 */
#include "app/base/log.h"
#include "app/base/settings.h"
#include "middleware/credentials.h"
#include "middleware/guard.h"
#include "middleware/login.h"
#include "middleware/page.h"
#include "middleware/people.h"
#include "middleware/principal.h"
#include "middleware/registry/key_memo.h"
#include "middleware/registry/key_records.h"
#include "middleware/registry/snapshot.h"
#include "middleware/registry/system_pool.h"
#include "middleware/request.h"
#include "middleware/service.h"
#include "middleware/session.h"
#include "middleware/stages/origin.h"
#include "middleware/stages/stages.h"

/* Messages of dreamfactory.md 2.2, status of contract.md section 3. */
#define EXPIRED                                                                \
	"Token has expired: Session expired. Please refresh your token (if "   \
	"still within refresh window) or re-login."
/* A hint is shown of keys that are so many times as long. */
#define KEY_PART_SHOWN 4
#define WRONG_BASIC    "Unauthorized. User credentials did not match."

struct auth_slot {
	struct session_ask ask;
	struct str basic; /* as sent; STR_NULL: a token was */
	struct principal who;
};

static enum flow
refuse(struct request *req, const char *message)
{
	response_unauthorized(req, message);
	return FLOW_DONE;
}

/* The same of what might be a guess. */
static enum flow
refuse_wrong(struct request *req, const char *message)
{
	guard_refuse(req, message);
	return FLOW_DONE;
}

static const struct app_key *
key_find(const struct request *req, struct str key)
{
	const struct app_key *found = req->keys != NULL
					  ? key_memo_find(req->keys, key)
					  : snapshot_key(req->snapshot, key);

	if (found != NULL && found->expires_ms != 0 &&
	    found->expires_ms <= req->arrived.wall_ms)
		return NULL;
	return found;
}

/* One that names nothing is as good as none; the access stage knows that there
 * was one. */
static enum flow
key_take(struct request *req, struct str sent)
{
	const struct app_key *key = NULL;

	req->key_sent = sent.n > 0;
	if (req->key_sent)
		key = key_find(req, sent);
	if (key == NULL)
		return FLOW_NEXT;
	req->app = key->app;
	req->role = key->app->role;
	if (sent.n >= KEY_PART_SHOWN * KEY_HINT_BYTES)
		req->key_hint = str_make(sent.p, KEY_HINT_BYTES);
	if (req->app->active)
		return FLOW_NEXT;
	response_fail(req, 403, "App is not active.");
	return FLOW_DONE;
}

static void
principal_set(struct request *req, const struct principal *who)
{
	req->principal = who;
	req->role = principal_role(who, req->snapshot, req->app);
}

static bool
key_is_wrong(const struct request *req)
{
	return req->key_sent && req->app == NULL;
}

/* A wrong key is a guess, wherever it is sent: the limits or the role of a
 * right one show in any answer. Who may do anything without a key guesses
 * nothing. */
static enum flow
key_judge(struct request *req, enum flow flow)
{
	if (!key_is_wrong(req) ||
	    (req->principal != NULL && principal_is_free(req->principal)) ||
	    guard_allows(req))
		return flow;
	return FLOW_DONE;
}

static void
principal_clear(struct request *req)
{
	req->principal = NULL;
	req->role = NULL;
	req->is_guess = false;
}

/* dreamfactory.md 2.5: a token is of the e-mail it was made for. */
static bool
subject_fits(const struct session_ask *ask)
{
	return str_eq(ask->claims.subject,
	    str_make(ask->view.subject, sizeof(ask->view.subject)));
}

/* What is remembered is what is most likely; all else is planned when it is
 * known, and whatever is sent with a wrong key. */
static enum flow
token_plan(struct request *req, struct auth_slot *slot)
{
	session_plan(req, &slot->ask);
	if (!slot->ask.is_known || slot->ask.view.state != SESSION_GOOD ||
	    !subject_fits(&slot->ask) || key_is_wrong(req))
		return FLOW_AGAIN;
	principal_set(req, &slot->ask.view.who);
	req->is_guess = true;
	return FLOW_NEXT;
}

static enum flow
token_take(struct request *req, struct str sent, enum entrance entrance)
{
	int64_t now = req->arrived.wall_ms / 1000;
	struct auth_slot *slot = arena_zalloc(req->arena, sizeof(*slot));
	struct error err = { 0 };
	size_t n;
	const struct secret_mac *keys = snapshot_token_keys(req->snapshot, &n);

	if (jwt_read(req->arena, keys, n, sent, now, &slot->ask.claims, &err) !=
	    ST_OK)
		return refuse_wrong(req,
		    arena_printf(req->arena, "Invalid token: %s", err.text).p);
	req->token = &slot->ask.claims;
	req->token_sent = sent;
	if (entrance == ENTRANCE_TOKEN)
		return FLOW_NEXT;
	if (slot->ask.claims.expires <= now)
		return refuse(req, EXPIRED); /* 401 tells to renew it */
	req->slot[STAGE_AUTH] = slot;
	return token_plan(req, slot);
}

static enum flow
basic_take(struct request *req, struct str sent)
{
	struct auth_slot *slot;

	if (!origin_check(req))
		return FLOW_DONE;
	slot = arena_zalloc(req->arena, sizeof(*slot));
	slot->basic = sent;
	req->slot[STAGE_AUTH] = slot;
	return FLOW_AGAIN;
}

static enum entrance
entrance_of(const struct request *req)
{
	const struct service *service = req->service;

	if (service == NULL || service->type == NULL ||
	    service->type->entrance == NULL)
		return ENTRANCE_ROLE;
	return service->type->entrance(req);
}

/* What is sent beside the key. */
static enum flow
rest_take(
    struct request *req, const struct credentials *sent, enum entrance entrance)
{
	if (entrance == ENTRANCE_LOGIN)
		return FLOW_NEXT;
	if (sent->token.n > 0)
		return token_take(req, sent->token, entrance);
	if (sent->basic.n > 0 && entrance != ENTRANCE_TOKEN)
		return basic_take(req, sent->basic);
	return FLOW_NEXT;
}

static enum flow
auth_plan(void *state, struct request *req)
{
	struct credentials sent;
	enum entrance entrance;
	enum flow flow;

	(void)state;
	if (req->service_name.n > 0)
		req->service =
		    snapshot_service(req->snapshot, req->service_name);
	entrance = entrance_of(req);
	req->is_open = entrance != ENTRANCE_ROLE;
	credentials_read(req, entrance == ENTRANCE_TOKEN, &sent);
	req->opens_page = page_opens(req, sent.token);
	if (req->opens_page)
		return FLOW_NEXT;
	flow = key_take(req, sent.key);
	if (flow == FLOW_NEXT)
		flow = rest_take(req, &sent, entrance);
	return flow == FLOW_NEXT ? key_judge(req, flow) : flow;
}

/* What is known now holds: who calls, or why nobody does. */
static enum flow
adopt(struct request *req, const struct session_ask *ask)
{
	principal_clear(req);
	switch (ask->view.state) {
	case SESSION_NOBODY:
		response_fail(req, 404, "User not found.");
		return FLOW_DONE;
	case SESSION_INACTIVE:
		response_fail(req, 403, "User is not active.");
		return FLOW_DONE;
	case SESSION_ENDED:
		req->session_ended = true;
		return key_judge(req, FLOW_AGAIN);
	case SESSION_GOOD:
		break;
	}
	if (!subject_fits(ask))
		return refuse(req,
		    "Invalid token: It was made for another e-mail of its "
		    "user.");
	principal_set(req, &ask->view.who);
	return key_judge(req, FLOW_AGAIN);
}

/* On a worker; `store`: the store can be told. */
static enum flow
load(struct request *req, struct session_ask *ask, bool store)
{
	bool wanted = store;
	struct error err = { 0 };
	enum status st = session_load(req, ask, &store, &err);

	if (wanted && !store &&
	    req->settings->session_on_error == SESSION_ON_ERROR_DENY) {
		response_busy(req, "The session store cannot be reached.");
		return FLOW_DONE;
	}
	if (st == ST_OK)
		return adopt(req, ask);
	log_line(LOG_ERROR, req->id, "system database: %s", err.text);
	response_busy(req, "The system database cannot be reached.");
	return FLOW_DONE;
}

/* Callers with one token wait for the first of them to read it. */
static enum flow
go_back(struct request *req, const struct session_ask *ask)
{
	_Static_assert(FLIGHT_NAME_BYTES == DIGEST_BYTES, "a digest names it");
	digest(ask->claims.id, req->flight);
	req->shareable = true;
	return FLOW_BACK;
}

static enum flow
without_store(struct request *req, struct session_ask *ask)
{
	log_line(LOG_WARNING, req->id,
	    "the session store does not answer: SESSION_ON_ERROR decides");
	principal_clear(req);
	if (req->settings->session_on_error == SESSION_ON_ERROR_DENY) {
		response_busy(req, "The session store cannot be reached.");
		return FLOW_DONE;
	}
	return req->may_block ? load(req, ask, false) : FLOW_BACK;
}

static enum flow
token_enter(struct request *req, struct session_ask *ask)
{
	bool as_planned = req->is_guess;

	switch (session_take(req, ask)) {
	case SESSION_AS_THOUGHT:
		req->is_guess = false;
		return as_planned ? FLOW_NEXT : adopt(req, ask);
	case SESSION_TOLD:
		return adopt(req, ask);
	case SESSION_NO_STORE:
		return without_store(req, ask);
	case SESSION_UNKNOWN:
		break;
	}
	principal_clear(req);
	return req->may_block ? load(req, ask, true) : go_back(req, ask);
}

static enum status
basic_principal(struct request *req, const struct user_record *user,
    struct principal *out, struct error *err)
{
	struct system_db db;
	enum status st =
	    system_pool_take(req->people->pool, req->deadline_ms, &db, err);

	if (st != ST_OK)
		return st;
	st = principal_read(&db, req->arena, user, out, err);
	system_pool_give(req->people->pool, &db);
	return st;
}

static enum flow
basic_enter(struct request *req, struct auth_slot *slot)
{
	struct login_order order = { .either = true };
	struct user_record user;
	struct error err = { 0 };

	if (!req->may_block)
		return FLOW_BACK;
	if (req->settings->login_attribute == LOGIN_BY_USERNAME)
		order.by = USER_USERNAME;
	if (!credentials_basic(req, slot->basic, &order.name, &order.password))
		return refuse_wrong(req, WRONG_BASIC);
	if (login_verify(req, &order, WRONG_BASIC, &user) != ST_OK)
		return FLOW_DONE;
	if (basic_principal(req, &user, &slot->who, &err) != ST_OK) {
		log_line(LOG_ERROR, req->id, "system database: %s", err.text);
		response_busy(req, "The system database cannot be reached.");
		return FLOW_DONE;
	}
	principal_set(req, &slot->who);
	return key_judge(req, FLOW_AGAIN);
}

static enum flow
auth_enter(void *state, struct request *req)
{
	struct auth_slot *slot = req->slot[STAGE_AUTH];

	(void)state;
	if (slot == NULL)
		return FLOW_NEXT;
	req->shareable = false;
	if (!str_is_null(slot->basic))
		return basic_enter(req, slot);
	return token_enter(req, &slot->ask);
}

const struct stage stage_auth = {
	.name = "auth",
	.plan = auth_plan,
	.enter = auth_enter,
};
