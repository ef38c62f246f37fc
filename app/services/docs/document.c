#include "app/services/docs/document.h"

#include "app/base/jsonmember.h"
#include "app/services/docs/doc.h"
#include "app/services/docs/shared.h"
#include "app/services/docs/turn.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"

#define VERSION_NEW STR("3.1.0")
#define VERSION_OLD STR("3.0.3")

/* About what stands around the parts that grow. */
#define FRAME_BYTES (64 * 1024)

#define USAGE                                                                  \
	"What the caller may do, and nothing else: of another key or token "   \
	"it "                                                                  \
	"is another document. A key goes into X-DreamFactory-API-Key, the "    \
	"token of a session into X-DreamFactory-Session-Token or "             \
	"Authorization: Bearer. HEAD goes wherever GET does, OPTIONS names "   \
	"the methods, and a POST with X-HTTP-Method is that method. Lists "    \
	"are "                                                                 \
	"answered as {\"resource\":[...]}, unless wrap=false. Answers and "    \
	"errors are JSON, or CSV or XML as Accept or the parameter accept "    \
	"says. Row filters of the role hide records."

static bool
version_read(struct doc *d)
{
	struct str asked = request_query(d->req, STR("openapi"));

	d->is_old = str_eq(asked, STR("3.0")) || str_eq(asked, VERSION_OLD);
	if (d->is_old || asked.n == 0 || str_eq(asked, STR("3.1")) ||
	    str_eq(asked, VERSION_NEW))
		return true;
	response_fail(d->req, 400, "openapi must be 3.0 or 3.1, not '%.*s'.",
	    STR_ARG(asked));
	return false;
}

static bool
format_read(struct doc *d)
{
	struct str asked = request_query(d->req, STR("format"));

	if (asked.n == 0 || str_eq_nocase(asked, STR("json")))
		return true;
	response_fail(
	    d->req, 400, "format must be json, not '%.*s'.", STR_ARG(asked));
	return false;
}

bool
document_open(struct doc *d, struct request *req)
{
	struct str resource = request_query(req, STR("resource_name"));
	struct str tables = request_query(req, STR("tables"));

	*d = (struct doc){ .req = req,
		.is_compact = request_asks(req, "compact"),
		.resource = resource.n > 0 ? resource : STR_NULL,
		.tables = tables.n > 0 ? tables : STR_NULL,
		.paths = buf_in(NULL),
		.schemas = buf_in(NULL),
		.tags = buf_in(NULL),
		.own = buf_in(req->arena) };
	d->probe = arena_zalloc(req->arena, sizeof(*d->probe));
	return version_read(d) && format_read(d) && turn_take(req);
}

void
document_close(struct doc *d)
{
	buf_free(&d->paths);
	buf_free(&d->schemas);
	buf_free(&d->tags);
	turn_give();
}

bool
doc_is_over(struct doc *d)
{
	const struct response *res = &d->req->response;

	if (res->status != 0)
		return true;
	if (d->paths.n + d->schemas.n + d->tags.n + res->build.n <=
	    DOC_BYTES_MAX)
		return false;
	response_fail(d->req, 400,
	    "The API document is longer than %u MiB. Ask for less of it: "
	    "tables=... names the tables of a database, resource_name=... one "
	    "resource of a service, and compact=true leaves out what only "
	    "explains.",
	    DOC_BYTES_MAX / 1024 / 1024);
	return true;
}

static void
put_own(struct doc *d)
{
	struct doc_operation own = {
		.method = METHOD_GET,
		.name = "document",
		.summary = "What the caller may do with %",
		.about = "This document.",
		.parameters = "openapi compact resource_name format "
			      "IfNoneMatch",
		.answer = "@Document",
		.errors = DOC_MISSING,
		.has_rows = true,
		.is_json = true,
	};

	if (d->service->type->model != NULL) {
		own.parameters = "openapi compact resource_name doc_tables "
				 "model format look IfNoneMatch";
		own.answer = "{'type':'object'}";
	}
	doc_path(d, STR("/" ACCESS_DOCUMENT));
	doc_operation(d, STR(ACCESS_DOCUMENT), &own);
}

void
document_service(struct doc *d, const struct service *service)
{
	if (!service->active || service->type == NULL ||
	    service->instance == NULL || service->type->describe == NULL)
		return;
	d->service = service;
	d->service_told = false;
	doc_subject(d, STR(""));
	service->type->describe(d, service);
	doc_subject(d, STR(""));
	put_own(d);
	doc_path(d, STR(""));
}

/* Whoever uses the API knows these by heart, but a generator does not. */
static void
put_servers(struct buf *out, const struct service *service)
{
	buf_put_lit(out, ",\"servers\":[{\"url\":\"/api/v2");
	if (service != NULL) {
		buf_put_char(out, '/');
		doc_piece(out, service->name, false);
	}
	buf_put_lit(out, "\"}]");
}

static void
put_info(struct doc *d, struct buf *out, const struct service *service)
{
	struct str title = STR("weir");

	if (service != NULL)
		title = service->label.n > 0 ? service->label : service->name;
	buf_put_lit(out, ",\"info\":{");
	put_text(out, "title", title);
	put_text(out, "version", STR(PACKAGE_VERSION));
	doc_about(d, out, USAGE);
	if (service != NULL && service->type != NULL)
		put_text(out, "x-group", str_of(service->type->group));
	buf_put_char(out, '}');
}

static void
put_security(struct buf *out)
{
	buf_put_lit(out, ",\"security\":[{\"ApiKeyHeader\":[]},"
			 "{\"ApiKeyHeader\":[],\"SessionTokenHeader\":[]},"
			 "{\"ApiKeyHeader\":[],\"BearerAuth\":[]},"
			 "{\"ApiKeyHeader\":[],\"BasicAuth\":[]},"
			 "{\"SessionTokenHeader\":[]},{\"BearerAuth\":[]},"
			 "{\"BasicAuth\":[]},{\"ApiKeyQuery\":[]},"
			 "{\"ApiKeyQuery\":[],\"SessionTokenQuery\":[]}]");
}

void
document_put(struct doc *d, const struct service *service, struct buf *out)
{
	struct buf components = buf_in(NULL);

	/* At once, since an arena keeps what it outgrows. */
	(void)buf_reserve(
	    out, d->paths.n + d->schemas.n + d->tags.n + FRAME_BYTES);
	buf_put_char(out, '{');
	put_text(out, "openapi", d->is_old ? VERSION_OLD : VERSION_NEW);
	put_info(d, out, service);
	put_servers(out, service);
	put_security(out);
	buf_put_lit(out, ",\"tags\":[");
	buf_put(out, buf_str(&d->tags));
	buf_put_lit(out, "],\"paths\":{");
	buf_put(out, buf_str(&d->paths));
	buf_put_lit(out, "},\"components\":{\"x\":0");
	doc_answers_put(d, &components);
	doc_parameters_put(d, &components);
	doc_security_put(d, &components);
	doc_shared_put(d, &components);
	out->n -= STR("\"x\":0,").n - 1;
	buf_put(out, str_skip(buf_str(&components), 1));
	buf_put_lit(out, "}}");
	buf_free(&components);
}
