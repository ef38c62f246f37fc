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

static bool
clear_find(struct passage *p, struct str member, struct str hex, char *clear)
{
	size_t n = hex.n / 2;
	uint8_t *bytes = arena_alloc(p->arena, n + 1);
	struct str sealed = str_make((const char *)bytes, n);
	struct str context = context_of(p, member);

	if (!hex_decode(bytes, n, hex))
		return false;
	for (size_t i = 0; i < p->keys->n; i++) {
		if (secret_unseal(
			p->keys->credentials[i], context, sealed, clear))
			return true;
	}
	return false;
}

static enum status
clear_put(
    struct passage *p, struct str member, struct str text, struct error *err)
{
	struct str hex = str_skip(text, MARK.n);
	size_t n = hex.n / 2;
	char *clear = arena_alloc(p->arena, n + 1);

	if (!str_starts(text, MARK) || n < SECRET_SEAL_BYTES ||
	    !clear_find(p, member, hex, clear))
		return error_set(err, ST_INVALID,
		    "the %.*s of service %.*s cannot be decrypted: it was "
		    "stored under an APP_KEY that is neither this one nor in "
		    "APP_PREVIOUS_KEYS, or for another service; `weir service "
		    "set` stores it anew",
		    STR_ARG(member), STR_ARG(p->owner->name));
	n -= SECRET_SEAL_BYTES;
	json_put_str(&p->out, str_make(clear, n));
	secret_wipe(clear, n);
	return ST_OK;
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
	struct passage p = { arena, keys, owner, buf_in(arena) };

	return pass(&p, sealed_put, config, err);
}

enum status
config_unseal(struct arena *arena, const struct app_keys *keys,
    const struct config_owner *owner, struct str *config, struct error *err)
{
	struct passage p = { arena, keys, owner, buf_in(arena) };

	return pass(&p, clear_put, config, err);
}
