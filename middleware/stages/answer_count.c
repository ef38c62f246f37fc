#include "middleware/stages/answer_count.h"

#include "middleware/meters.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"
#include "middleware/stores.h"

/* Who was refused early has not come to its service, but names it. */
static int64_t
service_of(const struct request *req)
{
	const struct service *service = req->service;

	if (service == NULL && req->service_name.n > 0)
		service = snapshot_service(req->snapshot, req->service_name);
	return service == NULL ? 0 : service->id;
}

/* What was refused, or is not there, is no route: anybody may make some up. */
static bool
is_route(const struct request *req)
{
	const struct service *service = req->service;
	int status = req->response.status;

	return service != NULL && service->type != NULL &&
	       !service->type->is_single && (status < 400 || status >= 500);
}

/* "_table/orders", and "" for a key of a cache or a file: whoever may make
 * these may make any number of names. */
static struct str
route_of(const struct request *req)
{
	struct str whole = req->resource;
	size_t n = 0;

	if (!is_route(req))
		return STR_NULL;
	if (!str_starts(whole, STR("_")) || !req->service->type->has_calls)
		return STR("");
	for (int slashes = 0; n < whole.n && whole.p[n] != '('; n++)
		if (whole.p[n] == '/' && ++slashes == 2)
			break;
	return str_make(whole.p, n);
}

void
answer_count(const struct request *req, int64_t bytes, int64_t took_us)
{
	struct stores *stores = req->stores;
	struct meter_answer answer = {
		.method = req->tunnelled ? METHOD_POST : req->method,
		.status = req->response.status,
		.cache = req->cache_verdict,
		.limit = req->limit_verdict,
		.bytes = (uint64_t)bytes,
		.whole_us = took_us,
		.timing = &req->timing,
	};

	if (stores->shared->meters == NULL)
		return;
	if (stores->meter == NULL)
		stores->meter = meters_sheet(stores->shared->meters);
	answer.service_id = service_of(req);
	answer.route = route_of(req);
	meter_count(stores->meter, &answer);
}
