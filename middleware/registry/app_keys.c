#include "middleware/registry/app_keys.h"

#include "app/base/settings.h"
#include "app/base/str.h"

static void
token_key_add(struct app_keys *keys, const uint8_t *master)
{
	uint8_t subkey[SECRET_KEY_BYTES];

	secret_subkey(master, SECRET_JWT, subkey);
	secret_mac_key(&keys->tokens[keys->n_tokens++],
	    str_make((const char *)subkey, sizeof(subkey)));
	secret_wipe(subkey, sizeof(subkey));
}

/* Adds what a master key given as text leads to. */
static bool
key_add(struct app_keys *keys, struct str text)
{
	uint8_t master[SECRET_KEY_BYTES];
	bool good = secret_parse_key(text, master);

	if (good) {
		secret_subkey(master, SECRET_API_KEYS, keys->pepper[keys->n]);
		secret_subkey(
		    master, SECRET_CREDENTIALS, keys->credentials[keys->n]);
		secret_subkey(master, SECRET_CODES, keys->codes[keys->n]);
		token_key_add(keys, master);
		keys->n++;
	}
	secret_wipe(master, sizeof(master));
	return good;
}

static enum status
previous_read(struct app_keys *keys, struct str rest, struct error *err)
{
	while (rest.n > 0) {
		struct str text = str_trim(str_cut(&rest, ','));

		if (keys->n > PREVIOUS_KEYS_MAX)
			return error_set(err, ST_INVALID,
			    "APP_PREVIOUS_KEYS: at most %d keys are expected",
			    PREVIOUS_KEYS_MAX);
		if (!key_add(keys, text))
			return error_set(err, ST_INVALID,
			    "APP_PREVIOUS_KEYS: base64 of %d bytes each is "
			    "expected",
			    SECRET_KEY_BYTES);
	}
	return ST_OK;
}

enum status
app_keys_read(
    const struct settings *settings, struct app_keys *out, struct error *err)
{
	struct str text = str_of(settings->app_key);
	struct str secret = str_of(settings->jwt_secret);
	enum status st;

	out->n = 0;
	out->n_tokens = 0;
	if (text.n == 0)
		return error_set(err, ST_INVALID,
		    "APP_KEY is missing: `weir setup` writes one");
	if (!key_add(out, text))
		return error_set(err, ST_INVALID,
		    "APP_KEY: base64 of %d bytes is expected",
		    SECRET_KEY_BYTES);
	st = previous_read(out, str_of(settings->app_previous_keys), err);
	if (secret.n > 0) {
		secret_mac_key(&out->tokens[0], secret);
		out->n_tokens = 1;
	}
	return st;
}

void
app_keys_wipe(struct app_keys *keys)
{
	secret_wipe(keys, sizeof(*keys));
}
