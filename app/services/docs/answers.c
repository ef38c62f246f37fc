/* The answers of operations: what a success holds, the errors, and the headers
 * of both. */
#include "app/base/jsonmember.h"
#include "app/services/docs/doc.h"
#include "app/services/docs/shared.h"
#include "middleware/registry/limit_index.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

enum header {
	HEADER_REQUEST_ID,
	HEADER_ETAG,
	HEADER_CACHE_CONTROL,
	HEADER_VARY,
	HEADER_AGE,
	HEADER_CACHE_STATUS,
	HEADER_LIMIT,
	HEADER_REMAINING,
	HEADER_RESET,
	HEADER_RATE_LIMIT,
	HEADER_POLICY,
	HEADER_RETRY_AFTER,
	HEADER_LAST_MODIFIED,
	HEADER_ACCEPT_RANGES,
	HEADER_ALLOW,
	HEADER_AUTHENTICATE,
	HEADERS
};

#define BIT(header) (1u << HEADER_##header)
#define OF_ALL      (BIT(REQUEST_ID) | BIT(VARY))
#define OF_READS    (BIT(ETAG) | BIT(CACHE_CONTROL))
#define OF_FILES    (BIT(LAST_MODIFIED) | BIT(ACCEPT_RANGES))
#define OF_CACHED   (BIT(AGE) | BIT(CACHE_STATUS))
#define OF_LIMITED                                                             \
	(BIT(LIMIT) | BIT(REMAINING) | BIT(RESET) | BIT(RATE_LIMIT) |          \
	    BIT(POLICY))

static const struct {
	const char *name;
	const char *type;
	const char *about;
} headers[HEADERS] = {
	[HEADER_REQUEST_ID] = { "X-Request-Id", "string",
	    "The id of the call, which the log has." },
	[HEADER_ETAG] = { "ETag", "string",
	    "A tag of the content, for If-None-Match and If-Match." },
	[HEADER_CACHE_CONTROL] = { "Cache-Control", "string",
	    "private, no-cache: ask again each time; or private, max-age with "
	    "the client_ttl of the service." },
	[HEADER_VARY] = { "Vary", "string",
	    "The headers that make the answer another." },
	[HEADER_AGE] = { "Age", "integer",
	    "Of a cached answer: seconds since it was read." },
	[HEADER_CACHE_STATUS] = { "Cache-Status", "string",
	    "What became of the call in the cache (RFC 9211), where the "
	    "service "
	    "has cache_enabled." },
	[HEADER_LIMIT] = { "X-RateLimit-Limit", "integer",
	    "Of a call that was counted: the rate of the limit nearest to "
	    "exhaustion." },
	[HEADER_REMAINING] = { "X-RateLimit-Remaining", "integer",
	    "How many calls it still lets pass." },
	[HEADER_RESET] = { "X-RateLimit-Reset", "integer",
	    "The Unix time when it has room again." },
	[HEADER_RATE_LIMIT] = { "RateLimit", "string",
	    "The same as a structured field: r is left, t the seconds." },
	[HEADER_POLICY] = { "RateLimit-Policy", "string",
	    "All limits that might refuse the call: q in w seconds." },
	[HEADER_RETRY_AFTER] = { "Retry-After", "integer",
	    "Seconds after which it is worth asking again." },
	[HEADER_LAST_MODIFIED] = { "Last-Modified", "string",
	    "When the file was written." },
	[HEADER_ACCEPT_RANGES] = { "Accept-Ranges", "string",
	    "bytes: a part may be asked for with Range." },
	[HEADER_ALLOW] = { "Allow", "string", "The methods that there are." },
	[HEADER_AUTHENTICATE] = { "WWW-Authenticate", "string",
	    "How to say who calls." },
};

static const struct answer {
	int status;
	const char *name;
	const char *about;
	unsigned headers;
	unsigned error; /* enum doc_error; 0: of all */
} answers[] = {
	{ 304, "NotModified", "It still has the ETag that was sent.",
	    OF_ALL | OF_READS, 0 },
	{ 400, "BadRequest",
	    "What is wrong with the call, in its message; of several records "
	    "context tells of each.",
	    OF_ALL, 0 },
	{ 401, "Unauthorized",
	    "No key or token, one that does not count, or a key whose role "
	    "does "
	    "not allow it.",
	    OF_ALL | BIT(AUTHENTICATE), 0 },
	{ 403, "Forbidden", "What the role of a user does not allow.", OF_ALL,
	    0 },
	{ 404, "NotFound", "There is none of that name.", OF_ALL, DOC_MISSING },
	{ 405, "NotAllowed", "The method is not supported there.",
	    OF_ALL | BIT(ALLOW), DOC_UNSUPPORTED },
	{ 409, "Conflict", "There is one already, or it is in use.", OF_ALL,
	    DOC_CONFLICT },
	{ 412, "PreconditionFailed",
	    "The record is another than If-Match says; nothing was written.",
	    OF_ALL, DOC_PRECONDITION },
	{ 413, "TooLarge", "The body or a value is larger than is allowed.",
	    OF_ALL, 0 },
	{ 415, "UnsupportedType", "The body is of a type that is not read.",
	    OF_ALL, 0 },
	{ 416, "RangeNotSatisfiable", "The file has no such part.", OF_ALL,
	    DOC_RANGE },
	{ 429, "TooManyRequests",
	    "A limit is used up, or too many credentials were wrong.",
	    OF_ALL | BIT(RETRY_AFTER), 0 },
	{ 500, "Failed", "The database failed.", OF_ALL, DOC_TIMEOUT },
	{ 501, "NotImplemented", "What the service or its engine cannot do.",
	    OF_ALL, DOC_UNSUPPORTED },
	{ 503, "Unavailable", "What it stands on cannot be reached now.",
	    OF_ALL | BIT(RETRY_AFTER), 0 },
	{ 0, "Refused", "An error: its message says why.", OF_ALL, 0 },
	{ 507, "Full", "The disk is full.", OF_ALL, DOC_FULL },
	{ 504, "TimedOut", "The database did not answer in time.", OF_ALL,
	    DOC_TIMEOUT },
};

#define ANSWERS (sizeof(answers) / sizeof(answers[0]))

/* Where there is no limit, no answer tells of any. */
static unsigned
headers_told(const struct doc *d, unsigned set)
{
	if (snapshot_limits(d->req->snapshot)->kinds == 0)
		set &= ~OF_LIMITED;
	return d->is_compact ? 0 : set;
}

static void
put_headers(struct doc *d, struct buf *out, unsigned set)
{
	set = headers_told(d, set);
	if (set == 0)
		return;
	json_put_name(out, STR("headers"));
	buf_put_char(out, '{');
	for (size_t i = 0; i < HEADERS; i++) {
		if ((set & 1u << i) == 0)
			continue;
		d->headers.named[i] = true;
		json_put_name(out, str_of(headers[i].name));
		buf_printf(out, "{\"$ref\":\"#/components/headers/%s\"}",
		    headers[i].name);
	}
	buf_put_char(out, '}');
}

static void
put_done(struct doc *d, struct buf *out, const struct doc_operation *operation,
    int status)
{
	unsigned set = OF_ALL | OF_LIMITED;

	if (operation->method == METHOD_GET && !operation->is_once)
		set |= OF_READS;
	if (operation->is_file)
		set |= OF_FILES;
	if (operation->method == METHOD_GET && d->service->cache_enabled)
		set |= BIT(CACHE_STATUS); /* also where it is not asked */
	if (operation->is_cached && d->service->cache_enabled) {
		d->caches = true;
		set |= OF_CACHED;
	}
	buf_printf(out, "\"%d\":{", status);
	put_text(
	    out, "description", status == 201 ? STR("Made.") : STR("Done."));
	put_headers(d, out, set);
	buf_put_lit(out, ",\"content\":{\"application/json\":{\"schema\":");
	doc_text(d, out, operation->is_file ? "{}" : operation->answer);
	buf_put_char(out, '}');
	if (operation->is_file)
		buf_put_lit(out, ",\"*/*\":{}");
	else if (!operation->is_json && !d->is_compact)
		buf_put_lit(out, ",\"text/csv\":{},\"application/xml\":{}");
	buf_put_lit(out, "}}");
}

static void
put_success(
    struct doc *d, struct buf *out, const struct doc_operation *operation)
{
	buf_put_lit(out, ",\"responses\":{");
	put_done(d, out, operation,
	    operation->status == 0 ? 200 : operation->status);
	if (operation->also == 0)
		return;
	buf_put_char(out, ',');
	put_done(d, out, operation, operation->also);
}

static bool
is_answered(const struct doc *d, const struct answer *a,
    const struct doc_operation *operation)
{
	if (a->status == 0 || d->is_compact)
		return a->status == 0 && d->is_compact;
	if (a->status == 304)
		return operation->method == METHOD_GET && !operation->is_once;
	if (a->status == 413 || a->status == 415)
		return operation->body != NULL;
	return a->error == 0 || (operation->errors & a->error) != 0;
}

void
doc_answers(
    struct doc *d, struct buf *out, const struct doc_operation *operation)
{
	put_success(d, out, operation);
	for (size_t i = 0; i < ANSWERS; i++) {
		if (!is_answered(d, &answers[i], operation))
			continue;
		d->answers.named[i] = true;
		if (answers[i].status == 0)
			buf_put_lit(out, ",\"default\":");
		else
			buf_printf(out, ",\"%d\":", answers[i].status);
		buf_printf(out, "{\"$ref\":\"#/components/responses/%s\"}",
		    answers[i].name);
	}
	buf_put_char(out, '}');
}

static void
put_answer(struct doc *d, struct buf *out, const struct answer *a)
{
	json_put_name(out, str_of(a->name));
	buf_put_char(out, '{');
	put_text(out, "description", str_of(a->about));
	put_headers(
	    d, out, a->headers | OF_LIMITED | (d->caches ? OF_CACHED : 0));
	if (a->status != 304)
		doc_text(d, out,
		    ",'content':{'application/json':{'schema':@Error},"
		    "'application/problem+json':{'schema':@Problem}}");
	buf_put_char(out, '}');
}

static void
put_header(struct doc *d, struct buf *out, size_t i)
{
	json_put_name(out, str_of(headers[i].name));
	buf_put_char(out, '{');
	buf_printf(out, "\"schema\":{\"type\":\"%s\"}", headers[i].type);
	doc_about(d, out, headers[i].about);
	buf_put_char(out, '}');
}

void
doc_answers_put(struct doc *d, struct buf *out)
{
	buf_put_lit(out, ",\"responses\":{");
	for (size_t i = 0; i < ANSWERS; i++) {
		if (d->answers.named[i])
			put_answer(d, out, &answers[i]);
	}
	buf_put_lit(out, "},\"headers\":{");
	for (size_t i = 0; i < HEADERS; i++) {
		if (d->headers.named[i])
			put_header(d, out, i);
	}
	buf_put_char(out, '}');
}

void
doc_security_put(struct doc *d, struct buf *out)
{
	doc_text(d, out,
	    ",'securitySchemes':{"
	    "'ApiKeyHeader':{'type':'apiKey','in':'header',"
	    "'name':'X-DreamFactory-API-Key'},"
	    "'ApiKeyQuery':{'type':'apiKey','in':'query','name':'api_key'},"
	    "'SessionTokenHeader':{'type':'apiKey','in':'header',"
	    "'name':'X-DreamFactory-Session-Token'},"
	    "'SessionTokenQuery':{'type':'apiKey','in':'query',"
	    "'name':'session_token'},"
	    "'BearerAuth':{'type':'http','scheme':'bearer',"
	    "'bearerFormat':'JWT'},"
	    "'BasicAuth':{'type':'http','scheme':'basic'}}");
}
