#include "middleware/registry/settings_hold.h"

#include <stdlib.h>

#include "app/base/arena.h"
#include "app/base/settings.h"
#include "middleware/service.h"

#define ARENA_BYTES 1024

enum status
settings_pepper(const struct settings *settings,
    uint8_t pepper[SECRET_KEY_BYTES], struct error *err)
{
	struct app_keys keys;
	enum status st = app_keys_read(settings, &keys, err);

	if (st == ST_OK)
		memcpy(pepper, keys.pepper[0], SECRET_KEY_BYTES);
	app_keys_wipe(&keys);
	return st;
}

enum status
settings_hold_new(const struct service_host *host, struct arena *owner,
    struct settings_hold **out, struct error *err)
{
	struct settings_hold *hold = calloc(1, sizeof(*hold));
	enum status st;

	if (hold == NULL)
		abort();
	atomic_init(&hold->refs, 1);
	hold->settings = host->settings;
	hold->stores = host->stores;
	hold->owner = owner;
	arena_init(&hold->arena, ARENA_BYTES);
	*out = NULL;
	(void)networks_read(&hold->arena, /* it has been checked */
	    str_of(host->settings->trusted_proxies), &hold->proxies);
	st = app_keys_read(host->settings, &hold->keys, err);
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
	app_keys_wipe(&hold->keys);
	arena_close(&hold->arena);
	if (hold->owner != NULL) {
		arena_close(hold->owner);
		free(hold->owner);
	}
	free(hold);
}
