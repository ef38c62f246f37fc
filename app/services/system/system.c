/* The service type system: what those who administer the platform do
 * (dreamfactory.md 8). */
#include "app/base/jsonout.h"
#include "app/services/system/docs/docs.h"
#include "app/services/system/handlers.h"
#include "app/services/system/records.h"
#include "app/services/system/resource.h"
#include "app/services/system/sessions.h"
#include "app/services/system/tables.h"
#include "app/services/system/types.h"
#include "app/services/user/account.h"
#include "middleware/request.h"

static const struct config_field fields[] = { { .name = NULL } };

/* A resource is one of its name, or with `deep` whatever is beneath. */
static const struct {
	const char *name;
	bool deep;
	void (*handle)(struct account_call *c);
} resources[] = {
	{ "admin/password", false, account_password },
	{ "admin/profile", false, account_profile },
	{ "admin/session", false, account_session },
	{ "cache", true, cache_handle },
	{ "constant", false, nothing_handle },
	{ "environment", false, environment_handle },
	{ "event", false, nothing_handle },
	{ "limit_cache", true, limit_cache_handle },
	{ "service_type", true, service_types_handle },
	{ "session", true, sessions_handle },
	{ "statistics", false, statistics_handle },
	{ "status", false, status_handle },
};

#define RESOURCES (sizeof(resources) / sizeof(resources[0]))
#define ADMIN     STR("admin/")
#define NAMES_MAX 64

static enum status
system_open(const struct service *record, const struct service_host *host,
    void **instance, struct error *err)
{
	struct system_tables *tables = NULL;
	enum status st = system_tables_open(host->settings, &tables, err);

	(void)record; /* there is nothing to set */
	*instance = tables;
	return st;
}

static void
system_close(void *instance)
{
	system_tables_close(instance);
}

static enum entrance
system_entrance(const struct request *req)
{
	if (str_eq_nocase(req->resource, STR("status")) ||
	    (str_eq_nocase(req->resource, STR("environment")) &&
		request_reads(req)))
		return ENTRANCE_OPEN;
	if (!str_starts(req->resource, ADMIN))
		return ENTRANCE_ROLE;
	return account_entrance(req, str_skip(req->resource, ADMIN.n));
}

/* The names of all, sorted. */
static size_t
names_list(struct str *names)
{
	size_t n = 0;

	for (size_t i = 0; i < RESOURCES; i++)
		names[n++] = str_of(resources[i].name);
	for (const struct system_resource *r = system_resources;
	     r->name != NULL && n < NAMES_MAX; r++)
		names[n++] = str_of(r->name);
	for (size_t i = 1; i < n; i++) {
		for (size_t k = i; k > 0 && str_cmp(names[k - 1], names[k]) > 0;
		     k--) {
			struct str name = names[k];

			names[k] = names[k - 1];
			names[k - 1] = name;
		}
	}
	return n;
}

static void
list(struct request *req)
{
	struct buf *b = &req->response.build;
	bool bare = request_asks(req, "as_list");
	struct str names[NAMES_MAX];
	size_t n;

	if (!account_allows(req, METHOD_GET))
		return;
	n = names_list(names);
	buf_put_lit(b, "{\"resource\":[");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_put_char(b, ',');
		if (!bare)
			buf_put_lit(b, "{\"name\":");
		json_put_str(b, names[i]);
		if (!bare)
			buf_put_char(b, '}');
	}
	buf_put_lit(b, "]}");
	req->response.status = 200;
	req->response.type = STR("application/json");
}

static bool
is_of(struct str resource, size_t i)
{
	struct str rest = resource;

	if (resources[i].deep)
		resource = str_cut(&rest, '/');
	return str_eq_nocase(resource, str_of(resources[i].name));
}

static void
system_handle(struct request *req)
{
	struct account_call call = { .req = req, .admin = true };
	const struct system_resource *resource;

	if (req->resource.n == 0) {
		list(req);
		return;
	}
	for (size_t i = 0; i < RESOURCES; i++) {
		if (!is_of(req->resource, i))
			continue;
		resources[i].handle(&call);
		return;
	}
	resource = system_resource_find(req->segment[0]);
	if (resource != NULL)
		records_handle(&call, resource);
	else
		records_unknown(req);
}

const struct service_type service_system = {
	.name = "system",
	.label = "System Management",
	.group = "System",
	.description = "Administration of the platform, and the sessions, "
		       "profiles and passwords of those who administer it.",
	.config = fields,
	.is_single = true,
	.entrance = system_entrance,
	.open = system_open,
	.close = system_close,
	.handle = system_handle,
	.describe = system_describe,
};
