/*
 * Settings shared by snapshots and by the instances opened under them. After a
 * reload the earlier ones live on until the last of these ends.
 */
#ifndef WEIR_SETTINGS_HOLD_H
#define WEIR_SETTINGS_HOLD_H

#include <stdatomic.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "app/base/network.h"
#include "app/base/secret.h"
#include "app/base/status.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/declared.h"

struct service_host;
struct settings;
struct store_table;

struct settings_hold {
	atomic_uint refs;
	const struct settings *settings;
	struct store_table *stores; /* of the process; outlives this */
	struct arena *owner;        /* closed and freed at the end; or NULL */
	struct app_keys keys;
	struct declared declared; /* under these settings; nothing at first */
	struct networks proxies;  /* TRUSTED_PROXIES */
	struct arena arena;       /* of these two */
};

/*
 * Takes over owner, whatever the outcome. Fails as app_keys_read()
 * does. The caller has the first hold.
 */
enum status settings_hold_new(const struct service_host *host,
    struct arena *owner, struct settings_hold **out, struct error *err);

/* The key with which API keys are hashed under these settings. */
enum status settings_pepper(const struct settings *settings,
    uint8_t pepper[SECRET_KEY_BYTES], struct error *err);

struct settings_hold *settings_hold_ref(struct settings_hold *hold);
void settings_hold_unref(struct settings_hold *hold);

#endif
