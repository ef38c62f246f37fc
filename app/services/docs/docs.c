/*
 * What services say of themselves: the service type api_docs, for all of them
 * (dreamfactory.md 10.1), and SERVICE/_spec, for one (10.2). A document is made
 * for each call, since it is another for each role and schema.
 */
#include "app/base/jsonmember.h"
#include "app/services/docs/doc.h"
#include "app/services/docs/document.h"
#include "app/services/docs/types.h"
#include "middleware/registry/access.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"

static const struct config_field fields[] = { { .name = NULL } };

static void
answer(struct request *req)
{
	req->response.status = 200;
	req->response.type = STR("application/json");
}

/* The tables of a database in short. */
static void
model(struct doc *d, const struct service *service)
{
	if (service->type->model == NULL) {
		response_fail(d->req, 400,
		    "Service '%.*s' is no database: it has no model.",
		    STR_ARG(service->name));
		return;
	}
	d->service = service;
	d->is_single = true;
	d->req->response.once = true; /* no-store, as DreamFactory says */
	service->type->model(d, service, &d->req->response.build);
	if (!d->req->response.is_error)
		answer(d->req);
}

static void
whole(struct doc *d, const struct service *service)
{
	d->is_single = true;
	document_service(d, service);
	if (doc_is_over(d))
		return;
	if (d->n_operations == 0) {
		response_fail(d->req, 404,
		    "Resource '%.*s' not found for service '%.*s'.",
		    STR_ARG(d->resource), STR_ARG(service->name));
		return;
	}
	document_put(d, service, &d->req->response.build);
	answer(d->req);
}

/* Of one service, about which the caller may ask. */
static void
one(struct request *req, const struct service *service)
{
	struct doc d;

	if (!document_open(&d, req))
		return;
	if (request_asks(req, "model"))
		model(&d, service);
	else
		whole(&d, service);
	document_close(&d);
}

/* Documents are only read. False: the response says so. */
static bool
is_read(struct request *req)
{
	if (request_reads(req))
		return true;
	if (req->method == METHOD_OPTIONS)
		req->response.status = 200;
	else
		response_fail(req, 405,
		    "%.*s is not supported for '%.*s' of service '%.*s'.",
		    STR_ARG(method_name(req->method)), STR_ARG(req->resource),
		    STR_ARG(req->service_name));
	response_header(
	    &req->response, STR("Allow"), STR("GET, HEAD, OPTIONS"));
	return false;
}

void
service_document(struct request *req)
{
	if (is_read(req))
		one(req, req->service);
}

/* Is there anything in its document for the caller? */
static bool
is_described(const struct request *req, const struct service *service)
{
	return service->active && service->type != NULL &&
	       service->type->describe != NULL &&
	       access_reaches(req->role, service->id, ~0u);
}

static void
names(struct request *req)
{
	struct buf *b = &req->response.build;
	size_t n, listed = 0;
	const struct service *all = snapshot_services(req->snapshot, &n);

	buf_put_lit(b, "{\"resource\":[");
	for (size_t i = 0; i < n; i++) {
		if (!is_described(req, &all[i]))
			continue;
		if (listed++ > 0)
			buf_put_char(b, ',');
		json_put_str(b, all[i].name);
	}
	buf_put_lit(b, "]}");
	answer(req);
}

static void
all(struct request *req)
{
	struct doc d;
	size_t n;
	const struct service *services = snapshot_services(req->snapshot, &n);

	if (!document_open(&d, req))
		return;
	for (size_t i = 0; i < n && !doc_is_over(&d); i++)
		document_service(&d, &services[i]);
	if (!doc_is_over(&d)) {
		document_put(&d, NULL, &req->response.build);
		answer(req);
	}
	document_close(&d);
}

/* That of a service by its name in the path. */
static void
named(struct request *req)
{
	char lower[64];
	const struct service *service = snapshot_service(
	    req->snapshot, lower_case(req->resource, lower, sizeof(lower)));

	if (service == NULL || !is_described(req, service))
		response_fail(req, 403,
		    "You do not have access to API Docs for the requested "
		    "service %.*s.",
		    STR_ARG(req->resource));
	else if (service->instance == NULL)
		response_busy(req, "Service %.*s is not available now.",
		    STR_ARG(service->name));
	else
		one(req, service);
}

static void
docs_handle(struct request *req)
{
	if (!is_read(req))
		return;
	if (req->resource.n > 0) {
		named(req);
	} else if (request_asks(req, "as_list")) {
		names(req);
	} else {
		all(req);
	}
}

static enum status
docs_open(const struct service *record, const struct service_host *host,
    void **instance, struct error *err)
{
	static char nothing; /* there is nothing to set */

	(void)record;
	(void)host;
	(void)err;
	*instance = &nothing;
	return ST_OK;
}

static void
docs_close(void *instance)
{
	(void)instance;
}

static const struct doc_operation of_all = {
	.method = METHOD_GET,
	.name = "all",
	.summary = "What the caller may do with all services",
	.about = "An OpenAPI document, or with as_list the names of the "
		 "services.",
	.parameters = "as_list openapi compact resource_name doc_tables "
		      "format IfNoneMatch",
	.answer = "{'anyOf':[@Document,@Condensed]}",
	.errors = DOC_MISSING,
	.is_json = true,
};

static const struct doc_operation of_one = {
	.method = METHOD_GET,
	.name = "one",
	.summary = "What the caller may do with one service",
	.about = "An OpenAPI document, as SERVICE/_spec has it.",
	.parameters = "openapi compact resource_name doc_tables model "
		      "format IfNoneMatch",
	.answer = "@Document",
	.errors = DOC_MISSING,
	.is_json = true,
};

/* Its parameter is one of the services that the caller may ask about. */
static void
describe_one(struct doc *d)
{
	size_t n, many = 0;
	const struct service *all = snapshot_services(d->req->snapshot, &n);
	struct str *list = arena_alloc(d->req->arena, n * sizeof(list[0]));

	for (size_t i = 0; i < n; i++) {
		if (is_described(d->req, &all[i]) && all[i].instance != NULL &&
		    doc_may(d, all[i].name, METHOD_GET))
			list[many++] = all[i].name;
	}
	if (many == 0)
		return;
	doc_path(d, STR("/{service}"));
	doc_own_choice(d, "service", list, many, "The name of a service.");
	doc_operation(d, list[0], &of_one);
}

static void
docs_describe(struct doc *d, const struct service *service)
{
	(void)service; /* there is one of them */
	doc_path(d, STR(""));
	doc_operation(d, STR(""), &of_all);
	describe_one(d);
}

const struct service_type service_api_docs = {
	.name = "api_docs",
	.label = "API Docs",
	.group = "API Doc",
	.description = "OpenAPI documents of what the caller may do.",
	.config = fields,
	.is_single = true,
	.open = docs_open,
	.close = docs_close,
	.handle = docs_handle,
	.describe = docs_describe,
};
