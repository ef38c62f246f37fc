/* May this role do that to this resource? dreamfactory.md 2.2 and 3.2. */
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"
#include "middleware/stages/stages.h"

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

static unsigned
verbs_allowed(const struct request *req)
{
	const struct service *service = req->service;
	struct str component = access_component(
	    service == NULL ? NULL : service->type, req->resource);

	return access_verbs(
	    req->role, service_id(req), component, REQUESTOR_API);
}

/* A list of what the role may see needs no row of its own, only one that reads
 * anything (dreamfactory.md 3.2). */
static bool
is_open_list(const struct request *req)
{
	const struct service *service = req->service;

	return request_reads(req) && service != NULL && service->type != NULL &&
	       service->type->open_list != NULL &&
	       str_eq_nocase(req->resource, str_of(service->type->open_list)) &&
	       access_reaches(req->role, service->id, METHOD_GET) &&
	       !access_rules(
		   req->role, service->id, req->resource, REQUESTOR_API);
}

static enum flow
access_plan(void *state, struct request *req)
{
	(void)state;
	if (req->service_name.n == 0)
		return FLOW_NEXT;
	if (!req->role->active) {
		response_fail(req, 403,
		    "Access Forbidden. The role assigned to you or your "
		    "application or the default role of your application is "
		    "not active.");
		return FLOW_DONE;
	}
	req->service = snapshot_service(req->snapshot, req->service_name);
	if ((verbs_allowed(req) & verbs_needed(req->method)) == 0 &&
	    !is_open_list(req)) {
		response_unauthorized(req, ACCESS_REFUSED);
		return FLOW_DONE;
	}
	if (req->service == NULL) {
		response_fail(req, 404, "Could not find a service for %.*s",
		    STR_ARG(req->service_name));
		return FLOW_DONE;
	}
	if (!req->service->active) {
		response_fail(req, 403, "Service %.*s is deactivated.",
		    STR_ARG(req->service->name));
		return FLOW_DONE;
	}
	return FLOW_NEXT;
}

const struct stage stage_access = {
	.name = "access",
	.plan = access_plan,
};
