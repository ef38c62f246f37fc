#include "middleware/renew.h"

#include "middleware/registry/registry.h"
#include "middleware/request.h"

/* Removed or put out of use meanwhile, it is as good as closed. */
static bool
is_usable(const struct service *service)
{
	return service != NULL && service->active && service->instance != NULL;
}

enum status
renew_service(struct request *req, bool any, struct error *err)
{
	const struct service *service = req->service;
	struct snapshot *later = NULL;
	enum status st;

	if (req->registry == NULL || req->n_later == LATER_MAX)
		return error_set(
		    err, ST_UNAVAILABLE, "it cannot be opened anew here");
	st = registry_renew(
	    req->registry, service->name, service->instance, any, &later, err);
	if (st != ST_OK)
		return st;
	req->later[req->n_later++] = later;
	service = snapshot_service(later, service->name);
	if (!is_usable(service))
		return error_set(
		    err, ST_UNAVAILABLE, "the service has been closed");
	if (service->id != req->service->id ||
	    service->type != req->service->type)
		return error_set(
		    err, ST_UNAVAILABLE, "the service is another one now");
	req->service = service;
	return ST_OK;
}

void
renew_release(struct request *req)
{
	while (req->n_later > 0)
		snapshot_unref(req->later[--req->n_later]);
}
