#include "app/services/db/docs/docs.h"

#include "app/services/db/db.h"
#include "app/services/db/schema/schema_fresh.h"
#include "app/services/docs/doc.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

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

bool
docs_has_path(struct str name)
{
	return str_find(name, '/') == name.n && !str_eq(name, STR(".")) &&
	       !str_eq(name, STR(".."));
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
