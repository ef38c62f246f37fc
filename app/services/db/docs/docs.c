#include "app/services/db/docs/docs.h"

#include "app/services/db/db.h"
#include "app/services/db/schema/schema_fresh.h"
#include "app/services/docs/doc.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct doc_operation of_root = {
	.method = METHOD_GET,
	.name = "resources",
	.summary = "The resources of %",
	.parameters = "member_fields as_list as_access_list wrap look "
		      "IfNoneMatch",
	.answer = "@Names",
	.has_rows = true,
	.is_cached = true,
};

static const struct doc_operation of_list[] = {
	{ .method = METHOD_GET,
	    .name = "procedures",
	    .summary = "The procedures that the role may do anything with",
	    .parameters = "type_fields table_ids as_list as_access_list wrap "
			  "IfNoneMatch",
	    .answer = "@ObjectsOrNames",
	    .errors = DOC_MISSING | DOC_TIMEOUT,
	    .has_rows = true },
	{ .method = METHOD_GET,
	    .name = "functions",
	    .summary = "The functions that the role may do anything with",
	    .parameters = "type_fields table_ids as_list as_access_list wrap "
			  "IfNoneMatch",
	    .answer = "@ObjectsOrNames",
	    .errors = DOC_MISSING | DOC_TIMEOUT,
	    .has_rows = true },
};

#define CALL(verb, id, text)                                                   \
	{                                                                      \
		.method = verb, .name = id, .summary = text,                   \
		.about = "Its parameters stand in the body, behind the name "  \
			 "in parentheses, or by their names in the URL. It "   \
			 "is taken for a write of any table.",                 \
		.answer = "{'description':'What it returns: rows in resource " \
			  "beside what goes out, or the value of a "           \
			  "function.'}",                                       \
		.errors = DOC_MISSING | DOC_TIMEOUT | DOC_UNSUPPORTED,         \
		.is_once = true                                                \
	}

static const struct doc_operation of_call[][2] = {
	{ CALL(METHOD_GET, "callProcedure", "Call a procedure"),
	    CALL(METHOD_POST, "callProcedureWith", "Call a procedure") },
	{ CALL(METHOD_GET, "callFunction", "Call a function"),
	    CALL(METHOD_POST, "callFunctionWith", "Call a function") },
};

static void
put_routines(struct doc *d, const char *resource, size_t kind)
{
	struct str prefix = arena_printf(d->req->arena, "%s/", resource);
	struct doc_operation with = of_call[kind][1];
	size_t n;
	struct doc_place *places = doc_places(d, prefix, "name", &n);

	with.body = "@RoutineCall";
	for (size_t i = 0; i < n; i++) {
		doc_path(d, places[i].path);
		if (places[i].is_open)
			doc_own(d, "name", "{'type':'string'}",
			    "The name of the routine.");
		d->suffix = i == 0 ? STR("") : places[i].component;
		doc_operation(d, places[i].component, &of_call[kind][0]);
		doc_operation(d, places[i].component, &with);
	}
	d->suffix = STR("");
}

void
docs_routines(struct doc *d, const struct db_service *service)
{
	static const char resources[][6] = { "_proc", "_func" };

	if (service->driver->call == NULL)
		return;
	for (size_t i = 0; i < LENGTH(resources); i++) {
		doc_subject(d, str_of(resources[i]));
		doc_path(d, arena_printf(d->req->arena, "/%s", resources[i]));
		doc_operation(d, str_of(resources[i]), &of_list[i]);
		if (!service->config.read_only)
			put_routines(d, resources[i], i);
	}
	doc_subject(d, STR(""));
}

/* Of the document of all services, the schemas are as the registry knows them:
 * a second old. */
static const struct db_service *
instance_of(struct doc *d, const struct service *service)
{
	if (service != d->req->service)
		return service->instance;
	if (!schema_wanted_fresh(d->req))
		return NULL;
	d->service = d->req->service;
	return d->service->instance;
}

void
db_describe(struct doc *d, const struct service *service)
{
	const struct db_service *instance = instance_of(d, service);

	if (instance == NULL)
		return;
	doc_path(d, STR(""));
	doc_operation(d, STR(""), &of_root);
	docs_tables(d, instance);
	docs_schemas(d, instance);
	docs_routines(d, instance);
}
