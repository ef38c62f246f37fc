#include "app/services/file/call.h"

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/base/uri.h"
#include "app/services/file/file.h"
#include "middleware/cancel.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

static unsigned
verb_of(const struct request *req)
{
	return request_reads(req) ? METHOD_GET : (unsigned)req->method;
}

/* What the role was asked about is the resource, which the route decoded as
 * well: both are one text, or the path is refused. */
static enum status
path_take(struct file_call *c, struct error *err)
{
	struct file_path path;
	struct str text;
	enum status st;

	if (!uri_decode(c->req->arena, c->req->resource_sent, false, &text))
		return error_set(
		    err, ST_INVALID, "The path is not encoded well.");
	st = file_path_read(text, &path, err);
	if (st == ST_OK && !str_eq(path.text, c->req->resource))
		st = error_set(err, ST_INVALID,
		    "The path can be read in more than one way.");
	c->path = path.text;
	c->is_folder = path.is_folder;
	return st;
}

enum status
file_call_open(struct file_call *c, struct request *req, struct error *err)
{
	*c = (struct file_call){
		.req = req,
		.service = req->service->instance,
		.path = STR(""),
	};
	if (access_filters(req->role, req->service->id, req->resource,
		verb_of(req)) != NULL)
		return error_set(err, ST_DENIED,
		    "The row filters of the role cannot be applied here.");
	return path_take(c, err);
}

enum status
file_call_below(const struct file_call *c, struct str folder, struct str name,
    struct str *out, struct error *err)
{
	const char *fault = file_name_fault(name);
	struct file_path path;

	if (fault != NULL)
		return error_set(err, ST_INVALID, "The name %s.", fault);
	*out = arena_printf(c->req->arena, "%.*s%s%.*s", STR_ARG(folder),
	    folder.n > 0 ? "/" : "", STR_ARG(name));
	return file_path_read(*out, &path, err);
}

bool
file_call_allows(const struct file_call *c, struct str path, unsigned verbs)
{
	const struct request *req = c->req;
	int64_t id = req->service->id;

	return (access_verbs(req->role, id, path, REQUESTOR_API) & verbs) ==
		   verbs &&
	       access_filters(req->role, id, path, verbs) == NULL;
}

enum status
file_call_check(const struct file_call *c, struct str path, unsigned verbs,
    struct error *err)
{
	if (file_call_allows(c, path, verbs))
		return ST_OK;
	return error_set(err, ST_DENIED,
	    "The role does not allow that on '%.*s'.", STR_ARG(path));
}

enum status
file_call_timely(const struct file_call *c, struct error *err)
{
	if (cancel_asked(c->req->cancel))
		return error_set(err, ST_TIMEOUT, "The client did not wait.");
	if (clock_boot_ms() < c->req->deadline_ms)
		return ST_OK;
	return error_set(err, ST_TIMEOUT,
	    "That took longer than a call may (REQUEST_TIMEOUT).");
}
