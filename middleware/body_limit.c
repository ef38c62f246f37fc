#include "middleware/body_limit.h"

#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"

void
body_limit_set(struct request *req)
{
	const struct service *service = NULL;

	if (req->service_name.n > 0)
		service = snapshot_service(req->snapshot, req->service_name);
	if (service == NULL || service->type == NULL ||
	    service->instance == NULL || service->type->body_limit == NULL)
		return;
	req->body_streams =
	    service->type->body_limit(service, req, &req->body_limit);
}
