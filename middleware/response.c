#include "middleware/response.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "app/base/jsonout.h"
#include "app/base/log.h"
#include "middleware/registry/access.h"
#include "middleware/request.h"
#include "middleware/stream.h"

#define JSON_TYPE    STR("application/json")
#define PROBLEM_TYPE STR("application/problem+json")

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 204, "No Content" },
	{ 206, "Partial Content" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 507, "Insufficient Storage" },
};

static const int status_codes[] = {
	[ST_OK] = 200,
	[ST_MISSING] = 404,
	[ST_EXISTS] = 409,
	[ST_INVALID] = 400,
	[ST_DENIED] = 403,
	[ST_REFUSED] = 429,
	[ST_TOO_BIG] = 413,
	[ST_FULL] = 503,
	[ST_TIMEOUT] = 504,
	[ST_UNAVAILABLE] = 503,
	[ST_STALE] = 503,
	[ST_ERROR] = 500,
};

struct str
response_body(const struct response *res)
{
	return str_is_null(res->body) ? buf_str(&res->build) : res->body;
}

int64_t
response_bytes(const struct response *res)
{
	return res->file.is_open ? res->file.bytes
				 : (int64_t)response_body(res).n;
}

void
response_file(struct request *req, int fd, int64_t at, int64_t bytes)
{
	struct response *res = &req->response;

	response_file_close(res);
	res->file = (struct response_file){ true, fd, at, bytes };
}

/* False: it has fewer bytes than were promised, or cannot be read. */
static bool
read_all(const struct response_file *file, char *to)
{
	int64_t n = 0;

	errno = 0;
	while (n < file->bytes) {
		ssize_t got = pread(file->fd, to + n, (size_t)(file->bytes - n),
		    (off_t)(file->at + n));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		n += got;
	}
	return true;
}

void
response_file_load(struct request *req)
{
	struct response *res = &req->response;
	size_t n = (size_t)res->file.bytes;
	char *bytes = arena_alloc(req->arena, n + 1);

	if (!read_all(&res->file, bytes)) {
		log_line(LOG_ERROR, req->id, "the file of the answer: %s",
		    errno == 0 ? "it has become shorter" : strerror(errno));
		response_fail(req, 500, "The file could not be read.");
		return;
	}
	response_file_close(res);
	res->body = str_make(bytes, n);
}

void
response_file_close(struct response *res)
{
	if (res->file.is_open)
		(void)close(res->file.fd);
	res->file.is_open = false;
}

const char *
response_reason(int status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "Other";
}

int
response_status_of(enum status st)
{
	return status_codes[st];
}

static void
put_without_controls(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!str_has_control(str_make(s.p + i, 1)))
			buf_put_char(b, s.p[i]);
	}
}

void
response_header(struct response *res, struct str name, struct str value)
{
	(void)buf_reserve(&res->head, name.n + value.n + 4);
	buf_put(&res->head, name);
	buf_put_lit(&res->head, ": ");
	if (str_has_control(value))
		put_without_controls(&res->head, value);
	else
		buf_put(&res->head, value);
	buf_put_lit(&res->head, "\r\n");
}

void
response_header_i64(struct response *res, struct str name, int64_t value)
{
	buf_put(&res->head, name);
	buf_put_lit(&res->head, ": ");
	buf_put_i64(&res->head, value);
	buf_put_lit(&res->head, "\r\n");
}

/* Does Accept name problem+json? (Other types and weights do not matter: the
 * client that names it can read it.) */
static bool
accepts_problem(const struct request *req)
{
	struct str rest = req->param[PARAM_ACCEPT];

	while (rest.p != NULL) {
		struct str range = str_cut(&rest, ',');

		if (str_eq_nocase(str_trim(str_cut(&range, ';')), PROBLEM_TYPE))
			return true;
	}
	return false;
}

static void
put_context(struct buf *b, struct str context)
{
	json_put_name(b, STR("context"));
	buf_put(b, str_is_null(context) ? STR("null") : context);
}

static void
put_number(struct buf *b, struct str name, int value)
{
	json_put_name(b, name);
	buf_put_i64(b, value);
}

static void
put_text(struct buf *b, struct str name, struct str value)
{
	json_put_name(b, name);
	json_put_str(b, value);
}

/* What is known of a failure, for the client. */
struct failure {
	int status;
	int code;
	struct str context;
	struct str message;
};

/* The envelope of dreamfactory.md 1.9, and the request's id. */
static void
put_envelope(struct buf *b, const struct failure *f, struct str id)
{
	buf_put_lit(b, "{\"error\":{");
	put_number(b, STR("code"), f->code);
	put_context(b, f->context);
	put_text(b, STR("message"), f->message);
	put_number(b, STR("status_code"), f->status);
	put_text(b, STR("request_id"), id);
	buf_put_lit(b, "}}");
}

/* RFC 9457. */
static void
put_problem(struct buf *b, const struct failure *f, struct str id)
{
	buf_put_char(b, '{');
	put_text(b, STR("type"), STR("about:blank"));
	put_text(b, STR("title"), str_of(response_reason(f->status)));
	put_number(b, STR("status"), f->status);
	put_text(b, STR("detail"), f->message);
	put_number(b, STR("code"), f->code);
	put_context(b, f->context);
	put_text(b, STR("request_id"), id);
	buf_put_char(b, '}');
}

/* Then the client has a status already, and can only be told by silence. */
static bool
has_left(const struct request *req)
{
	return req->stream != NULL && req->stream->begun;
}

void
response_fail_context(struct request *req, int status, int code,
    struct str context, struct str message)
{
	struct failure f = { status, code, context, message };
	struct response *res = &req->response;
	bool problem = accepts_problem(req);

	if (has_left(req)) {
		res->cut = true;
		return;
	}
	response_file_close(res);
	res->content = (struct response_content){ .has_tag = false };
	res->status = status;
	res->is_error = true;
	res->code = code;
	res->message = message;
	res->context = context;
	res->type = problem ? PROBLEM_TYPE : JSON_TYPE;
	res->body = STR_NULL;
	res->build = buf_in(req->arena);
	if (problem)
		put_problem(&res->build, &f, req->id);
	else
		put_envelope(&res->build, &f, req->id);
	format_apply(req);
}

void
response_fail(struct request *req, int status, const char *fmt, ...)
{
	struct buf message = buf_in(req->arena);
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&message, fmt, ap);
	va_end(ap);
	response_fail_context(req, status, status, STR_NULL, buf_str(&message));
}

void
response_busy(struct request *req, const char *fmt, ...)
{
	struct buf message = buf_in(req->arena);
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&message, fmt, ap);
	va_end(ap);
	response_fail_context(req, 503, 503, STR_NULL, buf_str(&message));
	response_header(&req->response, STR("Retry-After"), STR("1"));
}

void
response_unauthorized(struct request *req, const char *message)
{
	response_fail(req, 401, "%s", message);
	response_header(&req->response, STR("WWW-Authenticate"),
	    STR("ApiKey realm=\"weir\", header=\"X-DreamFactory-API-Key\", "
		"Bearer realm=\"weir\""));
}

void
response_forbid(struct request *req, struct str component)
{
	struct str verb = method_name(req->method);

	if (req->principal == NULL)
		response_unauthorized(req, ACCESS_REFUSED);
	else if (component.n == 0)
		response_fail(req, 403,
		    "Access Forbidden. %.*s access to service '%.*s' is not "
		    "allowed by this user's role.",
		    STR_ARG(verb), STR_ARG(req->service_name));
	else
		response_fail(req, 403,
		    "Access Forbidden. %.*s access to component '%.*s' of "
		    "service '%.*s' is not allowed by this user's role.",
		    STR_ARG(verb), STR_ARG(component),
		    STR_ARG(req->service_name));
}

struct str
response_sent(const struct request *req)
{
	if (req->method == METHOD_HEAD || req->response.status == 304 ||
	    req->response.content.handed)
		return STR_NULL;
	return response_body(&req->response);
}

void
response_gone(struct request *req)
{
	struct response *res = &req->response;

	if (has_left(req)) {
		res->cut = true;
		return;
	}
	response_file_close(res);
	res->status = RESPONSE_GONE;
	res->body = STR_NULL;
	res->build.n = 0;
}
