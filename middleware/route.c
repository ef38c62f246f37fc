/*
 * From a request line to what it names: dreamfactory.md 1.1 (paths) and 1.2
 * (verbs sent as POST). Runs for every request, so what needs no decoding is
 * left where it stands.
 */
#include "app/base/secret.h"
#include "app/base/settings.h"
#include "middleware/page.h"
#include "middleware/request.h"

#define API_PREFIX      STR("/api")
#define STATUS_PATH     STR("/status") /* of no service, but system's */
#define ALLOWED_METHODS STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
#define ID_MAX          64
#define FRESH_ID_BYTES  8
#define NAME_SHOWN_MAX  32

/* What may be sent as POST; a HEAD would leave its POST without a body. */
#define TUNNEL_METHODS                                                         \
	(METHOD_GET | METHOD_POST | METHOD_PUT | METHOD_PATCH | METHOD_DELETE)

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_name_char(s.p[i]))
			return false;
	}
	return s.n > 0;
}

/* splitmix64 from a random start: no two ids of a thread are alike. */
struct str
request_fresh_id(struct arena *arena)
{
	static _Thread_local uint64_t state;
	static _Thread_local bool seeded;
	char *text = arena_alloc(arena, 2 * FRESH_ID_BYTES);
	uint64_t v;

	if (!seeded) {
		secret_random(&state, sizeof(state));
		seeded = true;
	}
	v = state += UINT64_C(0x9E3779B97F4A7C15);
	v = (v ^ v >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	v = (v ^ v >> 27) * UINT64_C(0x94D049BB133111EB);
	v ^= v >> 31;
	hex_encode(text, (const uint8_t *)&v, FRESH_ID_BYTES);
	return str_make(text, 2 * FRESH_ID_BYTES);
}

/* The web server's id, else the client's, else one of our own. */
static struct str
id_of(struct request *req)
{
	struct str given = req->param[PARAM_REQUEST_ID];

	if (given.n == 0)
		given = req->param[PARAM_X_REQUEST_ID];
	if (given.n <= ID_MAX && is_name(given))
		return given;
	return request_fresh_id(req->arena);
}

void
request_identify(struct request *req)
{
	req->id = id_of(req);
}

static enum status
refuse_method(struct request *req, struct str name)
{
	if (name.n > NAME_SHOWN_MAX)
		name.n = NAME_SHOWN_MAX;
	response_fail(
	    req, 405, "The method '%.*s' is not supported.", STR_ARG(name));
	response_header(&req->response, STR("Allow"), ALLOWED_METHODS);
	return ST_INVALID;
}

/* The verb that a POST stands for, as sent; STR_NULL: POST itself. */
static struct str
tunnelled_verb(struct request *req)
{
	static const enum request_param headers[] = { PARAM_X_HTTP_METHOD,
		PARAM_X_METHOD_OVERRIDE, PARAM_X_HTTP_METHOD_OVERRIDE };
	struct str verb;

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		if (req->param[headers[i]].n > 0)
			return req->param[headers[i]];
	}
	verb = request_query(req, STR("method"));
	if (verb.n == 0)
		verb = request_query(req, STR("_method"));
	req->by_query = verb.n > 0;
	return verb;
}

static enum status
route_method(struct request *req)
{
	struct str verb = req->param[PARAM_METHOD];

	req->method = method_parse(verb);
	if (req->method == METHOD_NONE)
		return refuse_method(req, verb);
	if (req->method != METHOD_POST)
		return ST_OK;
	verb = tunnelled_verb(req);
	if (verb.n == 0)
		return ST_OK;
	req->method = method_parse(verb);
	if ((req->method & TUNNEL_METHODS) == 0) {
		req->method = METHOD_POST;
		return refuse_method(req, verb);
	}
	req->tunnelled = true;
	return ST_OK;
}

static enum status
route_query(struct request *req, struct str query)
{
	size_t max = (size_t)req->settings->max_params;

	if (uri_query(req->arena, query, max, &req->query))
		return ST_OK;
	if (req->query.n == max) {
		response_fail(req, 400,
		    "The query has more than %zu parameters (MAX_PARAMS).",
		    max);
		return ST_TOO_BIG;
	}
	response_fail(req, 400,
	    "Query parameter %zu is not encoded well: '%%' needs two "
	    "hexadecimal digits, and not 00.",
	    req->query.n + 1);
	return ST_INVALID;
}

/* Is this "v2", "v2.0" and the like? */
static bool
is_version(struct str s)
{
	if (s.n < 2 || s.p[0] != 'v')
		return false;
	for (size_t i = 1; i < s.n; i++) {
		if ((s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '.')
			return false;
	}
	return true;
}

/* Cuts the prefix and the version off; false when it is not of the API. */
static bool
strip_prefix(struct str *path)
{
	struct str rest;

	if (!str_starts(*path, API_PREFIX))
		return false;
	rest = str_skip(*path, API_PREFIX.n);
	if (rest.n > 0 && rest.p[0] != '/')
		return false;
	rest = str_skip(rest, 1);
	*path = rest;
	if (is_version(str_cut(&rest, '/')))
		*path = str_is_null(rest) ? STR("") : rest;
	return true;
}

/* Does ".." stand between slashes? */
static bool
climbs(struct str path)
{
	if (str_find(path, '.') == path.n)
		return false;
	while (path.p != NULL) {
		if (str_eq(str_cut(&path, '/'), STR("..")))
			return true;
	}
	return false;
}

static enum status
refuse_path(struct request *req, int status, const char *why)
{
	response_fail(req, status, "%s", why);
	return status == 404 ? ST_MISSING : ST_INVALID;
}

/* The service's name in lower case; false when no service can be named so. */
static bool
route_service(struct request *req, struct str raw)
{
	struct str name;
	char *lower;

	if (!uri_decode(req->arena, raw, false, &name) || !is_name(name))
		return false;
	lower = arena_alloc(req->arena, name.n);
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	req->service_name = str_make(lower, name.n);
	return true;
}

static struct str
trim_slashes(struct str s)
{
	while (s.n > 0 && s.p[0] == '/')
		s = str_skip(s, 1);
	while (s.n > 0 && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

/* Split before decoding: an encoded slash is part of its segment. */
static bool
route_resource(struct request *req, struct str raw)
{
	struct str rest = raw;

	if (!uri_decode(req->arena, raw, false, &req->resource))
		return false;
	while (rest.n > 0) {
		struct str segment = rest;

		if (req->n_segments == SEGMENTS_MAX - 1)
			rest = STR_NULL;
		else
			segment = str_cut(&rest, '/');
		if (!uri_decode(req->arena, segment, false,
			&req->segment[req->n_segments++]))
			return false;
	}
	return true;
}

static enum status
route_path(struct request *req, struct str raw)
{
	struct str rest = raw;
	struct str service;

	req->path = raw;
	req->service_name = STR("");
	req->resource = STR("");
	req->page = page_find(raw);
	if (req->page != PAGE_NONE)
		return page_route(req);
	if (str_eq(raw, STATUS_PATH)) {
		req->service_name = STR("system");
		req->resource = STR("status");
		req->segment[req->n_segments++] = req->resource;
		return ST_OK;
	}
	if (!strip_prefix(&rest))
		return refuse_path(req, 404,
		    "This path is not part of the API, which begins with "
		    "/api/v2.");
	if (!uri_decode(req->arena, rest, false, &req->path))
		return refuse_path(req, 400,
		    "The path is not encoded well: '%' needs two hexadecimal "
		    "digits, and not 00.");
	if (climbs(req->path))
		return refuse_path(req, 400, "The path must not hold '..'.");
	if (rest.n == 0)
		return ST_OK;
	service = str_cut(&rest, '/');
	req->resource_sent = rest;
	if (!route_service(req, service) ||
	    !route_resource(req, trim_slashes(rest)))
		return refuse_path(req, 404,
		    "The name of a service holds letters, digits, '_', '-' "
		    "and '.' only.");
	return ST_OK;
}

enum status
request_route(struct request *req)
{
	struct str path = req->param[PARAM_URI];
	struct str query = req->param[PARAM_QUERY];
	enum status st;

	request_identify(req);
	if (path.n == 0) {
		response_fail(
		    req, 400, "The web server did not pass REQUEST_URI.");
		return ST_INVALID;
	}
	path = str_cut(&path, '?');
	if (str_is_null(query))
		query = str_skip(req->param[PARAM_URI], path.n + 1);
	req->path = path;
	req->query_sent = query;
	st = route_query(req, query);
	if (st == ST_OK)
		st = route_method(req);
	if (st == ST_OK)
		st = route_path(req, path);
	return st;
}
