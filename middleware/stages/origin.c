#include "middleware/stages/origin.h"

#include "middleware/registry/cors_rules.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

#define ROOT "/api/v2"

/* As it was sent, since it names nothing that could be spelt otherwise. */
static struct str
path_sent(const struct request *req)
{
	struct str uri = req->param[PARAM_URI];
	struct str path;

	uri.n = str_find(uri, '?');
	return uri_decode(req->arena, uri, false, &path) ? path : uri;
}

static struct str
path_called(const struct request *req)
{
	struct buf b = buf_in(req->arena);

	if (req->service_name.n == 0 && req->path.n > 0)
		return path_sent(req);
	buf_put_lit(&b, ROOT);
	if (req->service_name.n > 0) {
		buf_put_char(&b, '/');
		buf_put(&b, req->service_name);
	}
	if (req->resource.n > 0) {
		buf_put_char(&b, '/');
		buf_put(&b, req->resource);
	}
	return buf_str(&b);
}

const struct cors_rule *
origin_rule(const struct request *req)
{
	const struct cors_rules *rules = snapshot_cors(req->snapshot);

	return rules->n == 0 ? NULL : cors_rule_find(rules, path_called(req));
}

static bool
is_same(const struct request *req)
{
	struct str origin = req->param[PARAM_ORIGIN];
	struct str host = str_skip(origin, str_find(origin, ':') + 3);

	return host.n > 0 && str_eq_nocase(host, req->param[PARAM_HOST]);
}

static bool
is_let_in(const struct request *req)
{
	const struct cors_rule *rule;

	if (req->param[PARAM_ORIGIN].n == 0 || is_same(req))
		return true;
	rule = origin_rule(req);
	return rule != NULL && rule->credentials &&
	       (rule->verb_mask & (unsigned)req->method) != 0 &&
	       cors_rule_allows(rule, req->param[PARAM_ORIGIN]);
}

bool
origin_check(struct request *req)
{
	if (request_reads(req) || req->method == METHOD_OPTIONS)
		return true;
	if (req->by_query)
		response_fail(req, 403,
		    "With HTTP Basic a method must not stand in the query: "
		    "send it as the method, or in X-HTTP-Method.");
	else if (!is_let_in(req))
		response_fail(req, 403,
		    "A page of another origin must not write with HTTP Basic: "
		    "send a session token, or let a CORS record allow it "
		    "credentials.");
	else
		return true;
	return false;
}
