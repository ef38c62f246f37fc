#include "app/services/system/records.h"

#include "app/services/system/read.h"
#include "app/services/system/resource.h"
#include "app/services/system/rights.h"
#include "app/services/system/write.h"
#include "app/services/user/account.h"
#include "middleware/request.h"

enum segment { SEGMENT_RESOURCE, SEGMENT_ID, SEGMENTS };

void
records_unknown(struct request *req)
{
	response_fail(req, 404, "Resource '%.*s' not found for service '%.*s'.",
	    STR_ARG(req->resource), STR_ARG(req->service_name));
}

/* What may be done at the path. */
static unsigned
methods_of(const struct system_resource *r, bool single)
{
	unsigned methods = METHOD_GET;

	if (r->create != NULL && !single)
		methods |= METHOD_POST;
	if (r->update != NULL)
		methods |= METHOD_PUT | METHOD_PATCH;
	if (r->remove != NULL)
		methods |= METHOD_DELETE;
	return methods;
}

/* The id of the path, if there is one; false: the response says that it is
 * none. */
static bool
id_read(struct request *req, struct str *text, int64_t *id)
{
	*text = STR_NULL;
	if (req->n_segments <= SEGMENT_ID)
		return true;
	*text = req->segment[SEGMENT_ID];
	if (str_to_i64(*text, id) && *id > 0)
		return true;
	response_fail(
	    req, 400, "The identifier of a record must be a number above 0.");
	return false;
}

void
records_handle(struct account_call *c, const struct system_resource *resource)
{
	struct request *req = c->req;
	struct system_read read = { .resource = resource };
	int64_t id = 0;

	if (req->n_segments > SEGMENTS) {
		records_unknown(req);
		return;
	}
	if (!system_rights_check(req) ||
	    !account_allows(
		req, methods_of(resource, req->n_segments > SEGMENT_ID)) ||
	    !id_read(req, &read.id, &id) || json_body(req, &read.body) != ST_OK)
		return;
	c->body = read.body;
	if (request_reads(req))
		system_read(req, &read);
	else
		system_write(c, resource, id);
}
