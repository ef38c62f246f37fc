#include "middleware/request_lookup.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/settings.h"
#include "middleware/principal.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

static bool
number_find(struct arena *arena, int64_t id, struct str *value)
{
	*value = arena_printf(arena, "%lld", (long long)id);
	return id != 0;
}

static bool
role_find(const struct role *role, struct arena *arena, struct str name,
    struct str *value)
{
	if (role == NULL)
		return false;
	if (str_eq(name, STR("id")))
		return number_find(arena, role->id, value);
	*value = role->name;
	return str_eq(name, STR("name"));
}

static bool
app_find(const struct app *app, struct arena *arena, struct str name,
    struct str *value)
{
	if (app == NULL)
		return false;
	if (str_eq(name, STR("id")))
		return number_find(arena, app->id, value);
	*value = app->name;
	return str_eq(name, STR("name"));
}

/* The texts of a user, all of which it may be allowed to change itself: only
 * its id stays. */
static const struct {
	const char *name;
	size_t at; /* in the principal */
} user_texts[] = {
	{ "name", offsetof(struct principal, name) },
	{ "first_name", offsetof(struct principal, first_name) },
	{ "last_name", offsetof(struct principal, last_name) },
	{ "email", offsetof(struct principal, email) },
	{ "username", offsetof(struct principal, username) },
	{ "phone", offsetof(struct principal, phone) },
};

static bool
user_find(const struct principal *who, struct arena *arena, struct str name,
    struct str *value)
{
	const char *base = (const char *)who;

	if (who == NULL)
		return false;
	if (str_eq(name, STR("id")))
		return number_find(arena, who->id, value);
	for (size_t i = 0; i < sizeof(user_texts) / sizeof(user_texts[0]);
	     i++) {
		if (!str_eq(name, str_of(user_texts[i].name)))
			continue;
		memcpy(value, base + user_texts[i].at, sizeof(*value));
		return true;
	}
	return false;
}

static bool
built_in_find(const struct request *req, struct arena *arena, struct str name,
    struct str *value)
{
	struct str rest = name;
	struct str prefix = str_cut(&rest, '.');

	if (str_eq(prefix, STR("user")))
		return user_find(req->principal, arena, rest, value);
	if (str_eq(prefix, STR("role")))
		return role_find(req->role, arena, rest, value);
	if (str_eq(prefix, STR("app")))
		return app_find(req->app, arena, rest, value);
	return false;
}

static bool
record_find(const struct lookups *all, struct str name, struct str *value)
{
	const struct lookup_value *found = lookups_get(all, name);

	if (found == NULL || found->is_private)
		return false;
	*value = found->value;
	return true;
}

/* Those of a principal are none that are private. */
static bool
own_find(const struct principal *who, struct str name, struct str *value)
{
	for (size_t i = 0; i < who->n_lookups; i++) {
		if (!str_eq(who->lookups[i].name, name))
			continue;
		*value = who->lookups[i].value;
		return true;
	}
	return false;
}

bool
request_lookup_is_own(const struct request *req, struct str name)
{
	struct str prefix = name, value;

	if (lookup_is_built_in(name))
		return str_eq(str_cut(&prefix, '.'), STR("user"));
	return req->principal != NULL && own_find(req->principal, name, &value);
}

static bool
request_find(
    const void *ctx, struct arena *arena, struct str name, struct str *value)
{
	const struct request *req = ctx;

	if (lookup_is_built_in(name))
		return built_in_find(req, arena, name, value);
	if (req->principal != NULL && own_find(req->principal, name, value))
		return true;
	if (req->role != NULL && record_find(&req->role->lookups, name, value))
		return true;
	if (req->app != NULL && record_find(&req->app->lookups, name, value))
		return true;
	return record_find(snapshot_lookups(req->snapshot), name, value);
}

struct lookup_source
request_lookups(const struct request *req)
{
	return (struct lookup_source){
		.find = request_find,
		.ctx = req,
		.modifiers = str_of(req->settings->lookup_modifiers),
	};
}

static void
value_put(struct buf *key, struct str value)
{
	buf_printf(key, "\n%zu:", value.n);
	buf_put(key, value);
}

void
request_lookups_put(struct buf *key, struct request *req)
{
	struct lookup_source source = request_lookups(req);
	const struct lookups *of_service = &req->service->lookups;
	const struct role *role = req->role;

	for (size_t i = 0; i < role->n_looked_up; i++) {
		struct str value = STR_NULL;

		if (lookup_text_value(
			req->arena, &source, role->looked_up[i], &value))
			value_put(key, value);
		else
			buf_put_lit(key, "\n-:");
	}
	for (size_t i = 0; i < of_service->n; i++)
		value_put(key, of_service->list[i].value);
}
