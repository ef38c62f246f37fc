#include "middleware/stages/upstream.h"

#include "app/base/log.h"
#include "middleware/explain.h"
#include "middleware/format.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"
#include "middleware/stages/conditional.h"

/* A service whose database was away when it was opened is tried again by the
 * registry; until then it answers why. */
static void
unavailable(struct request *req, const struct service *service)
{
	log_line(LOG_WARNING, req->id, "service %.*s: %s",
	    STR_ARG(service->name), service->open_error);
	response_busy(
	    req, "Service %.*s is not available now.", STR_ARG(service->name));
}

static bool
is_open(const struct service *service)
{
	return service != NULL && service->type != NULL &&
	       service->instance != NULL;
}

void
upstream_plan(struct request *req)
{
	const struct service *service = req->service;

	req->planned = is_open(service) && service->type->plan != NULL &&
		       !explain_asked(req) && !request_is_document(req) &&
		       service->type->plan(req);
}

bool
upstream_answer(struct request *req)
{
	if (!req->planned || !req->service->type->answer(req))
		return false;
	format_apply(req);
	return true;
}

static void
handle(struct request *req)
{
	const struct service *service = req->service;

	if (req->service_name.n == 0)
		service_root(req);
	else if (service->type == NULL)
		response_fail(req, 501, "This weir has no service type '%.*s'.",
		    STR_ARG(service->type_name));
	else if (service->instance == NULL)
		unavailable(req, service);
	else if (request_is_document(req) ||
		 (!service->type->names_anything &&
		     str_eq(req->resource, STR(ACCESS_DOCUMENT))))
		service_document(req);
	else
		service->type->handle(req);
}

/* What may be stored, or is small, is read now; of the rest it is known at once
 * what will be sent. */
static void
take_file(struct request *req)
{
	struct response *res = &req->response;
	int64_t most = (int64_t)req->storable_bytes;

	if (most < RESPONSE_FILE_SMALL)
		most = RESPONSE_FILE_SMALL;
	if (res->file.bytes > most && res->status == 200 &&
	    res->content.has_tag)
		conditional_judge(req, res->content.tag);
	if (res->file.is_open && res->file.bytes <= most)
		response_file_load(req);
}

void
upstream_handle(struct request *req)
{
	if (req->page != PAGE_NONE) {
		service_page(req);
		return;
	}
	handle(req);
	if (req->response.file.is_open)
		take_file(req);
	format_apply(req);
}
