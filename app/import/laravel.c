#include "app/import/laravel.h"

#include "app/base/aes.h"
#include "app/base/arena.h"
#include "app/base/base64.h"
#include "app/base/buf.h"
#include "app/base/jsonread.h"

#define ARENA_BYTES 256

static struct str
key_text(struct str text)
{
	text = str_trim(text);
	if (str_starts(text, STR("APP_KEY=")))
		text = str_trim(str_skip(text, 8));
	if (text.n >= 2 && text.p[0] == text.p[text.n - 1] &&
	    (text.p[0] == '"' || text.p[0] == '\''))
		text = str_make(text.p + 1, text.n - 2);
	return text;
}

static enum status
key_take(struct laravel *out, struct str key, struct error *err)
{
	if (key.n != 16 && key.n != LARAVEL_KEY_MAX)
		return error_set(err, ST_INVALID,
		    "the APP_KEY of the other platform: base64: and the "
		    "base64 of 32 bytes, or 32 characters, are expected");
	memcpy(out->key, key.p, key.n);
	out->key_n = key.n;
	secret_mac_key(&out->mac, key);
	return ST_OK;
}

enum status
laravel_key_read(struct laravel *out, struct str text, struct error *err)
{
	struct arena arena;
	struct str key = key_text(text);
	enum status st;

	*out = (struct laravel){ 0 };
	if (!str_starts(key, STR("base64:")))
		return key_take(out, key, err);
	arena_init(&arena, ARENA_BYTES);
	if (!base64_decode(&arena, str_skip(key, 7), &key))
		key = STR("");
	st = key_take(out, key, err);
	if (key.n > 0)
		secret_wipe((char *)(uintptr_t)key.p, key.n);
	arena_close(&arena);
	return st;
}

void
laravel_wipe(struct laravel *l)
{
	secret_wipe(l, sizeof(*l));
}

/* The parts of an envelope, as they stand there. */
struct envelope {
	struct str iv, value, mac;
};

/* False when the text is nothing of the sort. */
static bool
envelope_read(struct arena *arena, struct str text, struct envelope *out)
{
	struct str inner;
	struct json json;

	if (text.n < 40 || text.n > LARAVEL_TEXT_MAX ||
	    !str_starts(text, STR("eyJ")) || /* base64 of {" */
	    !base64_decode(arena, text, &inner) ||
	    json_parse(arena, inner, &json, NULL) != ST_OK)
		return false;
	out->iv = json_to_str(arena, json_get(arena, json, STR("iv")));
	out->value = json_to_str(arena, json_get(arena, json, STR("value")));
	out->mac = json_to_str(arena, json_get(arena, json, STR("mac")));
	return !str_is_null(out->iv) && !str_is_null(out->value) &&
	       !str_is_null(out->mac);
}

static bool
mac_is_right(
    const struct laravel *l, struct arena *arena, const struct envelope *e)
{
	uint8_t right[SECRET_MAC_BYTES], given[SECRET_MAC_BYTES];
	struct str signed_text =
	    arena_printf(arena, "%.*s%.*s", STR_ARG(e->iv), STR_ARG(e->value));

	if (!hex_decode(given, sizeof(given), e->mac))
		return false;
	secret_mac(&l->mac, signed_text, right);
	return secret_equal(right, given, sizeof(given));
}

static bool
decrypt(const struct laravel *l, struct arena *arena, const struct envelope *e,
    struct str *clear)
{
	struct str iv, sealed;
	char *out;
	size_t n;

	if (!base64_decode(arena, e->iv, &iv) || iv.n != AES_BLOCK_BYTES ||
	    !base64_decode(arena, e->value, &sealed))
		return false;
	out = arena_alloc(arena, sealed.n + 1);
	if (!aes_cbc_open(str_make((const char *)l->key, l->key_n),
		(const uint8_t *)iv.p, sealed, out, &n))
		return false;
	*clear = str_make(out, n);
	return true;
}

/* What stands between PHP's "s:5:\"" and "\";". */
static bool
string_of(struct str text, struct str *out)
{
	struct str rest = text, digits;
	uint64_t n;

	if (!str_starts(text, STR("s:")))
		return false;
	rest = str_skip(rest, 2);
	digits = str_make(rest.p, str_find(rest, ':'));
	rest = str_skip(rest, digits.n + 1);
	if (!str_to_u64(digits, &n) || rest.n != n + 3 || rest.p[0] != '"' ||
	    !str_ends(rest, STR("\";")))
		return false;
	*out = str_make(rest.p + 1, rest.n - 3);
	return true;
}

/* A number or truth is its digits; a list or an object stays as it is. */
static struct str
unserialized(struct str text)
{
	struct str inner;

	if (string_of(text, &inner))
		return inner;
	if (str_eq(text, STR("N;")))
		return STR_NULL;
	if (text.n > 3 && str_ends(text, STR(";")) &&
	    (str_starts(text, STR("i:")) || str_starts(text, STR("b:")) ||
		str_starts(text, STR("d:"))))
		return str_make(text.p + 2, text.n - 3);
	return text;
}

enum laravel_text
laravel_open(
    struct laravel *l, struct arena *arena, struct str text, struct str *clear)
{
	struct envelope e;
	struct str inner;

	*clear = text;
	if (!envelope_read(arena, text, &e))
		return LARAVEL_CLEAR;
	if (l->key_n == 0 || !mac_is_right(l, arena, &e) ||
	    !decrypt(l, arena, &e, &inner)) {
		l->refused++;
		return LARAVEL_REFUSED;
	}
	l->opened++;
	*clear = unserialized(inner);
	return LARAVEL_OPENED;
}
