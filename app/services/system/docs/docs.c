#include "app/services/system/docs/docs.h"

#include "app/services/docs/doc.h"
#include "app/services/system/resource.h"
#include "app/services/user/docs.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define SHOWN  "fields related"
#define ERRORS (DOC_MISSING | DOC_TIMEOUT)
#define WRITES (DOC_MISSING | DOC_CONFLICT)
#define LIST   "{'anyOf':[@.list,@Condensed]}"
#define BODY                                                                   \
	"{'anyOf':[{'type':'object','required':['resource'],'properties':{"    \
	"'resource':{'type':'array','minItems':1,'maxItems':1000,"             \
	"'items':@.}}},{'type':'array','minItems':1,'items':@.},@.]}"
#define CHANGES SHOWN " filter params ids continue rollback wrap as_list"

/* Of the records of a resource; the first alone where it is only read. */
static const struct doc_operation of_records[] = {
	{ .method = METHOD_GET,
	    .name = "list",
	    .summary = "Read records of %",
	    .parameters = SHOWN " filter params ids order limit offset "
				"include_count count_only as_list wrap file "
				"IfNoneMatch",
	    .answer = LIST,
	    .errors = ERRORS },
	{ .method = METHOD_POST,
	    .name = "create",
	    .summary = "Make records of %",
	    .about = "The answer has their ids, or what fields and related ask "
		     "for.",
	    .parameters = SHOWN " continue rollback wrap as_list",
	    .body = BODY,
	    .answer = "{'anyOf':[@.list,@.,@Condensed]}",
	    .errors = WRITES },
	{ .method = METHOD_PUT,
	    .name = "replace",
	    .summary = "Change records of %",
	    .about = "What is not sent stays. ids or a filter name the records "
		     "that the first of the body is said of, or each names "
		     "itself by its id.",
	    .parameters = CHANGES,
	    .body = BODY,
	    .answer = LIST,
	    .errors = WRITES },
	{ .method = METHOD_PATCH,
	    .name = "update",
	    .summary = "Change records of %",
	    .about = "What is not sent stays. ids or a filter name the records "
		     "that the first of the body is said of, or each names "
		     "itself by its id.",
	    .parameters = CHANGES,
	    .body = BODY,
	    .answer = LIST,
	    .errors = WRITES },
	{ .method = METHOD_DELETE,
	    .name = "remove",
	    .summary = "Remove records of %",
	    .about = "Those that ids, a filter or records in the body name.",
	    .parameters = CHANGES " force",
	    .body = "{'type':'object'}",
	    .answer = LIST,
	    .errors = WRITES },
};

static const struct doc_operation of_record[] = {
	{ .method = METHOD_GET,
	    .name = "get",
	    .summary = "Read a record of %",
	    .parameters = SHOWN " file IfNoneMatch",
	    .answer = "@.",
	    .errors = ERRORS },
	{ .method = METHOD_PUT,
	    .name = "replaceOne",
	    .summary = "Change a record of %",
	    .about = "What is not sent stays.",
	    .parameters = SHOWN,
	    .body = "@.",
	    .answer = "@.",
	    .errors = WRITES },
	{ .method = METHOD_PATCH,
	    .name = "updateOne",
	    .summary = "Change a record of %",
	    .about = "What is not sent stays.",
	    .parameters = SHOWN,
	    .body = "@.",
	    .answer = "@.",
	    .errors = WRITES },
	{ .method = METHOD_DELETE,
	    .name = "removeOne",
	    .summary = "Remove a record of %",
	    .parameters = SHOWN " force",
	    .answer = "@.",
	    .errors = WRITES },
};

/* Parameters that only some resources have. */
static const struct {
	const char *resource;
	unsigned methods;
	const char *parameters;
} more[] = {
	{ "app", METHOD_PUT | METHOD_PATCH,
	    " regenerate grace expires_in revoke key_of_app" },
	{ "admin", METHOD_POST, " send_invite" },
	{ "user", METHOD_POST, " send_invite" },
};

#define OTHER(verb, id, text, given, returns)                                  \
	{                                                                      \
		.method = (verb), .name = (id), .summary = (text),             \
		.parameters = (given), .answer = (returns),                    \
		.errors = DOC_MISSING, .has_rows = true, .is_once = true       \
	}

/* What no table holds. */
static const struct {
	const char *resource;
	const char *path;
	const char *component;
	const char *parameter; /* in the path; "": none */
	const char *schema;    /* of it */
	struct doc_operation operation;
} others[] = {
	{ "cache", "/cache", "cache", "", "",
	    OTHER(METHOD_GET, "list", "The services that have cached answers",
		"count_fields as_list", "@ObjectsOrNames") },
	{ "cache", "/cache", "cache", "", "",
	    OTHER(METHOD_DELETE, "flush", "Drop all cached answers", NULL,
		"@Success") },
	{ "cache", "/cache/{service}", "cache/{service}", "service",
	    "{'type':'string'}",
	    OTHER(METHOD_GET, "get", "What the cache did for a service",
		"count_fields", "{'type':'object'}") },
	{ "cache", "/cache/{service}", "cache/{service}", "service",
	    "{'type':'string'}",
	    OTHER(METHOD_DELETE, "flushService",
		"Drop the cached answers of a service", NULL, "@Success") },
	{ "cache", "/cache/{service}/{table}", "cache/{service}/{table}",
	    "service table", "{'type':'string'}",
	    OTHER(METHOD_DELETE, "flushTable",
		"Drop the cached answers that a table is in", NULL,
		"@Success") },
	{ "constant", "/constant", "constant", "", "",
	    OTHER(METHOD_GET, "list", "An empty list", "include_count",
		"@Objects") },
	{ "environment", "/environment", "environment", "", "",
	    OTHER(METHOD_GET, "get",
		"What a front end must know before anybody logs in", NULL,
		"{'type':'object'}") },
	{ "event", "/event", "event", "", "",
	    OTHER(METHOD_GET, "list", "An empty list", "include_count as_list",
		"@Objects") },
	{ "limit_cache", "/limit_cache", "limit_cache", "", "",
	    OTHER(METHOD_GET, "list", "The counters of all limits",
		"ids page_limit offset include_count", "@Objects") },
	{ "limit_cache", "/limit_cache", "limit_cache", "", "",
	    OTHER(METHOD_DELETE, "reset", "Let limits begin anew",
		"ids allow_delete",
		"{'anyOf':[@Success,@Objects,@Condensed]}") },
	{ "limit_cache", "/limit_cache/{id}", "limit_cache/{id}", "id",
	    "{'type':'integer','minimum':1}",
	    OTHER(METHOD_GET, "get", "The first counter of a limit", NULL,
		"{'type':'object'}") },
	{ "limit_cache", "/limit_cache/{id}", "limit_cache/{id}", "id",
	    "{'type':'integer','minimum':1}",
	    OTHER(METHOD_DELETE, "resetOne", "Let a limit begin anew", NULL,
		"{'type':'object'}") },
	{ "service_type", "/service_type", "service_type", "", "",
	    OTHER(METHOD_GET, "list", "The types of services",
		"type_fields group_of_types as_list", "@ObjectsOrNames") },
	{ "service_type", "/service_type/{name}", "service_type/{name}", "name",
	    "{'type':'string'}",
	    OTHER(METHOD_GET, "get", "A type of services", "type_fields",
		"{'type':'object'}") },
	{ "session", "/session", "session", "", "",
	    OTHER(METHOD_GET, "list", "Who is logged in",
		"user_id page_limit offset", "@Objects") },
	{ "session", "/session", "session", "", "",
	    OTHER(METHOD_DELETE, "end", "End all sessions of a user", "whose",
		"{'type':'object'}") },
	{ "session", "/session/{id}", "session/{id}", "id",
	    "{'type':'integer','minimum':1}",
	    OTHER(METHOD_GET, "get", "A session", NULL, "{'type':'object'}") },
	{ "session", "/session/{id}", "session/{id}", "id",
	    "{'type':'integer','minimum':1}",
	    OTHER(METHOD_DELETE, "endOne", "End a session", NULL,
		"{'type':'object'}") },
	{ "status", "/status", "status", "", "",
	    OTHER(METHOD_GET, "get", "A summary of the platform", NULL,
		"{'type':'object'}") },
};

static const struct doc_operation of_root = {
	.method = METHOD_GET,
	.name = "resources",
	.summary = "The resources of %",
	.parameters = "as_list IfNoneMatch",
	.answer = "@Names",
	.has_rows = true,
};

static void
put_operation(struct doc *d, const struct system_resource *resource,
    struct str component, struct doc_operation operation)
{
	for (size_t i = 0; i < LENGTH(more); i++) {
		if (strcmp(more[i].resource, resource->name) == 0 &&
		    (more[i].methods & operation.method) != 0)
			operation.parameters = arena_printf(d->req->arena,
			    "%s%s", operation.parameters, more[i].parameters)
						   .p;
	}
	if (operation.method == METHOD_POST)
		operation.status = resource->created;
	doc_operation(d, component, &operation);
}

static void
put_records(struct doc *d, const struct system_resource *resource)
{
	struct str prefix = arena_printf(d->req->arena, "%s/", resource->name);
	bool is_written = resource->create != NULL;
	size_t n;
	struct doc_place *places = doc_places(d, prefix, "id", &n);

	doc_path(d, arena_printf(d->req->arena, "/%s", resource->name));
	for (size_t i = 0; i < (is_written ? LENGTH(of_records) : 1); i++)
		put_operation(
		    d, resource, str_of(resource->name), of_records[i]);
	for (size_t i = 0; i < n; i++) {
		doc_path(d, places[i].path);
		if (places[i].is_open)
			doc_own(d, "id", "{'type':'integer','minimum':1}",
			    "The id of the record.");
		d->suffix = i == 0 ? STR("") : places[i].component;
		for (size_t k = 0; k < (is_written ? LENGTH(of_record) : 1);
		     k++)
			put_operation(
			    d, resource, places[i].component, of_record[k]);
	}
}

static void
put_resource(struct doc *d, const struct system_tables *tables,
    const struct system_resource *resource)
{
	size_t before = d->n_operations;

	doc_subject(d, str_of(resource->name));
	put_records(d, resource);
	if (d->n_operations > before)
		docs_resource(d, tables, resource);
}

static void
put_others(struct doc *d)
{
	for (size_t i = 0; i < LENGTH(others); i++) {
		struct str names = str_of(others[i].parameter);

		if (i == 0 ||
		    strcmp(others[i].resource, others[i - 1].resource) != 0)
			doc_subject(d, str_of(others[i].resource));
		if (i == 0 || strcmp(others[i].path, others[i - 1].path) != 0) {
			doc_path(d, str_of(others[i].path));
			while (names.n > 0) {
				struct str name = str_cut(&names, ' ');

				doc_own(d,
				    arena_printf(
					d->req->arena, "%.*s", STR_ARG(name))
					.p,
				    others[i].schema, NULL);
			}
		}
		doc_operation(
		    d, str_of(others[i].component), &others[i].operation);
	}
}

void
system_describe(struct doc *d, const struct service *service)
{
	doc_path(d, STR(""));
	doc_operation(d, STR(""), &of_root);
	for (const struct system_resource *r = system_resources;
	     r->name != NULL; r++)
		put_resource(d, service->instance, r);
	put_others(d);
	account_describe(d, "admin/");
	doc_subject(d, STR(""));
}
