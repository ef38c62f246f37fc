/*
 * Who asks: finds the app that an API key names, and the role it acts with.
 * Keys are looked up by their keyed hash only; everything here is decided
 * from the snapshot, so a bad key costs no store anything.
 */
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stages/stages.h"

/* Messages of dreamfactory.md 2.2, status of contract.md section 3. */
#define NO_CREDENTIALS                                                         \
	"No session token (JWT) or API Key detected in request. Please send "  \
	"in X-DreamFactory-Session-Token and/or X-DreamFactory-API-Key "       \
	"request header. You can also use URL query parameters "               \
	"session_token and/or api_key."
#define NO_SESSION                                                             \
	"No session token (JWT) provided. Please provide a valid JWT using "   \
	"X-DreamFactory-Session-Token request header or 'session_token' "      \
	"url query parameter."

static enum flow
refuse(struct request *req, const char *message)
{
	response_unauthorized(req, message);
	return FLOW_DONE;
}

/* dreamfactory.md 2.1: the first that is not empty. */
static struct str
key_sent(const struct request *req)
{
	struct str key = request_query(req, STR("api_key"));

	if (key.n == 0)
		key = req->param[PARAM_API_KEY];
	if (key.n == 0)
		key = req->param[PARAM_API_KEY_ALIAS];
	return key;
}

/* A token is refused rather than overlooked: who sends one must not be served
 * as somebody else. */
static bool
token_sent(const struct request *req)
{
	return str_starts(req->param[PARAM_AUTHORIZATION], STR("Bearer ")) ||
	       req->param[PARAM_SESSION_TOKEN].n > 0 ||
	       request_query(req, STR("session_token")).n > 0;
}

static const struct app_key *
key_find(const struct request *req, struct str key)
{
	const struct app_key *found = snapshot_key(req->snapshot, key);

	if (found != NULL && found->expires_ms != 0 &&
	    found->expires_ms <= req->arrived.wall_ms)
		return NULL;
	return found;
}

static enum flow
auth_plan(void *state, struct request *req)
{
	bool at_root = req->service_name.n == 0;
	struct str sent = key_sent(req);
	const struct app_key *key;

	(void)state;
	if (token_sent(req))
		return refuse(req, "Invalid token: there is no such session.");
	if (sent.n == 0)
		return at_root ? FLOW_NEXT : refuse(req, NO_CREDENTIALS);
	key = key_find(req, sent);
	if (key == NULL)
		return at_root ? FLOW_NEXT : refuse(req, NO_SESSION);
	req->app = key->app;
	req->role = key->app->role;
	if (!req->app->active) {
		response_fail(req, 403, "App is not active.");
		return FLOW_DONE;
	}
	if (req->role == NULL && !at_root)
		return refuse(req, NO_SESSION);
	return FLOW_NEXT;
}

const struct stage stage_auth = {
	.name = "auth",
	.plan = auth_plan,
};
