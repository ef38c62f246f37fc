#include "app/services/system/resource.h"

#include "app/services/system/resources.h"

#define PUBLIC_SCOPE "app_id IS NULL AND role_id IS NULL AND user_id IS NULL"

/* A resource that is only read has no functions. */
const struct system_resource system_resources[] = {
	{ .name = "admin",
	    .table = "user",
	    .where = "is_sys_admin = 1",
	    .prepare = user_prepare,
	    .create = user_create,
	    .update = user_update,
	    .remove = user_remove,
	    .created = 201,
	    .outside = "lookup_by_user_id" },
	{ .name = "app",
	    .table = "app",
	    .create = app_create,
	    .update = app_update,
	    .remove = app_remove,
	    .created = 201 },
	{ .name = "audit", .table = "audit" },
	{ .name = "cors",
	    .table = "cors_config",
	    .create = cors_create,
	    .update = cors_update,
	    .remove = cors_remove,
	    .created = 201 },
	{ .name = "limit",
	    .table = "limits",
	    .create = limit_create,
	    .update = limit_update,
	    .remove = limit_remove,
	    .created = 200 },
	{ .name = "lookup",
	    .table = "lookup",
	    .where = PUBLIC_SCOPE,
	    .create = lookup_create,
	    .update = lookup_update,
	    .remove = lookup_remove,
	    .created = 201 },
	{ .name = "role",
	    .table = "role",
	    .create = role_create,
	    .update = role_update,
	    .remove = role_remove,
	    .created = 201 },
	{ .name = "service",
	    .table = "service",
	    .create = service_create,
	    .update = service_update,
	    .remove = service_remove,
	    .created = 201 },
	{ .name = "user",
	    .table = "user",
	    .where = "is_sys_admin = 0",
	    .prepare = user_prepare,
	    .create = user_create,
	    .update = user_update,
	    .remove = user_remove,
	    .created = 201,
	    .outside = "lookup_by_user_id" },
	{ .name = NULL },
};

const struct system_resource *
system_resource_find(struct str name)
{
	for (const struct system_resource *r = system_resources;
	     r->name != NULL; r++) {
		if (str_eq_nocase(name, str_of(r->name)))
			return r;
	}
	return NULL;
}
