/*
 * May a page of another origin call this, and read the answer? The records
 * say (dreamfactory.md 8.10); without one for a path, browsers let no such
 * page. A preflight is answered here, before anybody asks for a key: browsers
 * send none with it. What is said depends on the page, so it is added on the
 * way out, to what is cached as to everything else, and never kept with it.
 */
#include "app/base/arena.h"
#include "middleware/registry/cors_rules.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/stages/stages.h"

/* Of two the one that stands first: rules->list has the longest path there. */
static const struct cors_rule *
first_of(const struct cors_rule *a, const struct cors_rule *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	return a < b ? a : b;
}

/*
 * Records name whole paths, with the prefix of the API. One that is spelled
 * otherwise, and leads to the same, has no other record: without a version, or
 * with more slashes.
 */
static const struct cors_rule *
rule_of(const struct request *req)
{
	const struct cors_rules *rules = snapshot_cors(req->snapshot);
	struct str uri = req->param[PARAM_URI];
	const struct cors_rule *sent;
	struct str path;

	if (rules->n == 0)
		return NULL;
	uri.n = str_find(uri, '?');
	if (!uri_decode(req->arena, uri, false, &path))
		path = uri;
	sent = cors_rule_find(rules, path);
	if (req->service_name.n == 0)
		return sent;
	path = arena_printf(req->arena, "/api/v2/%.*s%s%.*s",
	    STR_ARG(req->service_name), req->resource.n > 0 ? "/" : "",
	    STR_ARG(req->resource));
	return first_of(sent, cors_rule_find(rules, path));
}

static bool
is_preflight(const struct request *req)
{
	return req->method == METHOD_OPTIONS &&
	       req->param[PARAM_ORIGIN].n > 0 &&
	       req->param[PARAM_PREFLIGHT_METHOD].n > 0;
}

static enum flow
cors_plan(void *state, struct request *req)
{
	struct str method = req->param[PARAM_PREFLIGHT_METHOD];
	const struct cors_rule *rule;

	(void)state;
	if (!is_preflight(req))
		return FLOW_NEXT;
	rule = rule_of(req);
	if (rule == NULL)
		return FLOW_NEXT;
	if ((rule->verb_mask & (unsigned)method_parse(method)) != 0) {
		req->response.status = 204;
		return FLOW_DONE;
	}
	response_fail(req, 405,
	    "The CORS record of this path does not allow the method '%.*s'.",
	    method.n > 16 ? 16 : (int)method.n, method.p);
	response_header(&req->response, STR("Allow"), rule->methods);
	return FLOW_DONE;
}

/* What is for preflights only. */
static void
put_preflight(const struct cors_rule *rule, struct request *req)
{
	struct response *res = &req->response;
	struct str wanted = req->param[PARAM_PREFLIGHT_HEADERS];

	response_header(
	    res, STR("Access-Control-Allow-Methods"), rule->methods);
	/* A star would not stand for Authorization, nor for anything in a
	 * call with credentials. */
	if (rule->any_header && wanted.n > 0)
		response_header(
		    res, STR("Access-Control-Allow-Headers"), wanted);
	else if (!rule->any_header && rule->headers.n > 0)
		response_header(
		    res, STR("Access-Control-Allow-Headers"), rule->headers);
	response_header_i64(res, STR("Access-Control-Max-Age"), rule->max_age);
}

static void
put_vary(const struct cors_rule *rule, struct request *req)
{
	bool by_origin = !rule->any_origin || rule->credentials;
	bool by_headers = is_preflight(req) && rule->any_header;

	if (by_origin)
		response_header(&req->response, STR("Vary"), STR("Origin"));
	if (by_headers)
		response_header(&req->response, STR("Vary"),
		    STR("Access-Control-Request-Headers"));
}

/* Also to who sends no origin: its answer may be kept by somebody on the way,
 * and must not be given to a page then. */
static void
cors_leave(void *state, struct request *req)
{
	struct response *res = &req->response;
	struct str origin = req->param[PARAM_ORIGIN];
	const struct cors_rule *rule = rule_of(req);

	(void)state;
	if (rule == NULL)
		return;
	put_vary(rule, req);
	if (origin.n == 0 || !cors_rule_allows(rule, origin))
		return;
	if (rule->any_origin && !rule->credentials)
		origin = STR("*");
	response_header(res, STR("Access-Control-Allow-Origin"), origin);
	if (rule->credentials)
		response_header(
		    res, STR("Access-Control-Allow-Credentials"), STR("true"));
	if (is_preflight(req))
		put_preflight(rule, req);
	else if (rule->exposed.n > 0)
		response_header(
		    res, STR("Access-Control-Expose-Headers"), rule->exposed);
}

const struct stage stage_cors = {
	.name = "cors",
	.plan = cors_plan,
	.leave = cors_leave,
};
