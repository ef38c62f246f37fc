/*
 * What the processes sharing a file store have in common besides its files: the
 * file "file.state", mapped by all of them. It counts what the store holds,
 * approximately: a process may die between a file and its count, so the upkeep
 * counts all files again and again (file_sweep.h).
 */
#ifndef WEIR_CACHE_FILE_STATE_H
#define WEIR_CACHE_FILE_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/cache_boot.h"
#include "drivers/cache/file_lock.h"

struct cache_folder;

#define FILE_MARKS (1u << 18) /* a power of two */

struct file_state {
	char magic[16];
	uint32_t format;
	uint32_t size_of_this;
	uint8_t id[INCARNATION_BYTES]; /* of the creation of the store */
	char boot_id[CACHE_BOOT_BYTES];
	_Atomic int64_t upkeep_ms;   /* when the last one began */
	_Atomic uint32_t uncounted;  /* shards of which less is known */
	_Atomic uint32_t sweep_hand; /* shard where the upkeep goes on */
	_Atomic uint32_t evict_hand; /* shard where eviction goes on */
	_Atomic int64_t evictions;
	_Atomic int64_t bytes[FILE_SHARDS];
	_Atomic int64_t items[FILE_SHARDS];
	/* Whether eviction spares the entries of a hash once more. */
	_Atomic uint8_t marks[FILE_MARKS];
};

/*
 * Maps the state of the folder, which is made when it is missing, damaged or
 * of another format. Call it under FILE_LOCK_SETUP. ST_OK: ended by
 * file_state_close(). ST_UNAVAILABLE, ST_FULL.
 */
enum status file_state_open(const struct cache_folder *folder,
    struct file_state **out, struct error *err);
void file_state_close(struct file_state *state);

/* A file of so many bytes came (sign 1) or went (-1). */
void file_state_add(
    struct file_state *state, unsigned shard, size_t length, int sign);

/* What a file of so many bytes fills. */
int64_t file_state_size(size_t length);

/* What all values fill, and how many they are. */
int64_t file_state_bytes(const struct file_state *state);
int64_t file_state_items(const struct file_state *state);

/* Notes that the entry with this digest was read. */
void file_state_mark(struct file_state *state, const uint8_t *digest);

/* Whether it was since it was last asked. */
bool file_state_unmark(struct file_state *state, const uint8_t *digest);

#endif
