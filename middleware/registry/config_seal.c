#include "middleware/registry/config_seal.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/jsonout.h"
#include "app/base/jsonread.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/sealed_text.h"
#include "middleware/service.h"

/* One config on its way. */
struct passage {
	struct arena *arena;
	const struct app_keys *keys;
	const struct config_owner *owner;
	struct buf out;
	bool changed;
};

typedef enum status secret_put_f(
    struct passage *p, struct str member, struct str text, struct error *err);

static bool
is_secret(const struct service_type *type, struct str member)
{
	for (size_t i = 0; type->config[i].name != NULL; i++) {
		if (str_eq(member, str_of(type->config[i].name)))
			return strcmp(type->config[i].type, "password") == 0;
	}
	return false;
}

static struct str
context_of(const struct passage *p, struct str member)
{
	return arena_printf(p->arena, "service %.*s %.*s",
	    STR_ARG(p->owner->name), STR_ARG(member));
}

static enum status
sealed_put(
    struct passage *p, struct str member, struct str clear, struct error *err)
{
	(void)err; /* nothing fails here */
	json_put_str(&p->out,
	    sealed_text(p->arena, p->keys, context_of(p, member), clear));
	return ST_OK;
}

static enum status
refuse(const struct passage *p, struct str member, struct error *err)
{
	return error_set(err, ST_INVALID,
	    "the %.*s of service %.*s cannot be decrypted: it was stored under "
	    "an APP_KEY that is neither this one nor in APP_PREVIOUS_KEYS, or "
	    "for another service; `weir service set` stores it anew",
	    STR_ARG(member), STR_ARG(p->owner->name));
}

static enum status
clear_put(
    struct passage *p, struct str member, struct str text, struct error *err)
{
	struct unsealed u;

	if (!sealed_text_open(
		p->arena, p->keys, context_of(p, member), text, &u))
		return refuse(p, member, err);
	json_put_str(&p->out, u.clear);
	unsealed_wipe(&u);
	return ST_OK;
}

/* What the first key opens stays as it is. */
static enum status
resealed_put(
    struct passage *p, struct str member, struct str text, struct error *err)
{
	enum status st = ST_OK;
	struct unsealed u;

	if (!sealed_text_open(
		p->arena, p->keys, context_of(p, member), text, &u))
		return refuse(p, member, err);
	if (u.key == 0)
		json_put_str(&p->out, text);
	else
		st = sealed_put(p, member, u.clear, err);
	p->changed |= u.key > 0;
	unsealed_wipe(&u);
	return st;
}

/* Copies the config with its secrets as put() writes them. */
static enum status
pass(
    struct passage *p, secret_put_f *put, struct str *config, struct error *err)
{
	const struct service_type *type = p->owner->type;
	struct json_member member;
	struct json_walk walk;
	struct json object;
	enum status st = json_parse(p->arena, *config, &object, err);

	if (st != ST_OK || type == NULL)
		return st;
	if (json_kind(object) != JSON_OBJECT)
		return error_set(err, ST_INVALID, "a JSON object is expected");
	walk = json_walk(p->arena, object);
	/* Once: a buffer that grows leaves copies behind. */
	(void)buf_reserve(&p->out, config->n);
	buf_put_char(&p->out, '{');
	while (st == ST_OK && json_next(&walk, &member)) {
		struct str text = json_to_str(p->arena, member.value);

		json_put_name(&p->out, member.name);
		if (text.n > 0 && is_secret(type, member.name))
			st = put(p, member.name, text, err);
		else
			buf_put(&p->out, member.value.text);
	}
	buf_put_char(&p->out, '}');
	if (st == ST_OK)
		*config = buf_str(&p->out);
	return st;
}

enum status
config_seal(struct arena *arena, const struct app_keys *keys,
    const struct config_owner *owner, struct str *config, struct error *err)
{
	struct passage p = { arena, keys, owner, buf_in(arena), false };

	return pass(&p, sealed_put, config, err);
}

enum status
config_unseal(struct arena *arena, const struct app_keys *keys,
    const struct config_owner *owner, struct str *config, struct error *err)
{
	struct passage p = { arena, keys, owner, buf_in(arena), false };

	return pass(&p, clear_put, config, err);
}

enum status
config_reseal(struct arena *arena, const struct app_keys *keys,
    const struct config_owner *owner, struct str *config, bool *changed,
    struct error *err)
{
	struct passage p = { arena, keys, owner, buf_in(arena), false };
	enum status st = pass(&p, resealed_put, config, err);

	*changed = st == ST_OK && p.changed;
	return st;
}
