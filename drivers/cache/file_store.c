#include "drivers/cache/file_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/hash.h"
#include "drivers/cache/file_lock.h"
#include "drivers/cache/file_state.h"

#define LOCK_FILE    "file.lock"
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static enum status
locks_open(struct file_store *store, struct error *err)
{
	store->locks = openat(store->folder.fd, LOCK_FILE,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (store->locks < 0)
		return error_set(err, ST_UNAVAILABLE, "cannot open %s/%s: %s",
		    store->folder.path, LOCK_FILE, strerror(errno));
	file_store_adopt(store, store->locks);
	return ST_OK;
}

static enum status
state_open(struct file_store *store, int64_t deadline_ms, struct error *err)
{
	enum status st =
	    file_lock_take(store->locks, FILE_LOCK_SETUP, deadline_ms);

	if (st != ST_OK)
		return error_set(err, st, "%s/%s: %s", store->folder.path,
		    LOCK_FILE,
		    st == ST_TIMEOUT ? "another process holds it"
				     : strerror(errno));
	st = file_state_open(&store->folder, &store->state, err);
	file_lock_leave(store->locks, FILE_LOCK_SETUP);
	return st;
}

/* A crash of the system may bring back what was deleted, and lose what was
 * written: another boot is another life. */
static void
identify(struct file_store *store)
{
	static const uint8_t key[HASH_KEY_BYTES] = { 0 };
	char text[INCARNATION_BYTES + CACHE_BOOT_BYTES];
	uint8_t random[sizeof(uint64_t)];
	char hex[2 * sizeof(random)];

	memcpy(text, store->state->id, INCARNATION_BYTES);
	memcpy(
	    text + INCARNATION_BYTES, store->state->boot_id, CACHE_BOOT_BYTES);
	digest(str_make(text, sizeof(text)), store->incarnation);
	store->boot =
	    hash_keyed(key, str_make(store->state->boot_id, CACHE_BOOT_BYTES));
	secret_random(random, sizeof(random));
	hex_encode(hex, random, sizeof(random));
	(void)snprintf(store->temporary, sizeof(store->temporary),
	    FILE_NEW "%.*s", (int)sizeof(hex), hex);
}

enum status
file_store_open(struct file_store *store, const char *path, int64_t deadline_ms,
    struct error *err)
{
	enum status st;

	store->locks = -1;
	store->state = NULL;
	st = cache_folder_open(&store->folder, path, err);
	if (st != ST_OK)
		return st;
	st = locks_open(store, err);
	if (st == ST_OK)
		st = state_open(store, deadline_ms, err);
	if (st != ST_OK) {
		file_store_close(store);
		return st;
	}
	identify(store);
	return ST_OK;
}

void
file_store_close(struct file_store *store)
{
	if (store->state != NULL)
		file_state_close(store->state);
	if (store->locks >= 0)
		(void)close(store->locks);
	cache_folder_close(&store->folder);
	store->state = NULL;
	store->locks = -1;
}

bool
file_store_in_place(const struct file_store *store)
{
	struct stat st;

	return fstat(store->locks, &st) == 0 && st.st_nlink > 0;
}

enum status
file_store_fail(struct file_store *store)
{
	switch (errno) {
	case ENOENT:
		return ST_MISSING;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ST_FULL;
	default:
		store->reason = errno;
		return ST_UNAVAILABLE;
	}
}

void
file_store_adopt(const struct file_store *store, int fd)
{
	struct stat st;

	if (geteuid() != 0 || store->folder.owner == 0)
		return;
	/* A file with a second name may be anybody's. */
	if (fstat(fd, &st) != 0 || (S_ISREG(st.st_mode) && st.st_nlink > 1))
		return;
	(void)!fchown(fd, store->folder.owner, store->folder.group);
}

int
file_store_folder(
    const struct file_store *store, int at, const char *name, bool create)
{
	int fd = openat(at, name, FOLDER_FLAGS);
	bool made;

	if (fd >= 0 || errno != ENOENT || !create)
		return fd;
	made = mkdirat(at, name, 0700) == 0;
	if (!made && errno != EEXIST)
		return -1;
	fd = openat(at, name, FOLDER_FLAGS);
	if (made && fd >= 0)
		file_store_adopt(store, fd);
	return fd;
}

/* Opens the folders one below the other; -1 with errno. */
static int
shard_open(const struct file_store *store, const char *const *names, size_t n,
    bool create)
{
	int at = store->folder.fd;

	for (size_t i = 0; i < n; i++) {
		int fd = file_store_folder(store, at, names[i], create);
		int keep = errno;

		if (at != store->folder.fd)
			(void)close(at);
		errno = keep;
		if (fd < 0)
			return -1;
		at = fd;
	}
	return at;
}

enum status
file_store_shard(struct file_store *store, struct str space, unsigned shard,
    bool create, int *fd)
{
	char name[CACHE_SPACE_MAX + 1];
	char hex[3];
	const char *const names[] = { FILE_ENTRIES, name, hex };

	(void)snprintf(name, sizeof(name), "%.*s", STR_ARG(space));
	(void)snprintf(hex, sizeof(hex), "%02x", shard);
	*fd = shard_open(store, names, 3, create);
	return *fd >= 0 ? ST_OK : file_store_fail(store);
}

unsigned
file_name(const uint8_t digest[DIGEST_BYTES], char out[FILE_NAME_BYTES])
{
	hex_encode(out, digest, DIGEST_BYTES);
	out[FILE_NAME_BYTES - 1] = '\0';
	return digest[0];
}

bool
file_name_parse(const char *name, uint8_t digest[DIGEST_BYTES])
{
	return hex_decode(digest, DIGEST_BYTES, str_of(name));
}
