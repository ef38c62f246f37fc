#include "app/services/cache/rights.h"

#include "middleware/registry/access.h"
#include "middleware/request.h"

static unsigned
verb_of(const struct request *req)
{
	return request_reads(req) ? METHOD_GET : (unsigned)req->method;
}

static bool
allows(const struct request *req, struct str key, unsigned verb)
{
	int64_t id = req->service->id;

	return (access_verbs(req->role, id, key, REQUESTOR_API) & verb) != 0 &&
	       access_filters(req->role, id, key, verb) == NULL;
}

bool
rights_filtered(const struct request *req)
{
	return access_filters(req->role, req->service->id, req->resource,
		   verb_of(req)) != NULL;
}

bool
rights_allow(const struct request *req, const struct cache_op *ops, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!allows(req, ops[i].key, verb_of(req)) ||
		    (ops[i].kind == CACHE_PULL &&
			!allows(req, ops[i].key, METHOD_DELETE)))
			return false;
	}
	return true;
}

void
rights_refuse(struct request *req)
{
	response_forbid(req, req->resource);
}
