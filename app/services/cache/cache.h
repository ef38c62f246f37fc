/*
 * The Cache API (contract.md section 2) over one store: the instance of a
 * cache service, shared by all threads, read-only but for the gate. Its keys
 * are a space of their own, so nothing said here reaches sessions, limits,
 * cached responses or the keys of another service.
 */
#ifndef WEIR_SERVICES_CACHE_H
#define WEIR_SERVICES_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "app/services/cache/gate.h"
#include "drivers/cache/cache.h"

struct store;

struct cache_service {
	struct arena arena; /* of the texts below */
	struct store *store;
	struct cache_space space;
	uint32_t default_ttl; /* seconds, 0: never */
	int64_t timeout_ms;   /* of one call */
	size_t max_value;     /* bytes of JSON text */
	bool bare_values;     /* answers and bodies as DreamFactory's */
	struct cache_gate gate;
};

#endif
