/* May this role do that to this resource? dreamfactory.md 2.2 and 3.2. */
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"
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
#define NO_KEY                                                                 \
	"No API Key provided. Please provide a valid API Key using "           \
	"X-DreamFactory-API-Key request header or 'api_key' url query "        \
	"parameter."
#define NO_ROLE                                                                \
	"Role not found. A role may not be assigned to you or your "           \
	"application."
#define INACTIVE_ROLE                                                          \
	"Access Forbidden. The role assigned to you or your application or "   \
	"the default role of your application is not active."

/* HEAD asks what GET asks. OPTIONS is open to whoever may do anything. */
static unsigned
verbs_needed(enum method m)
{
	if (m == METHOD_HEAD)
		return METHOD_GET;
	if (m == METHOD_OPTIONS)
		return METHOD_GET | METHOD_POST | METHOD_PUT | METHOD_PATCH |
		       METHOD_DELETE;
	return (unsigned)m;
}

/* The row id under which an unknown service is judged: only rows for all
 * services can match it, so a role learns nothing of what exists. */
static int64_t
service_id(const struct request *req)
{
	return req->service == NULL ? -1 : req->service->id;
}

static struct str
component_of(const struct request *req)
{
	const struct service *service = req->service;

	return access_component(
	    service == NULL ? NULL : service->type, req->resource);
}

/* What needs no row of its own, but any of the service. */
static bool
is_told_anyway(const struct request *req)
{
	const struct service *service = req->service;

	if (!request_reads(req) || service == NULL)
		return false;
	return request_is_document(req)
		   ? access_document(req->role, service)
		   : access_lists(req->role, service, req->resource);
}

/* Why a call may not go on. */
enum verdict {
	ALLOWED,
	CREDENTIALS_MISSING,
	SESSION_MISSING,
	KEY_MISSING,
	ROLE_MISSING,
	ROLE_INACTIVE,
	FORBIDDEN,
	SERVICE_UNKNOWN,
	SERVICE_INACTIVE
};

static enum verdict
without_role(const struct request *req)
{
	if (req->principal == NULL)
		return req->key_sent ? SESSION_MISSING : CREDENTIALS_MISSING;
	return req->app == NULL ? KEY_MISSING : ROLE_MISSING;
}

static enum verdict
role_verdict(const struct request *req)
{
	unsigned allowed;

	if (req->role == NULL)
		return without_role(req);
	if (!req->role->active)
		return ROLE_INACTIVE;
	allowed = access_verbs(
	    req->role, service_id(req), component_of(req), REQUESTOR_API);
	if ((allowed & verbs_needed(req->method)) != 0 || is_told_anyway(req))
		return ALLOWED;
	return FORBIDDEN;
}

/* Who shows a token of a session that has ended is refused later, when that
 * has been counted. */
static enum verdict
verdict_of(const struct request *req)
{
	enum verdict verdict = ALLOWED;

	if (req->service_name.n == 0 || req->session_ended)
		return ALLOWED;
	if (!req->is_open)
		verdict = role_verdict(req);
	if (verdict != ALLOWED)
		return verdict;
	if (req->service == NULL)
		return SERVICE_UNKNOWN;
	return req->service->active ? ALLOWED : SERVICE_INACTIVE;
}

static void
refuse(struct request *req, enum verdict verdict)
{
	static const char *const texts[] = {
		[CREDENTIALS_MISSING] = NO_CREDENTIALS,
		[SESSION_MISSING] = NO_SESSION,
		[KEY_MISSING] = NO_KEY,
		[ROLE_MISSING] = NO_ROLE,
		[ROLE_INACTIVE] = INACTIVE_ROLE,
	};

	switch (verdict) {
	case SESSION_MISSING:
	case CREDENTIALS_MISSING:
	case KEY_MISSING:
		response_unauthorized(req, texts[verdict]);
		break;
	case ROLE_MISSING:
	case ROLE_INACTIVE:
		response_fail(req, 403, "%s", texts[verdict]);
		break;
	case SERVICE_UNKNOWN:
		response_fail(req, 404, "Could not find a service for %.*s",
		    STR_ARG(req->service_name));
		break;
	case SERVICE_INACTIVE:
		response_fail(req, 403, "Service %.*s is deactivated.",
		    STR_ARG(req->service->name));
		break;
	case FORBIDDEN:
	case ALLOWED:
		response_forbid(req, component_of(req));
		break;
	}
}

/* Whoever is refused must be who it is thought to be: until that is certain
 * nothing behind this stage is planned. */
static enum flow
access_plan(void *state, struct request *req)
{
	enum verdict verdict = verdict_of(req);

	(void)state;
	if (verdict == ALLOWED)
		return FLOW_NEXT;
	if (req->is_guess)
		return FLOW_AGAIN;
	refuse(req, verdict);
	return FLOW_DONE;
}

/* Again, since the plan may have been a guess that holds. */
static enum flow
access_enter(void *state, struct request *req)
{
	enum verdict verdict = ALLOWED;

	(void)state;
	if (req->principal != NULL)
		verdict = verdict_of(req);
	if (verdict == ALLOWED)
		return FLOW_NEXT;
	refuse(req, verdict);
	return FLOW_DONE;
}

const struct stage stage_access = {
	.name = "access",
	.plan = access_plan,
	.enter = access_enter,
};
