/*
 * Looking up a host's addresses in a thread of its own, since the system's
 * resolver may take many seconds and nobody may wait for it.
 */
#ifndef WEIR_CACHE_REDIS_LOOKUP_H
#define WEIR_CACHE_REDIS_LOOKUP_H

#include <stddef.h>

#include "app/base/status.h"

struct redis_host;
struct redis_lookup;
struct redis_place;

#define REDIS_PLACES_MAX 8

/* NULL, with err, when no thread can be had. */
struct redis_lookup *redis_lookup_begin(
    const struct redis_host *host, struct error *err);

/* Readable when it has ended. */
int redis_lookup_fd(const struct redis_lookup *lookup);

/*
 * ST_TIMEOUT: it goes on; ST_OK: *n places, 1 to REDIS_PLACES_MAX;
 * ST_UNAVAILABLE: there is no such host.
 */
enum status redis_lookup_result(struct redis_lookup *lookup,
    struct redis_place *out, size_t *n, struct error *err);

/* Lets go of it, done or not; NULL does nothing. */
void redis_lookup_drop(struct redis_lookup *lookup);

#endif
