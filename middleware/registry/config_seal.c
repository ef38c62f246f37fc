/* A sealed secret is the text "sealed:" and hexadecimal digits. */
#include "middleware/registry/config_seal.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/jsonout.h"
#include "app/base/jsonread.h"
#include "middleware/registry/app_keys.h"
#include "middleware/service.h"

#define MARK STR("sealed:")

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
	size_t n = clear.n + SECRET_SEAL_BYTES;
	uint8_t *bytes = arena_alloc(p->arena, n);
	char *hex = arena_alloc(p->arena, 2 * n);

	(void)err; /* nothing fails here */
	secret_seal(
	    p->keys->credentials[0], context_of(p, member), clear, bytes);
	hex_encode(hex, bytes, n);
	buf_put_char(&p->out, '"');
	buf_put(&p->out, MARK);
	buf_put(&p->out, str_make(hex, 2 * n));
	buf_put_char(&p->out, '"');
	return ST_OK;
}

/* Opens a sealed text of n bytes more than its clear one; *key is which. */
static bool
seal_open(struct passage *p, struct str context, struct str sealed, char *clear,
    size_t *key)
{
	for (*key = 0; *key < p->keys->n; ++*key) {
		if (secret_unseal(
			p->keys->credentials[*key], context, sealed, clear))
			return true;
	}
	return false;
}

/* The clear text, which the caller wipes, and the key that opens it. */
static enum status
clear_find(struct passage *p, struct str member, struct str text,
    struct str *clear, size_t *key, struct error *err)
{
	struct str hex = str_skip(text, MARK.n);
	size_t n = hex.n / 2;
	uint8_t *bytes = arena_alloc(p->arena, n + 1);
	char *out = arena_alloc(p->arena, n + 1);

	if (!str_starts(text, MARK) || n < SECRET_SEAL_BYTES ||
	    !hex_decode(bytes, n, hex) ||
	    !seal_open(p, context_of(p, member),
		str_make((const char *)bytes, n), out, key))
		return error_set(err, ST_INVALID,
		    "the %.*s of service %.*s cannot be decrypted: it was "
		    "stored under an APP_KEY that is neither this one nor in "
		    "APP_PREVIOUS_KEYS, or for another service; `weir service "
		    "set` stores it anew",
		    STR_ARG(member), STR_ARG(p->owner->name));
	*clear = str_make(out, n - SECRET_SEAL_BYTES);
	return ST_OK;
}

static enum status
clear_put(
    struct passage *p, struct str member, struct str text, struct error *err)
{
	struct str clear = STR_NULL;
	size_t key = 0;
	enum status st = clear_find(p, member, text, &clear, &key, err);

	if (st != ST_OK)
		return st;
	json_put_str(&p->out, clear);
	secret_wipe((char *)(uintptr_t)clear.p, clear.n);
	return ST_OK;
}

/* What the first key opens stays as it is. */
static enum status
resealed_put(
    struct passage *p, struct str member, struct str text, struct error *err)
{
	struct str clear = STR_NULL;
	size_t key = 0;
	enum status st = clear_find(p, member, text, &clear, &key, err);

	if (st != ST_OK)
		return st;
	if (key == 0)
		json_put_str(&p->out, text);
	else
		st = sealed_put(p, member, clear, err);
	p->changed |= key > 0;
	secret_wipe((char *)(uintptr_t)clear.p, clear.n);
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
