#include "app/commands/service_config.h"

#include "app/base/buf.h"
#include "app/base/jsonread.h"
#include "app/command.h"
#include "app/commands/admin.h"
#include "drivers/cache/cache.h"
#include "middleware/registry/service_config.h"
#include "middleware/registry/service_records.h"

/* The members given so far, as an array of struct config_member. */
struct members {
	struct arena *arena;
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

/* A member of --config; false when its value is not a plain one. */
static bool
json_member_read(struct members *m, const struct json_member *member,
    struct service_record *r)
{
	struct json value = member->value;

	if (str_eq(member->name, STR("cache_enabled")))
		return json_to_bool(value, &r->cache_enabled);
	if (str_eq(member->name, STR("cache_ttl")))
		return json_to_i64(value, &r->cache_ttl);
	switch (json_kind(value)) {
	case JSON_NULL:
		return true;
	case JSON_STRING:
		member_add(m, member->name, json_to_str(m->arena, value));
		return true;
	case JSON_NUMBER:
	case JSON_BOOL:
		member_add(m, member->name, value.text);
		return true;
	default:
		return false;
	}
}

static bool
json_read(const char *text, struct members *m, struct service_record *r)
{
	struct error err = { 0 };
	struct json_member member;
	struct json_walk walk;
	struct json object;

	if (json_parse(m->arena, str_of(text), &object, &err) != ST_OK) {
		(void)command_fail("--config: %s", err.text);
		return false;
	}
	if (json_kind(object) != JSON_OBJECT) {
		(void)command_fail("--config: a JSON object is expected");
		return false;
	}
	walk = json_walk(m->arena, object);
	while (json_next(&walk, &member)) {
		if (json_member_read(m, &member, r))
			continue;
		(void)command_fail("--config: \"%.*s\" has a wrong value",
		    STR_ARG(member.name));
		return false;
	}
	return true;
}

bool
service_config_read(struct command_call *call, struct service_record *r)
{
	struct members m = { call->arena, buf_in(call->arena) };
	const char *json = command_value(call, "--config");
	struct config_given given = { .type = r->type };
	struct error err = { 0 };

	if (json != NULL && !json_read(json, &m, r))
		return false;
	if (command_value(call, "--cache-ttl") != NULL)
		r->cache_enabled = true;
	if (!sets_read(call, &m) ||
	    !admin_number(call, "--cache-ttl", 0, CACHE_TTL_MAX, &r->cache_ttl))
		return false;
	given.list = (const struct config_member *)(const void *)m.list.p;
	given.n = m.list.n / sizeof(*given.list);
	if (service_config_make(call->arena, &given, &r->config, &err) == ST_OK)
		return true;
	(void)command_fail("%s", err.text);
	return false;
}
