/*
 * What a local store must not lie on: a file system that other machines write
 * too, or whose locks and maps are somebody else's program. LMDB's processes
 * would not see each other's locks, or another's pages too late.
 */
#ifndef WEIR_CACHE_LOCAL_DEVICE_H
#define WEIR_CACHE_LOCAL_DEVICE_H

#include "app/base/status.h"

struct cache_folder;

/* ST_INVALID with a sentence that names CACHE_PATH: it is one of them. One
 * that does not tell what it is passes. */
enum status local_device_check(
    const struct cache_folder *folder, struct error *err);

#endif
