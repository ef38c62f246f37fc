/*
 * Whether a store works, as the log was told: one line when it begins to fail,
 * one when it works again, and nothing of a store that goes to and fro. Any
 * thread.
 */
#ifndef WEIR_CACHE_HEALTH_H
#define WEIR_CACHE_HEALTH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct cache_health {
	atomic_bool failing;
	_Atomic int64_t told_ms; /* of the last failure; 0: never */
};

/* what: "file store". why holds no secret. */
void cache_health_failed(
    struct cache_health *health, const char *what, const char *why);
void cache_health_works(struct cache_health *health, const char *what);

#endif
