#include "middleware/registry/settings_hold.h"

#include <stdlib.h>

#include "app/base/arena.h"
#include "app/base/settings.h"

/* The key for API keys that a master key given as text leads to. */
static bool
pepper_from(struct str text, uint8_t pepper[SECRET_KEY_BYTES])
{
	uint8_t master[SECRET_KEY_BYTES];
	bool good = secret_parse_key(text, master);

	if (good)
		secret_subkey(master, SECRET_API_KEYS, pepper);
	secret_wipe(master, sizeof(master));
	return good;
}

enum status
settings_pepper(const struct settings *settings,
    uint8_t pepper[SECRET_KEY_BYTES], struct error *err)
{
	struct str text = str_of(settings->app_key);

	if (text.n == 0)
		return error_set(err, ST_INVALID,
		    "APP_KEY is missing: `weir setup` writes one");
	if (!pepper_from(text, pepper))
		return error_set(err, ST_INVALID,
		    "APP_KEY: base64 of %d bytes is expected",
		    SECRET_KEY_BYTES);
	return ST_OK;
}

static enum status
previous_read(struct settings_hold *hold, struct error *err)
{
	struct str rest = str_of(hold->settings->app_previous_keys);

	while (rest.n > 0) {
		struct str text = str_trim(str_cut(&rest, ','));

		if (hold->n_previous == PREVIOUS_KEYS_MAX)
			return error_set(err, ST_INVALID,
			    "APP_PREVIOUS_KEYS: at most %d keys are expected",
			    PREVIOUS_KEYS_MAX);
		if (!pepper_from(text, hold->previous[hold->n_previous]))
			return error_set(err, ST_INVALID,
			    "APP_PREVIOUS_KEYS: base64 of %d bytes each is "
			    "expected",
			    SECRET_KEY_BYTES);
		hold->n_previous++;
	}
	return ST_OK;
}

enum status
settings_hold_new(const struct settings *settings, struct arena *owner,
    struct settings_hold **out, struct error *err)
{
	struct settings_hold *hold = calloc(1, sizeof(*hold));
	enum status st;

	if (hold == NULL)
		abort();
	atomic_init(&hold->refs, 1);
	hold->settings = settings;
	hold->owner = owner;
	*out = NULL;
	st = settings_pepper(settings, hold->pepper, err);
	if (st == ST_OK)
		st = previous_read(hold, err);
	if (st == ST_OK)
		*out = hold;
	else
		settings_hold_unref(hold);
	return st;
}

struct settings_hold *
settings_hold_ref(struct settings_hold *hold)
{
	(void)atomic_fetch_add(&hold->refs, 1);
	return hold;
}

void
settings_hold_unref(struct settings_hold *hold)
{
	if (hold == NULL || atomic_fetch_sub(&hold->refs, 1) != 1)
		return;
	secret_wipe(hold->pepper, sizeof(hold->pepper));
	secret_wipe(hold->previous, sizeof(hold->previous));
	if (hold->owner != NULL) {
		arena_close(hold->owner);
		free(hold->owner);
	}
	free(hold);
}
