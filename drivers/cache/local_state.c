#include "drivers/cache/local_state.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/log.h"
#include "app/base/secret.h"
#include "drivers/cache/cache_boot.h"
#include "drivers/cache/cache_folder.h"
#include "drivers/cache/local_lock.h"

#define STATE_FILE  "state"
#define STATE_NEW   "state.new"
#define MAGIC       "weir local store"
#define SEEN_SHARE  1024u /* bytes of memory to one mark in `seen` */
#define SEEN_FEWEST 1024u

static const char OTHER_VERSION[] = "it is of another version";

_Static_assert(
    sizeof(_Atomic uint64_t) == sizeof(uint64_t) && ATOMIC_LLONG_LOCK_FREE == 2,
    "atomics shared by processes must not need a lock");

static size_t
state_bytes(uint64_t seen_count)
{
	return sizeof(struct local_state) + (size_t)seen_count;
}

static uint64_t
seen_count_for(uint64_t memory)
{
	uint64_t n = SEEN_FEWEST;

	while (n < memory / SEEN_SHARE)
		n *= 2;
	return n;
}

static enum status
map_fd(int fd, size_t bytes, struct local_map *out)
{
	struct stat st;
	void *p = MAP_FAILED;

	if (fstat(fd, &st) == 0)
		p = mmap(
		    NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return ST_UNAVAILABLE;
	*out = (struct local_map){ p, bytes, st.st_dev, st.st_ino };
	return ST_OK;
}

static bool
locks_init(struct local_state *state)
{
	bool ok = local_lock_init(&state->write_lock);

	for (size_t i = 0; ok && i < LOCAL_BUCKETS; i++)
		ok = local_lock_init(&state->buckets[i].lock);
	for (size_t i = 0; ok && i < LOCAL_WIDE_BUCKETS; i++)
		ok = local_lock_init(&state->wide_buckets[i].lock);
	return ok;
}

static bool
state_init(struct local_state *state, uint64_t memory)
{
	memcpy(state->magic, MAGIC, sizeof(state->magic));
	atomic_init(&state->generation, 1);
	state->format = LOCAL_FORMAT;
	state->size_of_this = sizeof(*state);
	state->memory = memory;
	state->seen_count = seen_count_for(memory);
	secret_random(state->hash_key, sizeof(state->hash_key));
	return cache_boot_id(state->boot_id) && locks_init(state);
}

/* The file gets its name when it is whole. */
static enum status
state_fill(const struct cache_folder *folder, int fd, uint64_t memory,
    struct local_map *out, struct error *err)
{
	size_t bytes = state_bytes(seen_count_for(memory));
	int rc = posix_fallocate(fd, 0, (off_t)bytes);

	if (rc != 0)
		return error_set(err, rc == ENOSPC ? ST_FULL : ST_UNAVAILABLE,
		    "no room for %zu bytes in %s: %s", bytes, folder->path,
		    strerror(rc));
	if (map_fd(fd, bytes, out) != ST_OK)
		return error_set(err, ST_UNAVAILABLE, "cannot map %s/%s: %s",
		    folder->path, STATE_NEW, strerror(errno));
	if (!state_init(out->state, memory)) {
		local_map_close(out);
		return error_set(err, ST_UNAVAILABLE,
		    "this system lacks " CACHE_BOOT_FILE " or robust mutexes");
	}
	cache_folder_adopt(folder, STATE_NEW);
	if (renameat(folder->fd, STATE_NEW, folder->fd, STATE_FILE) == 0)
		return ST_OK;
	local_map_close(out);
	return error_set(err, ST_UNAVAILABLE, "cannot rename %s/%s: %s",
	    folder->path, STATE_NEW, strerror(errno));
}

static enum status
state_create(const struct cache_folder *folder, uint64_t memory,
    struct local_map *out, struct error *err)
{
	enum status st;
	int fd;

	(void)unlinkat(folder->fd, STATE_NEW, 0); /* left by a crash */
	fd = openat(folder->fd, STATE_NEW,
	    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_set(err, ST_UNAVAILABLE, "cannot make %s/%s: %s",
		    folder->path, STATE_NEW, strerror(errno));
	st = state_fill(folder, fd, memory, out, err);
	(void)close(fd);
	if (st != ST_OK)
		(void)unlinkat(folder->fd, STATE_NEW, 0);
	return st;
}

/* Why the state in the folder cannot be used; NULL: it can. */
static const char *
state_fault(const struct local_map *map)
{
	const struct local_state *state = map->state;
	char boot_id[CACHE_BOOT_BYTES];

	if (memcmp(state->magic, MAGIC, sizeof(state->magic)) != 0)
		return "it is damaged";
	if (state->format != LOCAL_FORMAT ||
	    state->size_of_this != sizeof(*state))
		return OTHER_VERSION;
	if (!cache_boot_id(boot_id) ||
	    memcmp(state->boot_id, boot_id, sizeof(boot_id)) != 0)
		return "the machine was started since";
	if (state->seen_count != seen_count_for(state->memory) ||
	    map->bytes != state_bytes(state->seen_count))
		return "it is damaged";
	return NULL;
}

static bool
state_join(const struct cache_folder *folder, struct local_map *out)
{
	struct stat st;
	int fd =
	    openat(folder->fd, STATE_FILE, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	bool ok;

	if (fd < 0)
		return false;
	ok = fstat(fd, &st) == 0 &&
	     st.st_size >= (off_t)sizeof(struct local_state) &&
	     map_fd(fd, (size_t)st.st_size, out) == ST_OK;
	(void)close(fd);
	return ok;
}

/* What a user of the file must be told before the file goes. */
static void
state_discard(struct local_map *map)
{
	atomic_fetch_add(&map->state->generation, 1);
	local_map_close(map);
}

/* The state that was found, if it can be used; else *fault says why not. */
static enum status
state_check(const struct cache_folder *folder, bool alone,
    const struct local_wish *wish, struct local_map *map, const char **fault)
{
	struct local_state *state = map->state;

	*fault = state_fault(map);
	if (*fault != NULL)
		return ST_STALE;
	if (state->memory != wish->memory && alone) {
		*fault = "CACHE_MEMORY was changed";
		return ST_STALE;
	}
	if (state->memory != wish->memory)
		log_line(LOG_WARNING, STR_NULL,
		    "%s: CACHE_MEMORY stays %llu: another process uses it",
		    folder->path, (unsigned long long)state->memory);
	*fault = "robust mutexes are missing";
	return alone && !locks_init(state) ? ST_UNAVAILABLE : ST_OK;
}

static enum status
map_open(const struct cache_folder *folder, bool alone,
    const struct local_wish *wish, struct local_map *out, struct error *err)
{
	const char *fault;
	enum status st;

	if (!state_join(folder, out))
		return state_create(folder, wish->memory, out, err);
	st = state_check(folder, alone, wish, out, &fault);
	if (st == ST_OK)
		return ST_OK;
	if (st == ST_STALE && wish->again && fault == OTHER_VERSION)
		st = ST_UNAVAILABLE;
	if (st == ST_UNAVAILABLE) {
		local_map_close(out);
		return error_set(err, st, "%s: %s", folder->path, fault);
	}
	log_line(LOG_INFO, STR_NULL, "%s: the store is emptied: %s",
	    folder->path, fault);
	state_discard(out);
	return state_create(folder, wish->memory, out, err);
}

enum status
local_map_open(const struct cache_folder *folder, bool alone,
    const struct local_wish *wish, struct local_map *out, struct error *err)
{
	enum status st = map_open(folder, alone, wish, out, err);

	/* Pages that only the making of locks has touched, half of them, are
	 * not to count as memory of this process. */
	if (st == ST_OK)
		(void)madvise(out->state, out->bytes, MADV_DONTNEED);
	return st;
}

void
local_map_close(struct local_map *map)
{
	(void)munmap(map->state, map->bytes);
	*map = (struct local_map){ 0 };
}

bool
local_map_in_place(
    const struct cache_folder *folder, const struct local_map *map)
{
	struct stat st;

	return fstatat(folder->fd, STATE_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_dev == map->device && st.st_ino == map->inode;
}

uint64_t
local_state_hash(const struct local_state *state, struct str name)
{
	uint64_t key = hash_keyed(state->hash_key, name);

	return key == LOCAL_KEY_NONE ? 1 : key;
}

bool
local_state_retire(struct local_state *state, uint64_t generation)
{
	return atomic_compare_exchange_strong(
	    &state->generation, &generation, generation + 1);
}
