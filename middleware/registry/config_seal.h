/*
 * The secrets in a service's config, which are its members of type password:
 * sealed wherever the config is kept, in clear only while the service is
 * opened. A sealed secret belongs to one member of one service.
 */
#ifndef WEIR_CONFIG_SEAL_H
#define WEIR_CONFIG_SEAL_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct app_keys;
struct arena;
struct service_type;

struct config_owner {
	struct str name;                 /* of the service, in lower case */
	const struct service_type *type; /* NULL: unknown */
};

/* Seals what is in clear, under the first of the keys. ST_INVALID: the config
 * is no JSON object. */
enum status config_seal(struct arena *arena, const struct app_keys *keys,
    const struct config_owner *owner, struct str *config, struct error *err);

/*
 * The contrary. ST_INVALID names the member that none of the keys opens. A
 * config of an unknown type stays as it is.
 */
enum status config_unseal(struct arena *arena, const struct app_keys *keys,
    const struct config_owner *owner, struct str *config, struct error *err);

/*
 * Seals under the first of the keys what another of them opens. *changed: there
 * was such a secret. ST_INVALID as config_unseal() has it; then *config is
 * as it was.
 */
enum status config_reseal(struct arena *arena, const struct app_keys *keys,
    const struct config_owner *owner, struct str *config, bool *changed,
    struct error *err);

#endif
