#include "middleware/stages/conditional.h"

#include <inttypes.h>

#include "middleware/condition.h"
#include "middleware/etag.h"
#include "middleware/http_date.h"
#include "middleware/range.h"
#include "middleware/request.h"

/* The rest of the body is neither read nor sent. */
static void
cut_to(struct response *res, const struct range *part)
{
	if (res->file.is_open) {
		res->file.at += part->first;
		res->file.bytes = part->length;
		return;
	}
	res->body =
	    str_make(response_body(res).p + part->first, (size_t)part->length);
}

static bool
range_counts(const struct request *req, struct str etag)
{
	const struct response *res = &req->response;
	struct str field = req->param[PARAM_IF_RANGE];

	/* Of what is handed off the web server sends the part. */
	if (!res->content.ranges || res->content.handed ||
	    req->method != METHOD_GET)
		return false;
	return str_is_null(field) ||
	       range_if(field, etag, res->content.modified,
		   req->arrived.wall_ms / 1000);
}

static void
judge_range(struct request *req, struct str etag)
{
	struct response *res = &req->response;
	int64_t size = response_bytes(res);
	struct range part;

	if (!range_counts(req, etag))
		return;
	switch (range_read(req->param[PARAM_RANGE], size, &part)) {
	case RANGE_WHOLE:
		break;
	case RANGE_PART:
		res->status = 206;
		range_put(&res->head, &part, size);
		cut_to(res, &part);
		break;
	case RANGE_NONE:
		response_fail(req, 416,
		    "The range lies outside of the content, which has %" PRId64
		    " bytes.",
		    size);
		range_put(&res->head, NULL, size);
		break;
	}
}

static void
judge_all(struct request *req, struct str etag)
{
	struct response *res = &req->response;
	struct standing now = { true, etag, res->content.modified };

	switch (condition_judge(req, &now)) {
	case CONDITION_MET:
		judge_range(req, etag);
		break;
	case CONDITION_UNCHANGED:
		res->status = 304;
		response_file_close(res);
		break;
	case CONDITION_FAILED:
		response_fail(req, 412,
		    "It is not as the request's If-Match or "
		    "If-Unmodified-Since says.");
		break;
	}
}

void
conditional_judge(struct request *req, const uint8_t *digest)
{
	struct response *res = &req->response;
	struct str known = req->param[PARAM_IF_NONE_MATCH];
	char text[ETAG_BYTES];

	if (res->judged)
		return;
	res->judged = true;
	if (res->content.has_tag)
		judge_all(req, etag_write(digest, text));
	else if (!str_is_null(known) &&
		 etag_listed(known, etag_write(digest, text)))
		res->status = 304;
}

/* What only a service can know. */
static void
put_content(struct response *res)
{
	const struct response_content *content = &res->content;
	struct buf *head = &res->head;
	char text[HTTP_DATE_BYTES];

	if (content->modified != 0) {
		buf_put_lit(head, "Last-Modified: ");
		buf_put(head, http_date_write(content->modified, text));
		buf_put_lit(head, "\r\n");
	}
	if (content->ranges)
		buf_put_lit(head, "Accept-Ranges: bytes\r\n");
	if (content->handed && res->status != 304) {
		buf_put(head, res->body);
		buf_put_lit(head, "\r\n");
	}
}

/* Private unless the service says else, as each answer is given to who shows a
 * key or a token. */
static void
put_keeping(struct buf *head, const struct keeping *keeping)
{
	buf_put_lit(head, "\r\nCache-Control: ");
	buf_put(head, keeping->shared ? STR("public, ") : STR("private, "));
	if (keeping->client_ttl > 0)
		buf_printf(head, "max-age=%" PRIu32, keeping->client_ttl);
	else
		buf_put_lit(head, "no-cache");
	buf_put_lit(head, "\r\nVary: ");
	if (!keeping->shared)
		buf_put_lit(head,
		    "X-DreamFactory-API-Key, X-API-Key, Authorization, "
		    "X-DreamFactory-Session-Token, ");
	buf_put_lit(head, "Accept, Wrap\r\n");
}

void
conditional_answer(
    struct request *req, const uint8_t *digest, const struct keeping *keeping)
{
	struct response *res = &req->response;
	char text[ETAG_BYTES];

	put_content(res);
	buf_put_lit(&res->head, "ETag: ");
	buf_put(&res->head, etag_write(digest, text));
	put_keeping(&res->head, keeping);
	res->shared = keeping->shared;
}
