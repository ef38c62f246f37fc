/*
 * A config is changed member by member. Secrets that stay are copied as they
 * are stored, so that one which no key opens any more can be given anew.
 */
#include "app/commands/service_edit.h"

#include <assert.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/command.h"
#include "app/commands/secret_member.h"
#include "drivers/cache/cache.h"
#include "middleware/json_config.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/service_config.h"
#include "middleware/registry/service_records.h"
#include "middleware/service.h"

struct members {
	struct buf list; /* struct config_member */
	const struct command_call *call;
};

static size_t
members_count(const struct members *m)
{
	return m->list.n / sizeof(struct config_member);
}

static const struct config_member *
members_list(const struct members *m)
{
	return (const struct config_member *)(const void *)m->list.p;
}

static bool
member_add(void *ctx, struct str name, struct str value)
{
	struct members *m = ctx;
	struct config_member member = { name, value };

	buf_put(&m->list, str_make((const char *)&member, sizeof(member)));
	return true;
}

/* "MEMBER=VALUE" as it stands behind the service's name. */
static struct config_member
operand(const char *text)
{
	struct str all = str_of(text);
	size_t equals = str_find(all, '=');

	assert(all.p != NULL);
	return (struct config_member){ str_make(all.p, equals),
		str_skip(all, equals + 1) };
}

/* Is it given anew, or to be taken out? */
static bool
is_changed(const struct command_call *call, struct str name)
{
	size_t n;
	const char **unset = command_values(call, "--unset", &n);

	for (size_t i = 0; i < n; i++) {
		if (str_eq(name, str_of(unset[i])))
			return true;
	}
	for (size_t i = 1; i < call->n_operands; i++) {
		if (str_eq(name, operand(call->operands[i]).name))
			return true;
	}
	return false;
}

static bool
member_keep(void *ctx, struct str name, struct str value)
{
	struct members *m = ctx;

	return is_changed(m->call, name) || member_add(m, name, value);
}

/* The config of what stays and of what `given`, a JSON object, says. */
static enum status
config_join(const struct command_call *call, const struct service_record *r,
    struct str given, struct str *out, struct error *err)
{
	struct members m = { buf_in(call->arena), call };
	struct config_given all = { .type = r->type };
	enum status st =
	    json_config_each(call->arena, r->config, member_keep, &m, err);

	if (st == ST_OK)
		st = json_config_each(call->arena, given, member_add, &m, err);
	all.list = members_list(&m);
	all.n = members_count(&m);
	return st == ST_OK ? service_config_make(call->arena, &all, out, err)
			   : st;
}

static enum status
given_seal(const struct command_call *call, const struct service_record *r,
    struct str *given, struct error *err)
{
	const struct config_owner owner = { r->name,
		service_type_find(r->type) };
	struct app_keys keys;
	enum status st = app_keys_read(call->settings, &keys, err);

	if (st == ST_OK)
		st = config_seal(call->arena, &keys, &owner, given, err);
	app_keys_wipe(&keys);
	return st;
}

static enum status
config_edit(
    struct command_call *call, struct service_record *r, struct error *err)
{
	struct buf text = buf_in(call->arena);
	struct str given, config;
	enum status st;

	buf_put_char(&text, '{');
	for (size_t i = 1; i < call->n_operands; i++) {
		struct config_member member = operand(call->operands[i]);

		json_put_name(&text, member.name);
		json_put_str(&text, member.value);
	}
	buf_put_char(&text, '}');
	given = buf_str(&text);
	/* First in clear: what a secret may be is checked as well. */
	st = config_join(call, r, given, &config, err);
	if (st == ST_OK)
		st = service_place_check(
		    call->arena, call->settings, r->type, config, err);
	if (st == ST_OK)
		st = given_seal(call, r, &given, err);
	if (st == ST_OK)
		st = config_join(call, r, given, &config, err);
	if (st == ST_OK)
		r->config = config;
	return st;
}

enum status
service_edit(void *ctx, struct service_record *r, struct error *err)
{
	const struct service_edit *edit = ctx;
	const char *label = command_value(edit->call, "--label");
	const char *description = command_value(edit->call, "--description");
	enum status st;

	if (label != NULL)
		r->label = str_of(label);
	if (description != NULL)
		r->description = str_of(description);
	if (edit->active != FLIP_KEEP)
		r->active = edit->active == FLIP_ON;
	if (edit->cache != FLIP_KEEP)
		r->cache_enabled = edit->cache == FLIP_ON;
	if (edit->cache_ttl >= 0)
		r->cache_ttl = edit->cache_ttl;
	st = config_edit(edit->call, r, err);
	return st == ST_OK ? service_caching_check(
				 r->type, r->config, r->cache_enabled, err)
			   : st;
}

static bool
operands_check(const struct command_call *call)
{
	for (size_t i = 1; i < call->n_operands; i++) {
		struct str name = operand(call->operands[i]).name;

		if (name.n == 0 || strchr(call->operands[i], '=') == NULL) {
			/* What was said may be a secret. */
			(void)command_fail("MEMBER=VALUE is expected behind "
					   "the service's name");
			return false;
		}
		for (size_t j = 1; j < i; j++) {
			if (!str_eq(name, operand(call->operands[j]).name))
				continue;
			(void)command_fail(
			    "\"%.*s\" is given twice", STR_ARG(name));
			return false;
		}
	}
	return true;
}

bool
service_edit_read(struct command_call *call, struct service_edit *edit)
{
	*edit = (struct service_edit){ .call = call, .cache_ttl = -1 };
	if (!secret_members_read(call) || !operands_check(call))
		return false;
	if (!admin_number(
		call, "--cache-ttl", 0, CACHE_TTL_MAX, &edit->cache_ttl))
		return false;
	if (edit->cache_ttl >= 0)
		edit->cache = FLIP_ON;
	return admin_flip(call, "--cache", &edit->cache) &&
	       admin_flip(call, "--active", &edit->active);
}
