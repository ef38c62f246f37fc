#include "drivers/cache/file_trash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/file_lock.h"
#include "drivers/cache/file_state.h"
#include "drivers/cache/file_store.h"
#include "drivers/cache/file_walk.h"

#define RANDOM_BYTES 8

/* The emptying of the trash. */
struct empty {
	struct file_store *store;
	int64_t until_ms;
	int64_t most;
	bool enough;
};

static enum status
move(struct file_store *store, int trash, const char *space)
{
	uint8_t random[RANDOM_BYTES];
	char hex[2 * RANDOM_BYTES + 1];
	char from[sizeof(FILE_ENTRIES) + CACHE_SPACE_MAX + 1];

	secret_random(random, sizeof(random));
	hex_encode(hex, random, sizeof(random));
	hex[sizeof(hex) - 1] = '\0';
	(void)snprintf(from, sizeof(from), FILE_ENTRIES "/%s", space);
	if (renameat(store->folder.fd, from, trash, hex) == 0)
		return ST_OK;
	return errno == ENOENT ? ST_OK : file_store_fail(store);
}

enum status
file_trash_put(struct file_store *store, struct str space, int64_t deadline_ms)
{
	char name[CACHE_SPACE_MAX + 1];
	enum status st;
	int trash =
	    file_store_folder(store, store->folder.fd, FILE_TRASH, true);

	if (trash < 0) {
		st = file_store_fail(store);
		return st == ST_MISSING ? ST_OK : st;
	}
	(void)snprintf(name, sizeof(name), "%.*s", STR_ARG(space));
	st = file_lock_take(store->locks, FILE_LOCK_FLUSH, deadline_ms);
	if (st == ST_OK) {
		st = move(store, trash, name);
		file_lock_leave(store->locks, FILE_LOCK_FLUSH);
	} else if (st == ST_UNAVAILABLE) {
		st = file_store_fail(store);
	}
	(void)close(trash);
	return st;
}

/* A file counts for the shard of its name. */
static bool
meet_file(void *ctx, int folder, const char *name)
{
	struct empty *e = ctx;
	uint8_t digest[DIGEST_BYTES];
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    unlinkat(folder, name, 0) == 0 && file_name_parse(name, digest))
		file_state_add(
		    e->store->state, digest[0], (size_t)st.st_size, -1);
	if (clock_boot_ms() >= e->until_ms ||
	    file_state_bytes(e->store->state) <= e->most)
		e->enough = true;
	return !e->enough;
}

/* Removes a folder, unless there was no time for all that is in it. */
static bool
folder_remove(
    struct empty *e, int folder, const char *name, file_named_f *below)
{
	int fd = file_store_folder(e->store, folder, name, false);

	if (fd >= 0)
		file_names(fd, below, e);
	(void)unlinkat(folder, name, fd >= 0 ? AT_REMOVEDIR : 0);
	return !e->enough;
}

static bool
meet_shard(void *ctx, int folder, const char *name)
{
	return folder_remove(ctx, folder, name, meet_file);
}

static bool
meet_space(void *ctx, int folder, const char *name)
{
	return folder_remove(ctx, folder, name, meet_shard);
}

void
file_trash_empty(struct file_store *store, int64_t until_ms, int64_t most)
{
	struct empty e = {
		.store = store,
		.until_ms = until_ms,
		.most = most,
	};
	int fd = file_store_folder(store, store->folder.fd, FILE_TRASH, false);

	if (fd >= 0)
		file_names(fd, meet_space, &e);
}
