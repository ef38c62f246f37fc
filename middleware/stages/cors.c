/*
 * May a page of another origin call this, and read the answer? The records
 * say (dreamfactory.md 8.10); without one for a path, browsers let no such
 * page. A preflight is answered here, before anybody asks for a key: browsers
 * send none with it. What is said depends on the page, so it is added on the
 * way out, to what is cached as to everything else, and never kept with it.
 */
#include "middleware/registry/cors_rules.h"
#include "middleware/request.h"
#include "middleware/stages/origin.h"
#include "middleware/stages/stages.h"

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
	rule = origin_rule(req);
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
	const struct cors_rule *rule = origin_rule(req);

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
