#include "app/services/file/reach.h"

#include <unistd.h>

#include "app/services/file/call.h"
#include "app/services/file/file.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

static bool
is_allowed(const struct file_call *c, const struct file_place *place)
{
	const struct request *req = c->req;

	if (place->is_told)
		return file_call_allows(
		    c, str_make(place->text, place->n), METHOD_GET);
	return access_whole(req->role, req->service->id, METHOD_GET);
}

/* Of what a link led to. That there is nothing is as little told as what there
 * is; and no write to the place would outdate what is cached of the link. */
static enum status
judge(const struct file_call *c, struct str path,
    const struct file_place *place, struct error *err)
{
	c->req->response.unkept = true;
	if (is_allowed(c, place))
		return ST_OK;
	if (err != NULL)
		err->text[0] = '\0';
	return error_set(err, ST_DENIED,
	    "'%.*s' leads through a link, and the role does not allow what it "
	    "leads to.",
	    STR_ARG(path));
}

enum status
reach_look(const struct file_call *c, struct str path, struct file_info *out,
    struct error *err)
{
	const struct file_service *service = c->service;
	enum status st = service->driver->look(service->tree, path, out, err);

	if (out->is_linked && judge(c, path, &out->place, err) != ST_OK)
		return ST_DENIED;
	return st;
}

enum status
reach_read(const struct file_call *c, struct str path, int *fd,
    struct file_info *info, struct error *err)
{
	const struct file_service *service = c->service;
	enum status st =
	    service->driver->read(service->tree, path, fd, info, err);

	if (!info->is_linked || judge(c, path, &info->place, err) == ST_OK)
		return st;
	if (st == ST_OK)
		(void)close(*fd); /* nothing was written by it */
	*fd = -1;
	return ST_DENIED;
}

enum status
reach_list(const struct file_call *c, struct str path, size_t max,
    struct file_names *out, struct error *err)
{
	const struct file_service *service = c->service;
	enum status st = service->driver->list(
	    service->tree, path, max, c->req->arena, out, err);

	if (!out->is_linked || judge(c, path, &out->place, err) == ST_OK)
		return st;
	*out = (struct file_names){ .n = 0 };
	return ST_DENIED;
}
