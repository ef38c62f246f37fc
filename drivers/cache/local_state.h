/*
 * What the processes sharing a local store have in common besides its values:
 * the file "state", mapped by all of them.
 *
 * A store has lives, counted by `generation`. Whoever finds the values damaged
 * or full beyond help ends a life by adding one (local_state_retire()). Others
 * compare the number on every batch and then open the folder anew; the first
 * to do so finds `values_generation` behind and makes a new values file, with
 * a new inode, so nobody still at work in the old one is disturbed.
 */
#ifndef WEIR_CACHE_LOCAL_STATE_H
#define WEIR_CACHE_LOCAL_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/hash.h"
#include "app/base/status.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/cache_boot.h"
#include "drivers/cache/cache_window.h"

struct cache_folder;

#define LOCAL_FORMAT       2    /* of all files; any change raises it */
#define LOCAL_BUCKETS      1024 /* a power of two */
#define LOCAL_BUCKET_SLOTS 64
#define LOCAL_WIDE_BUCKETS 512 /* a power of two */
#define LOCAL_WIDE_SLOTS   64
#define LOCAL_KEY_NONE     0  /* of a slot that has no counter */
#define LOCAL_LINE         64 /* bytes of a cache line */

struct local_slot {
	_Atomic uint64_t key;
	_Atomic uint64_t word;
};

struct local_bucket {
	_Alignas(LOCAL_LINE) pthread_mutex_t lock;
	_Alignas(LOCAL_LINE) struct local_slot slots[LOCAL_BUCKET_SLOTS];
};

/* Of the counters that need a whole window: local_wide.c. */
struct local_wide_slot {
	_Alignas(LOCAL_LINE) _Atomic uint64_t which; /* of the two is right */
	struct cache_window windows[2];
};

struct local_wide_bucket {
	_Alignas(LOCAL_LINE) pthread_mutex_t lock;
	_Atomic int64_t now_ms; /* the latest time it was counted at */
	_Alignas(LOCAL_LINE) _Atomic uint64_t keys[LOCAL_WIDE_SLOTS];
	struct local_wide_slot slots[LOCAL_WIDE_SLOTS];
};

struct local_state {
	/* These three keep their place in every format. */
	char magic[16];
	_Atomic uint64_t generation;
	uint32_t format;
	uint32_t size_of_this; /* differs between 32 and 64 bit programs */
	char boot_id[CACHE_BOOT_BYTES];
	uint64_t memory;     /* bytes of the values file */
	uint64_t seen_count; /* a power of two */
	uint8_t hash_key[HASH_KEY_BYTES];

	/* Written under the folder's lock. */
	uint64_t values_generation;
	uint8_t incarnation[INCARNATION_BYTES];

	/* One writer of values at a time. */
	_Alignas(LOCAL_LINE) pthread_mutex_t write_lock;

	_Alignas(LOCAL_LINE) _Atomic int64_t upkeep_ms; /* last one's start */
	_Atomic uint64_t evictions;
	_Atomic uint64_t clock_hand; /* hash where eviction goes on */
	_Atomic uint64_t sweep_hand; /* hash where expiry goes on */

	struct local_bucket buckets[LOCAL_BUCKETS];
	struct local_wide_bucket wide_buckets[LOCAL_WIDE_BUCKETS];

	/* How often eviction still spares the entries of a hash. */
	_Atomic uint8_t seen[];
};

/* What a process asks of the store it opens. */
struct local_wish {
	uint64_t memory;    /* bytes of the values file, if it is made */
	uint64_t max_value; /* bytes of one value */
	bool again;         /* it has been open in this process before */
};

/* The file as mapped by this process. */
struct local_map {
	struct local_state *state;
	size_t bytes;
	uint64_t device, inode; /* of the file, to see when it is replaced */
};

/*
 * Maps the state of the folder, and makes it anew when it is missing, damaged,
 * of another boot or format, or (only if nobody else uses it: `alone`) of
 * another size. Another format is refused to a process that opens it again:
 * it has been made by a newer program, which the older must not displace.
 * Call it under the folder's setup lock. On ST_OK the map is ended by
 * local_map_close(); ST_UNAVAILABLE, ST_FULL otherwise.
 */
enum status local_map_open(const struct cache_folder *folder, bool alone,
    const struct local_wish *wish, struct local_map *out, struct error *err);
void local_map_close(struct local_map *map);

/* Whether the folder still holds the file that is mapped. */
bool local_map_in_place(
    const struct cache_folder *folder, const struct local_map *map);

/* The key of a counter's slot by its name (local_name.h); never
 * LOCAL_KEY_NONE. */
uint64_t local_state_hash(const struct local_state *state, struct str name);

/* Ends the life `generation`; false when another has done so before. */
bool local_state_retire(struct local_state *state, uint64_t generation);

#endif
