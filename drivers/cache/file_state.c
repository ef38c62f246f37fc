#include "drivers/cache/file_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/secret.h"
#include "drivers/cache/cache_folder.h"

#define STATE_FILE "file.state"
#define STATE_NEW  "file.state.new"
#define MAGIC      "weir file store"
#define FORMAT     1
#define BLOCK      4096 /* of the file system: what a file fills is whole */

_Static_assert(
    sizeof(_Atomic int64_t) == sizeof(int64_t) && ATOMIC_LLONG_LOCK_FREE == 2,
    "atomics shared by processes must not need a lock");

static bool
state_sound(const struct file_state *state)
{
	return memcmp(state->magic, MAGIC, sizeof(state->magic)) == 0 &&
	       state->format == FORMAT && state->size_of_this == sizeof(*state);
}

static void
state_init(struct file_state *state)
{
	memset(state, 0, sizeof(*state));
	memcpy(state->magic, MAGIC, sizeof(state->magic));
	state->format = FORMAT;
	state->size_of_this = sizeof(*state);
	secret_random(state->id, sizeof(state->id));
	atomic_store(&state->uncounted, FILE_SHARDS);
}

static struct file_state *
map_fd(int fd)
{
	void *p = mmap(NULL, sizeof(struct file_state), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Room is taken beforehand: a full disk would kill whoever writes to a map. */
static struct file_state *
state_fill(const struct cache_folder *folder, int fd)
{
	struct file_state *state;
	int rc = posix_fallocate(fd, 0, (off_t)sizeof(*state));

	if (rc != 0) {
		errno = rc;
		return NULL;
	}
	state = map_fd(fd);
	if (state == NULL)
		return NULL;
	state_init(state);
	cache_folder_adopt(folder, STATE_NEW);
	if (renameat(folder->fd, STATE_NEW, folder->fd, STATE_FILE) == 0)
		return state;
	file_state_close(state);
	return NULL;
}

static struct file_state *
state_create(const struct cache_folder *folder)
{
	struct file_state *state;
	int fd;

	(void)unlinkat(folder->fd, STATE_NEW, 0); /* left by a crash */
	fd = openat(folder->fd, STATE_NEW,
	    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return NULL;
	state = state_fill(folder, fd);
	(void)close(fd);
	return state;
}

/* NULL: there is none, or none that can be used. */
static struct file_state *
state_find(const struct cache_folder *folder)
{
	int fd =
	    openat(folder->fd, STATE_FILE, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	struct file_state *state = NULL;
	struct stat st;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && st.st_size == (off_t)sizeof(*state))
		state = map_fd(fd);
	(void)close(fd);
	if (state == NULL || state_sound(state))
		return state;
	file_state_close(state);
	return NULL;
}

/* What was counted before a crash of the system may be lost. */
static bool
state_boot(struct file_state *state)
{
	char boot_id[CACHE_BOOT_BYTES];

	if (!cache_boot_id(boot_id))
		return false;
	if (memcmp(state->boot_id, boot_id, sizeof(boot_id)) == 0)
		return true;
	memcpy(state->boot_id, boot_id, sizeof(boot_id));
	atomic_store(&state->upkeep_ms, 0);
	atomic_store(&state->uncounted, FILE_SHARDS);
	return true;
}

enum status
file_state_open(const struct cache_folder *folder, struct file_state **out,
    struct error *err)
{
	struct file_state *state = state_find(folder);

	if (state == NULL)
		state = state_create(folder);
	if (state == NULL)
		return error_set(err,
		    errno == ENOSPC || errno == EDQUOT ? ST_FULL
						       : ST_UNAVAILABLE,
		    "cannot make %s/%s: %s", folder->path, STATE_FILE,
		    strerror(errno));
	if (state_boot(state)) {
		*out = state;
		return ST_OK;
	}
	file_state_close(state);
	return error_set(
	    err, ST_UNAVAILABLE, "this system lacks " CACHE_BOOT_FILE);
}

void
file_state_close(struct file_state *state)
{
	int keep = errno;

	(void)munmap(state, sizeof(*state));
	errno = keep;
}

int64_t
file_state_size(size_t length)
{
	return (int64_t)((length + BLOCK - 1) / BLOCK * BLOCK);
}

void
file_state_add(
    struct file_state *state, unsigned shard, size_t length, int sign)
{
	(void)atomic_fetch_add_explicit(&state->bytes[shard],
	    sign * file_state_size(length), memory_order_relaxed);
	(void)atomic_fetch_add_explicit(
	    &state->items[shard], sign, memory_order_relaxed);
}

static int64_t
sum(const _Atomic int64_t counts[FILE_SHARDS])
{
	int64_t n = 0;

	for (size_t i = 0; i < FILE_SHARDS; i++)
		n += atomic_load_explicit(&counts[i], memory_order_relaxed);
	return n < 0 ? 0 : n;
}

int64_t
file_state_bytes(const struct file_state *state)
{
	return sum(state->bytes);
}

int64_t
file_state_items(const struct file_state *state)
{
	return sum(state->items);
}

static _Atomic uint8_t *
mark_of(struct file_state *state, const uint8_t *digest)
{
	uint32_t n;

	memcpy(&n, digest, sizeof(n));
	return &state->marks[n % FILE_MARKS];
}

/* A mark that is set already is left alone: it is read by all processors. */
void
file_state_mark(struct file_state *state, const uint8_t *digest)
{
	_Atomic uint8_t *mark = mark_of(state, digest);

	if (atomic_load_explicit(mark, memory_order_relaxed) == 0)
		atomic_store_explicit(mark, 1, memory_order_relaxed);
}

bool
file_state_unmark(struct file_state *state, const uint8_t *digest)
{
	return atomic_exchange_explicit(
		   mark_of(state, digest), 0, memory_order_relaxed) != 0;
}
