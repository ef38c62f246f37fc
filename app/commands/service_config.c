#include "app/commands/service_config.h"

#include "app/base/buf.h"
#include "app/command.h"
#include "app/commands/admin.h"
#include "app/commands/secret_member.h"
#include "drivers/cache/cache.h"
#include "middleware/json_config.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/service_config.h"
#include "middleware/registry/service_records.h"
#include "middleware/service.h"

/* The members given so far, as an array of struct config_member. */
struct members {
	struct arena *arena;
	struct service_record *record;
	struct buf list;
};

static void
member_add(struct members *m, struct str name, struct str value)
{
	struct config_member member = { name, value };

	buf_put(&m->list, str_make((const char *)&member, sizeof(member)));
}

/* "--set NAME=VALUE", as often as given. */
static bool
sets_read(struct command_call *call, struct members *m)
{
	size_t n;
	const char **sets = command_values(call, "--set", &n);

	for (size_t i = 0; i < n; i++) {
		struct str text = str_of(sets[i]);
		size_t equals = str_find(text, '=');

		if (equals == 0 || equals == text.n) {
			(void)command_fail("--set: NAME=VALUE is expected");
			return false;
		}
		member_add(
		    m, str_make(text.p, equals), str_skip(text, equals + 1));
	}
	return true;
}

/* "NAME=VALUE" as operands behind the service's name. */
static bool
operands_read(struct command_call *call, struct members *m)
{
	for (size_t i = 1; i < call->n_operands; i++) {
		struct str value = str_of(call->operands[i]);
		struct str name = str_cut(&value, '=');

		if (name.n == 0 || str_is_null(value)) {
			/* What was said may be a secret. */
			(void)command_fail("MEMBER=VALUE is expected behind "
					   "the service's name");
			return false;
		}
		member_add(m, name, value);
	}
	return true;
}

/* A member of --config, where the cache's two may stand as well. */
static bool
config_member(void *ctx, struct str name, struct str text)
{
	struct members *m = ctx;

	if (str_eq(name, STR("cache_ttl")))
		return str_to_i64(text, &m->record->cache_ttl);
	if (str_eq(name, STR("cache_enabled")))
		m->record->cache_enabled = str_to_bool(text);
	else
		member_add(m, name, text);
	return true;
}

static bool
config_read(const char *text, struct members *m)
{
	struct error err = { 0 };

	if (json_config_each(m->arena, str_of(text), config_member, m, &err) ==
	    ST_OK)
		return true;
	(void)command_fail("--config: %s", err.text);
	return false;
}

/* Seals its secrets. */
static enum status
config_close(const struct command_call *call, struct service_record *r,
    struct error *err)
{
	const struct config_owner owner = { r->name,
		service_type_find(r->type) };
	struct app_keys keys;
	enum status st = app_keys_read(call->settings, &keys, err);

	if (st == ST_OK)
		st = config_seal(call->arena, &keys, &owner, &r->config, err);
	app_keys_wipe(&keys);
	return st;
}

bool
service_config_read(struct command_call *call, struct service_record *r)
{
	struct members m = { call->arena, r, buf_in(call->arena) };
	const char *json = command_value(call, "--config");
	struct config_given given = { .type = r->type };
	struct error err = { 0 };

	if (json != NULL && !config_read(json, &m))
		return false;
	if (command_value(call, "--cache-ttl") != NULL)
		r->cache_enabled = true;
	if (!secret_members_read(call) || !sets_read(call, &m) ||
	    !operands_read(call, &m) ||
	    !admin_number(call, "--cache-ttl", 0, CACHE_TTL_MAX, &r->cache_ttl))
		return false;
	given.list = (const struct config_member *)(const void *)m.list.p;
	given.n = m.list.n / sizeof(*given.list);
	if (service_config_make(call->arena, &given, &r->config, &err) ==
		ST_OK &&
	    service_caching_check(r->type, r->config, r->cache_enabled, &err) ==
		ST_OK &&
	    service_place_check(call->arena, call->settings, r->type, r->config,
		&err) == ST_OK &&
	    config_close(call, r, &err) == ST_OK)
		return true;
	(void)command_fail("%s", err.text);
	return false;
}
