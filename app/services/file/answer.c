#include "app/services/file/answer.h"

#include "app/base/clock.h"
#include "app/base/jsonmember.h"
#include "app/base/log.h"
#include "drivers/file/path.h"
#include "middleware/cancel.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

#define ALLOW_READ_ONLY STR("GET, HEAD, OPTIONS")

void
file_answer_json(struct request *req, int status)
{
	req->response.status = status;
	req->response.type = STR("application/json");
}

int
file_answer_status(const struct request *req, enum status st)
{
	switch (st) {
	case ST_EXISTS:
		return 400;
	case ST_REFUSED:
		return 412;
	case ST_TOO_BIG:
		return 413;
	case ST_TIMEOUT:
		return clock_boot_ms() < req->deadline_ms ? 503 : 504;
	case ST_FULL:
		return 507;
	default:
		return response_status_of(st);
	}
}

/* What the operator is to look at is logged; what the client did is not. */
void
file_answer_fail(struct request *req, enum status st, const struct error *err)
{
	int status = file_answer_status(req, st);

	if (cancel_asked(req->cancel)) {
		response_gone(req);
		return;
	}
	req->response.local |= st == ST_TIMEOUT;
	if (status >= 500)
		log_line(LOG_WARNING, req->id, "service %.*s: %s",
		    STR_ARG(req->service->name), err->text);
	if (status == 503)
		response_busy(req, "%s", err->text);
	else if (st == ST_DENIED && req->wants_user)
		response_unauthorized(req, ACCESS_REFUSED);
	else
		response_fail(req, status, "%s", err->text);
}

void
file_answer_read_only(struct request *req)
{
	response_fail(req, 405, "This service is read-only.");
	response_header(&req->response, STR("Allow"), ALLOW_READ_ONLY);
}

void
file_answer_options(struct request *req, bool read_only)
{
	file_answer_json(req, 200);
	response_header(&req->response, STR("Allow"),
	    read_only ? ALLOW_READ_ONLY
		      : STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
}

void
file_put_named(struct buf *b, struct str path, bool is_folder)
{
	buf_put_char(b, '{');
	put_text(b, "name", file_path_name(path));
	json_put_name(b, STR("path"));
	json_put_str(b, path);
	if (is_folder && path.n > 0) {
		b->n--;
		buf_put_lit(b, "/\"");
	}
	put_text(b, "type", is_folder ? STR("folder") : STR("file"));
}

void
file_answer_named(
    struct request *req, int status, struct str path, bool is_folder)
{
	file_put_named(&req->response.build, path, is_folder);
	buf_put_char(&req->response.build, '}');
	file_answer_json(req, status);
}
