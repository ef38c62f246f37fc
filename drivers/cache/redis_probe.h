/*
 * Whether a server may be used: every command that the driver needs, tried on a
 * key that nobody else has, all in one write.
 */
#ifndef WEIR_CACHE_REDIS_PROBE_H
#define WEIR_CACHE_REDIS_PROBE_H

#include "app/base/status.h"
#include "app/base/str.h"

struct redis_ask;

/* Sends the probes, between redis_ask_begin() and redis_ask_finish(). The key
 * is the prefix and name, which begins with REDIS_PROBE_NAME. */
void redis_probe_put(struct redis_ask *ask, struct str name);

/* What the answers mean. The error names the command, or the keys, and what to
 * do; ST_FULL: there is no room. */
enum status redis_probe_read(const struct redis_ask *ask, struct error *err);

#endif
