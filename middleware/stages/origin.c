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
