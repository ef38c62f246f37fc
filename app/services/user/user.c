/* The service type user: what those who use the platform do about themselves
 * (dreamfactory.md 2.6). */
#include "app/services/user/user.h"

#include <stdlib.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/services/user/account.h"
#include "app/services/user/docs.h"
#include "app/services/user/register.h"
#include "app/services/user/types.h"
#include "middleware/json_config.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

#define ARENA_FIRST 512u

static const struct config_field fields[] = {
	{ .name = "allow_open_registration",
	    .type = "boolean",
	    .label = "Allow open registration",
	    .fallback = "false",
	    .help = "Whether anybody may become a user." },
	{ .name = "open_reg_role_id",
	    .type = "integer",
	    .label = "Role of who registers",
	    .min = 1,
	    .max = INT32_MAX,
	    .is_role = true,
	    .help = "The id of the role that they have in every app." },
	{ .name = NULL },
};

static bool
member_take(void *ctx, struct str name, struct str text)
{
	struct user_service *service = ctx;

	if (str_eq(name, STR("allow_open_registration")))
		service->open_registration = str_to_bool(text);
	else if (str_eq(name, STR("open_reg_role_id")) && text.n > 0)
		return str_to_i64(text, &service->role_id);
	return true;
}

static enum status
user_open(const struct service *record, const struct service_host *host,
    void **instance, struct error *err)
{
	struct user_service *service = calloc(1, sizeof(*service));
	struct arena arena;
	enum status st;

	(void)host; /* it stands on the system database alone */
	if (service == NULL)
		abort();
	arena_init(&arena, ARENA_FIRST);
	st =
	    json_config_each(&arena, record->config, member_take, service, err);
	arena_close(&arena);
	*instance = st == ST_OK ? service : NULL;
	if (st != ST_OK)
		free(service);
	return st;
}

static const struct {
	const char *name;
	void (*handle)(struct account_call *c);
} resources[] = {
	{ "password", account_password },
	{ "profile", account_profile },
	{ "register", account_register },
	{ "session", account_session },
};

#define RESOURCES (sizeof(resources) / sizeof(resources[0]))

/* What is sent to "register" and "profile" is judged there. */
static enum entrance
user_entrance(const struct request *req)
{
	const unsigned edits =
	    METHOD_GET | METHOD_HEAD | METHOD_POST | METHOD_PUT | METHOD_PATCH;
	unsigned method = (unsigned)req->method;

	if (str_eq_nocase(req->resource, STR("profile")) &&
	    (method & edits) != 0)
		return ENTRANCE_OPEN;
	if (str_eq_nocase(req->resource, STR("register")) &&
	    method == METHOD_POST)
		return ENTRANCE_OPEN;
	return account_entrance(req, req->resource);
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

static void
user_handle(struct request *req)
{
	struct account_call call = { .req = req };

	if (req->resource.n == 0) {
		list(req);
		return;
	}
	for (size_t i = 0; i < RESOURCES; i++) {
		if (!str_eq_nocase(req->resource, str_of(resources[i].name)))
			continue;
		resources[i].handle(&call);
		return;
	}
	response_fail(req, 404, "Resource '%.*s' not found for service '%.*s'.",
	    STR_ARG(req->resource), STR_ARG(req->service_name));
}

const struct service_type service_user = {
	.name = "user",
	.label = "User Management",
	.group = "User",
	.description = "Sessions, profiles and passwords of those who use the "
		       "platform.",
	.is_single = true,
	.config = fields,
	.entrance = user_entrance,
	.open = user_open,
	.close = free,
	.handle = user_handle,
	.describe = user_describe,
};
