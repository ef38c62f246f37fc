/*
 * One life of a local store as a process sees it: the mapped state, the LMDB
 * environment, and what identifies them. The connections of a process share
 * it; it is closed when the last has moved on to the next life.
 */
#ifndef WEIR_CACHE_LOCAL_STORE_H
#define WEIR_CACHE_LOCAL_STORE_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "drivers/cache/local_state.h"

struct cache_folder;

struct local_store {
	unsigned refs; /* guarded by its owner's lock (local.c) */
	struct local_map map;
	struct local_state *state; /* of the map */
	MDB_env *env;
	MDB_dbi entries, parts;
	uint64_t generation;
	uint8_t incarnation[INCARNATION_BYTES];
	size_t pages;       /* of the values file */
	size_t chunk_bytes; /* data that fills one page, and no more */
	size_t max_value;
	int lock_fd;
	uint64_t device, inode; /* of the values file */
};

/*
 * Joins the store in the folder, or makes it. May wait for another process
 * that makes it, until deadline_ms. refs is 0. ST_TIMEOUT, ST_UNAVAILABLE,
 * ST_FULL (no space on the device).
 */
enum status local_store_open(const struct cache_folder *folder,
    const struct local_wish *wish, int64_t deadline_ms,
    struct local_store **out, struct error *err);
void local_store_close(struct local_store *store);

/* False once somebody has ended this life: then open anew. */
static inline bool
local_store_current(const struct local_store *store)
{
	return atomic_load_explicit(&store->state->generation,
		   memory_order_acquire) == store->generation;
}

/* Whether the folder still holds the files of this life. */
bool local_store_in_place(
    const struct cache_folder *folder, const struct local_store *store);

/*
 * What an error of LMDB comes to. ST_UNAVAILABLE: it may pass. ST_STALE: the
 * store is damaged or stuck, and this life of it has been ended.
 */
enum status local_store_verdict(struct local_store *store, int rc);

/* Ends this life for all processes; why goes to the log. */
void local_store_retire(struct local_store *store, const char *why);

#endif
