/*
 * How a service of DreamFactory encrypts its line: what it says to PHP among
 * the options of its driver is members of its config here. One that was
 * encrypted must not come as one that is not.
 */
#ifndef WEIR_IMPORT_SERVICE_TLS_H
#define WEIR_IMPORT_SERVICE_TLS_H

#include <stddef.h>

#include "app/base/str.h"
#include "middleware/registry/service_config.h"

struct arena;

#define SERVICE_TLS_MAX 3

struct service_tls {
	struct config_member list[SERVICE_TLS_MAX];
	size_t n; /* 0: it says nothing about that */
};

/* `options` is a JSON object, or nothing. Texts live in the arena. */
void service_tls_read(struct service_tls *out, struct arena *arena,
    struct str type, struct str options);

#endif
