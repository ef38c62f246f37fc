/* The service type system: what those who administer the platform do
 * (dreamfactory.md 8). */
#include "app/base/jsonout.h"
#include "app/services/system/sessions.h"
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
	{ "session", true, sessions_handle },
};

#define RESOURCES (sizeof(resources) / sizeof(resources[0]))
#define ADMIN     STR("admin/")

/* It keeps nothing, but what is there is an instance. */
static enum status
system_open(const struct service *record, const struct service_host *host,
    void **instance, struct error *err)
{
	static const char nothing = '\0';

	(void)record;
	(void)host;
	(void)err;
	*instance = (void *)(uintptr_t)&nothing;
	return ST_OK;
}

static void
system_close(void *instance)
{
	(void)instance;
}

static enum entrance
system_entrance(const struct request *req)
{
	if (!str_starts(req->resource, ADMIN))
		return ENTRANCE_ROLE;
	return account_entrance(req, str_skip(req->resource, ADMIN.n));
}

static void
list(struct request *req)
{
	struct buf *b = &req->response.build;

	if (!account_allows(req, METHOD_GET))
		return;
	buf_put_lit(b, "{\"resource\":[");
	for (size_t i = 0; i < RESOURCES; i++) {
		buf_put(b, i == 0 ? STR("{") : STR(",{"));
		json_put_name(b, STR("name"));
		json_put_str(b, str_of(resources[i].name));
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
	response_fail(req, 404, "Resource '%.*s' not found for service '%.*s'.",
	    STR_ARG(req->resource), STR_ARG(req->service_name));
}

const struct service_type service_system = {
	.name = "system",
	.label = "System Management",
	.group = "System",
	.description = "Administration of the platform, and the sessions, "
		       "profiles and passwords of those who administer it.",
	.config = fields,
	.entrance = system_entrance,
	.open = system_open,
	.close = system_close,
	.handle = system_handle,
};
