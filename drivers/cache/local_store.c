#include "drivers/cache/local_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/log.h"
#include "app/base/secret.h"
#include "drivers/cache/cache_folder.h"
#include "drivers/cache/local_setup.h"

#define VALUES_FILE "values"
#define VALUES_LOCK "values-lock" /* LMDB adds "-lock" */
#define PATH_BYTES  4096
#define MAX_READERS 2048 /* threads of all processes */
#define MAX_DBS     2
#define PAGE_HEAD   16 /* LMDB's header on each page */
#define VALUE_SHARE 8  /* one value is at most this part of the store */
#define OPEN_FLAGS                                                             \
	(MDB_NOSUBDIR | MDB_NOSYNC | MDB_NOMETASYNC | MDB_NOTLS | MDB_NORDAHEAD)

/*
 * LMDB found its file senseless and is about to abort: the next start must
 * not meet the same file.
 */
static void
on_assert(MDB_env *env, const char *text)
{
	struct local_store *store = mdb_env_get_userctx(env);

	local_store_retire(store, text);
}

static int
dbs_open(struct local_store *store, bool make)
{
	unsigned flags = make ? MDB_CREATE : 0;
	MDB_txn *txn;
	int rc;

	rc = mdb_txn_begin(store->env, NULL, make ? 0 : MDB_RDONLY, &txn);
	if (rc != 0)
		return rc;
	rc = mdb_dbi_open(txn, "entries", flags, &store->entries);
	if (rc == 0)
		rc = mdb_dbi_open(txn, "parts", flags, &store->parts);
	if (rc == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return rc;
}

/* LMDB itself does so only for the others of its descriptors. */
static int
close_on_exec(MDB_env *env)
{
	mdb_filehandle_t fd;
	int rc = mdb_env_get_fd(env, &fd);

	if (rc == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		rc = errno;
	return rc;
}

static int
env_open(
    const struct cache_folder *folder, struct local_store *store, bool make)
{
	char path[PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/" VALUES_FILE, folder->path);
	int rc = mdb_env_create(&store->env);

	if (rc != 0)
		return rc;
	if (n < 0 || (size_t)n >= sizeof(path))
		return ENAMETOOLONG;
	rc = mdb_env_set_userctx(store->env, store);
	if (rc == 0)
		rc = mdb_env_set_assert(store->env, on_assert);
	if (rc == 0)
		rc = mdb_env_set_mapsize(
		    store->env, (size_t)store->state->memory);
	if (rc == 0)
		rc = mdb_env_set_maxreaders(store->env, MAX_READERS);
	if (rc == 0)
		rc = mdb_env_set_maxdbs(store->env, MAX_DBS);
	if (rc == 0)
		rc = mdb_env_open(store->env, path, OPEN_FLAGS, 0600);
	if (rc == 0)
		rc = close_on_exec(store->env);
	return rc == 0 ? dbs_open(store, make) : rc;
}

/* Space for all of the values is taken now: later there is no way to fail. */
static int
space_take(const struct local_store *store)
{
	mdb_filehandle_t fd;
	int rc = mdb_env_get_fd(store->env, &fd);

	if (rc != 0)
		return rc;
	return posix_fallocate(fd, 0, (off_t)store->state->memory);
}

static int
values_make(const struct cache_folder *folder, struct local_store *store)
{
	struct local_state *state = store->state;
	int rc;

	(void)unlinkat(folder->fd, VALUES_FILE, 0);
	(void)unlinkat(folder->fd, VALUES_LOCK, 0);
	rc = env_open(folder, store, true);
	if (rc == 0)
		rc = space_take(store);
	if (rc != 0)
		return rc;
	cache_folder_adopt(folder, VALUES_FILE);
	cache_folder_adopt(folder, VALUES_LOCK);
	secret_random(state->incarnation, sizeof(state->incarnation));
	state->values_generation = store->generation;
	return 0;
}

/*
 * 0, MDB_INVALID when the files are missing or cut short, or what LMDB found.
 * Its own errors, which are negative, mean damage; those of the system do not.
 */
static int
values_join(const struct cache_folder *folder, struct local_store *store)
{
	struct stat st;
	int rc;

	if (fstatat(folder->fd, VALUES_LOCK, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    fstatat(folder->fd, VALUES_FILE, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    st.st_size < (off_t)store->state->memory)
		return MDB_INVALID;
	rc = env_open(folder, store, false);
	if (rc != 0 && store->env != NULL) {
		mdb_env_close(store->env);
		store->env = NULL;
	}
	return rc;
}

static enum status
values_open(const struct cache_folder *folder, struct local_store *store,
    struct error *err)
{
	struct local_state *state = store->state;
	int rc = MDB_INVALID;

	store->generation = atomic_load(&state->generation);
	if (state->values_generation == store->generation) {
		rc = values_join(folder, store);
		if (rc == 0)
			return ST_OK;
		if (rc > 0)
			return error_set(err, ST_UNAVAILABLE,
			    "cannot open %s/" VALUES_FILE ": %s", folder->path,
			    mdb_strerror(rc));
		local_store_retire(store, "its files are damaged");
		store->generation = atomic_load(&state->generation);
	}
	rc = values_make(folder, store);
	if (rc == 0)
		return ST_OK;
	(void)unlinkat(folder->fd, VALUES_FILE, 0);
	return error_set(err, rc == ENOSPC ? ST_FULL : ST_UNAVAILABLE,
	    "cannot make %s/" VALUES_FILE " of %llu bytes: %s", folder->path,
	    (unsigned long long)state->memory, mdb_strerror(rc));
}

static enum status
store_measure(struct local_store *store, uint64_t max_value, struct error *err)
{
	size_t memory = (size_t)store->state->memory;
	mdb_filehandle_t fd;
	struct stat st;
	MDB_stat info;

	if (mdb_env_stat(store->env, &info) != 0 ||
	    mdb_env_get_fd(store->env, &fd) != 0 || fstat(fd, &st) != 0)
		return error_set(err, ST_UNAVAILABLE, "cannot measure LMDB");
	store->device = st.st_dev;
	store->inode = st.st_ino;
	store->pages = memory / info.ms_psize;
	store->chunk_bytes = info.ms_psize - PAGE_HEAD;
	store->max_value = memory / VALUE_SHARE;
	if (store->max_value > UINT32_MAX)
		store->max_value = UINT32_MAX;
	if (max_value < store->max_value)
		store->max_value = (size_t)max_value;
	memcpy(store->incarnation, store->state->incarnation,
	    sizeof(store->incarnation));
	return ST_OK;
}

enum status
local_store_open(const struct cache_folder *folder,
    const struct local_wish *wish, int64_t deadline_ms,
    struct local_store **out, struct error *err)
{
	struct local_store *store = calloc(1, sizeof(*store));
	enum status st;
	bool alone;

	if (store == NULL)
		return error_set(err, ST_UNAVAILABLE, "no memory");
	store->lock_fd = -1;
	st = local_setup_begin(
	    folder, deadline_ms, &store->lock_fd, &alone, err);
	if (st != ST_OK) {
		free(store);
		return st;
	}
	st = local_map_open(folder, alone, wish, &store->map, err);
	store->state = store->map.state;
	if (st == ST_OK)
		st = values_open(folder, store, err);
	if (st == ST_OK)
		st = store_measure(store, wish->max_value, err);
	local_setup_done(store->lock_fd);
	if (st == ST_OK)
		*out = store;
	else
		local_store_close(store);
	return st;
}

void
local_store_close(struct local_store *store)
{
	if (store->env != NULL)
		mdb_env_close(store->env);
	if (store->map.state != NULL)
		local_map_close(&store->map);
	(void)close(store->lock_fd);
	free(store);
}

bool
local_store_in_place(
    const struct cache_folder *folder, const struct local_store *store)
{
	struct stat st;

	return local_map_in_place(folder, &store->map) &&
	       fstatat(folder->fd, VALUES_LOCK, &st, AT_SYMLINK_NOFOLLOW) ==
		   0 &&
	       fstatat(folder->fd, VALUES_FILE, &st, AT_SYMLINK_NOFOLLOW) ==
		   0 &&
	       st.st_dev == store->device && st.st_ino == store->inode;
}

enum status
local_store_verdict(struct local_store *store, int rc)
{
	switch (rc) {
	case 0:
		return ST_OK;
	case MDB_READERS_FULL:
	case EAGAIN:
	case ENOMEM:
	case EIO:
		return ST_UNAVAILABLE;
	default:
		local_store_retire(store, mdb_strerror(rc));
		return ST_STALE;
	}
}

void
local_store_retire(struct local_store *store, const char *why)
{
	if (local_state_retire(store->state, store->generation))
		log_line(LOG_WARNING, STR_NULL,
		    "the local store is emptied: %s", why);
}
