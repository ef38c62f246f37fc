/*
 * The store that needs no server: files in one folder (CACHE_PATH), shared by
 * all processes of a host. Values live in LMDB (local_values.h), counters in
 * fixed slots of a mapped file (local_counters.h). Nothing outlives a boot.
 *
 * A folder must be on a local file system and may be shared only by processes
 * of one PID name space. `open` comes after the last fork(), and once for a
 * folder in a process: LMDB's locks demand both.
 */
#ifndef WEIR_CACHE_LOCAL_H
#define WEIR_CACHE_LOCAL_H

#include "drivers/cache/cache.h"

extern const struct cache_driver local_driver;

#endif
