#include "middleware/stages/answer_count.h"

#include "middleware/meters.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
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
	meter_count(stores->meter, &answer);
}
