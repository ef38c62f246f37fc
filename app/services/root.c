/*
 * GET /api/v2: the services that the caller's role reaches, and every service
 * type (dreamfactory.md 1.7).
 */
#include "app/base/jsonout.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"

static void
put_text(struct buf *b, const char *name, struct str value)
{
	json_put_name(b, str_of(name));
	json_put_str(b, value);
}

static void
put_service(struct buf *b, const struct service *service)
{
	buf_put_lit(b, "{\"id\":");
	buf_put_i64(b, service->id);
	put_text(b, "name", service->name);
	put_text(
	    b, "label", service->label.n > 0 ? service->label : service->name);
	put_text(b, "description", service->description);
	put_text(b, "type", service->type_name);
	json_put_name(b, STR("spec_url"));
	buf_printf(b, "\"/api/v2/%.*s/_spec\"}", STR_ARG(service->name));
}

static bool
is_listed(const struct request *req, const struct service *service)
{
	struct str group = request_query(req, STR("group"));
	struct str type = request_query(req, STR("type"));

	if (!service->active || req->role == NULL || !req->role->active ||
	    !access_reaches(req->role, service->id, ~0u))
		return false;
	if (type.n > 0 && !str_eq_nocase(type, service->type_name))
		return false;
	return group.n == 0 ||
	       (service->type != NULL &&
		   str_eq_nocase(group, str_of(service->type->group)));
}

static void
put_services(struct buf *b, const struct request *req)
{
	size_t n, listed = 0;
	const struct service *all = snapshot_services(req->snapshot, &n);

	buf_put_lit(b, "{\"services\":[");
	for (size_t i = 0; i < n; i++) {
		if (!is_listed(req, &all[i]))
			continue;
		if (listed++ > 0)
			buf_put_char(b, ',');
		put_service(b, &all[i]);
	}
	buf_put_char(b, ']');
}

static void
put_types(struct buf *b)
{
	buf_put_lit(b, ",\"service_types\":[");
	for (size_t i = 0; service_types[i] != NULL; i++) {
		const struct service_type *type = service_types[i];

		buf_put(b, i > 0 ? STR(",{") : STR("{"));
		put_text(b, "name", str_of(type->name));
		put_text(b, "label", str_of(type->label));
		put_text(b, "group", str_of(type->group));
		put_text(b, "description", str_of(type->description));
		buf_put_char(b, '}');
	}
	buf_put_lit(b, "]}");
}

void
service_root(struct request *req)
{
	struct response *res = &req->response;

	if (req->method != METHOD_GET && req->method != METHOD_HEAD) {
		response_fail(req, 405,
		    "%.*s is not supported for the list of services.",
		    STR_ARG(method_name(req->method)));
		response_header(res, STR("Allow"), STR("GET, HEAD"));
		return;
	}
	res->build = buf_in(req->arena);
	put_services(&res->build, req);
	put_types(&res->build);
	res->type = STR("application/json");
	res->status = 200;
}
