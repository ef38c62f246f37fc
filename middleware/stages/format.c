/*
 * Can the answer be put as the client wants it? Asked before anything is done,
 * so that a write whose answer nobody could read is not made. What is to be
 * saved is given its name on the way out; the cache keeps what was converted,
 * under a name of its own for each format.
 */
#include "middleware/format.h"
#include "middleware/request.h"
#include "middleware/stages/stages.h"

static enum flow
format_enter(void *state, struct request *req)
{
	const struct format_choice *choice = format_of(req);

	(void)state;
	if (choice->fault == NULL || req->page != PAGE_NONE ||
	    format_is_verbatim(req))
		return FLOW_NEXT;
	response_fail(req, 400, "%s", choice->fault);
	return FLOW_DONE;
}

static void
format_leave(void *state, struct request *req)
{
	struct response *res = &req->response;

	(void)state;
	if (req->page == PAGE_NONE && res->status == 200 && !res->is_error &&
	    !format_is_verbatim(req) &&
	    str_eq(res->type, format_type(format_of(req)->format)))
		format_name_file(req);
}

const struct stage stage_format = {
	.name = "format",
	.enter = format_enter,
	.leave = format_leave,
};
