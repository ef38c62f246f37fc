#include "app/services/system/rights.h"

#include "app/base/arena.h"
#include "app/services/db/statement.h"
#include "app/services/system/resource.h"
#include "middleware/principal.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

/* Whose records, or parts of them, stand in a table: one may be read by whom
 * all of them may. */
static const struct {
	const char *table;
	const char *owners[2]; /* resources */
} owned[] = {
	{ "app", { "app" } },
	{ "app_key", { "app" } },
	{ "limits", { "limit" } },
	{ "lookup", { "lookup" } },
	{ "role", { "role" } },
	{ "role_service_access", { "role" } },
	{ "service", { "service" } },
	{ "service_cache_config", { "service" } },
	{ "user", { "user", "admin" } },
	{ "user_to_app_to_role", { "user", "admin" } },
};

#define OWNED  (sizeof(owned) / sizeof(owned[0]))
#define OWNERS (sizeof(owned[0].owners) / sizeof(owned[0].owners[0]))

static bool
may_get(const struct role *role, int64_t service_id, const char *owner)
{
	unsigned verbs =
	    access_verbs(role, service_id, str_of(owner), REQUESTOR_API);

	return (verbs & METHOD_GET) != 0;
}

/* Lookups of a role are its own, as they are of an app and a user. */
static bool
is_part(const struct system_resource *resource, size_t table)
{
	if (strcmp(owned[table].table, "lookup") == 0)
		return strcmp(resource->table, "app") == 0 ||
		       strcmp(resource->table, "role") == 0 ||
		       strcmp(resource->table, "user") == 0;
	for (size_t k = 0; k < OWNERS; k++) {
		if (owned[table].owners[k] != NULL &&
		    strcmp(owned[table].owners[k], resource->name) == 0)
			return true;
	}
	return false;
}

static bool
may_read(const struct role *role, int64_t service_id,
    const struct system_resource *resource, size_t table)
{
	bool may = true;

	if (is_part(resource, table))
		return true;
	for (size_t k = 0; k < OWNERS && may; k++) {
		if (owned[table].owners[k] != NULL)
			may = may_get(role, service_id, owned[table].owners[k]);
	}
	return may;
}

bool
system_rights_relate(const struct role *role, int64_t service_id,
    const struct system_resource *resource, struct str table)
{
	for (size_t i = 0; i < OWNED; i++) {
		if (str_eq(table, str_of(owned[i].table)))
			return may_read(role, service_id, resource, i);
	}
	return false;
}

const struct role *
system_rights(struct request *req, const struct system_resource *resource,
    int64_t service_id)
{
	struct role *role = arena_zalloc(req->arena, sizeof(*role));
	struct access *rows = arena_alloc(req->arena, OWNED * sizeof(rows[0]));

	role->name = STR("system");
	role->active = true;
	role->rows = rows;
	for (size_t i = 0; i < OWNED; i++) {
		if (!may_read(req->role, req->service->id, resource, i))
			continue;
		rows[role->n_rows++] = (struct access){
			.service_id = service_id,
			.component = arena_printf(
			    req->arena, "_table/%s", owned[i].table),
			.verb_mask = METHOD_GET,
			.requestor_mask = REQUESTOR_API,
		};
	}
	return role;
}

const struct condition *
system_rights_rows(struct request *req, const struct system_resource *resource)
{
	struct condition *where = arena_zalloc(req->arena, sizeof(*where));
	struct buf sql = buf_in(req->arena);
	size_t n;
	const struct service *all = snapshot_services(req->snapshot, &n);
	struct db_value *ids = arena_alloc(req->arena, (n + 1) * sizeof(*ids));

	if (strcmp(resource->name, "service") != 0 ||
	    (req->principal != NULL && principal_is_free(req->principal)))
		return NULL;
	buf_put_lit(&sql, "id IN (0");
	for (size_t i = 0; i < n; i++) {
		if (!access_reaches(req->role, all[i].id, ~0u))
			continue;
		buf_put_lit(&sql, ",?");
		ids[where->n_args++] =
		    (struct db_value){ .type = DB_INT, .i = all[i].id };
	}
	buf_put_char(&sql, ')');
	where->sql = buf_str(&sql);
	where->args = ids;
	return where;
}

bool
system_rights_give(const struct request *req, int64_t role_id)
{
	unsigned verbs = access_verbs(
	    req->role, req->service->id, STR("role"), REQUESTOR_API);

	return (verbs & (METHOD_PUT | METHOD_PATCH)) != 0 ||
	       (req->role != NULL && req->role->id == role_id);
}

bool
system_rights_check(struct request *req)
{
	unsigned verb =
	    req->method == METHOD_HEAD ? METHOD_GET : (unsigned)req->method;

	if (access_filters(req->role, req->service->id, req->resource, verb) ==
	    NULL)
		return true;
	response_fail(req, 403,
	    "The row filters of the role cannot be applied to '%.*s'.",
	    STR_ARG(req->resource));
	return false;
}
