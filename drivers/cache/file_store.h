/*
 * One connection's hold on a file store: the folder, its locks, its state. What
 * fails is noted in `reason`, so that the log can say it once.
 *
 *   entries/SPACE/HH/DIGEST   a value: file_entry.h
 *   counters/HH               the fixed counters of a shard: file_window.h
 *   windows/HH                the others
 *   trash/RANDOM              a space that was flushed: file_trash.h
 *   file.lock, file.state     file_lock.h, file_state.h
 *
 * DIGEST is that of the key in hexadecimal and begins with HH, which is also
 * the shard: no key can name another place. All files are 0600 and all folders
 * 0700, the owner's of CACHE_PATH.
 */
#ifndef WEIR_CACHE_FILE_STORE_H
#define WEIR_CACHE_FILE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/secret.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/cache_folder.h"

struct file_state;

#define FILE_ENTRIES   "entries"
#define FILE_COUNTERS  "counters"
#define FILE_WINDOWS   "windows"
#define FILE_TRASH     "trash"
#define FILE_NEW       "new-" /* begins the names of temporary files */
#define FILE_NEW_BYTES 24

/* A digest as a name, and its NUL. */
#define FILE_NAME_BYTES (2 * DIGEST_BYTES + 1)

struct file_store {
	struct cache_folder folder;
	int locks; /* descriptor of the lock file */
	struct file_state *state;
	uint64_t boot; /* tells this boot from others */
	uint8_t incarnation[INCARNATION_BYTES];
	char temporary[FILE_NEW_BYTES]; /* name of this connection's */
	int64_t limit;                  /* bytes */
	size_t max_value;
	int reason; /* errno of what failed last; 0: nothing */
};

/*
 * Opens the store of the folder, and makes what is missing. ST_OK: ended by
 * file_store_close(). ST_INVALID, ST_UNAVAILABLE, ST_TIMEOUT, ST_FULL.
 */
enum status file_store_open(struct file_store *store, const char *path,
    int64_t deadline_ms, struct error *err);
void file_store_close(struct file_store *store);

/* False once somebody has removed the folder or what is in it. */
bool file_store_in_place(const struct file_store *store);

/* What errno means, which is noted: ST_MISSING, ST_FULL, ST_UNAVAILABLE. */
enum status file_store_fail(struct file_store *store);

/*
 * Opens the folder of a shard of a space; *fd is to be closed, or -1. Links are
 * not followed. ST_MISSING: there is none, or, with create, a flush has just
 * taken it away.
 */
enum status file_store_shard(struct file_store *store, struct str space,
    unsigned shard, bool create, int *fd);

/* Opens a folder below another one (of the store: folder.fd), or -1 with
 * errno. */
int file_store_folder(
    const struct file_store *store, int at, const char *name, bool create);

/* Gives a file that was just made to the owner of the folder. */
void file_store_adopt(const struct file_store *store, int fd);

/* The shard of a digest, and its name in the folder of the shard. */
unsigned file_name(
    const uint8_t digest[DIGEST_BYTES], char out[FILE_NAME_BYTES]);

/* The contrary; false: it is no such name. */
bool file_name_parse(const char *name, uint8_t digest[DIGEST_BYTES]);

#endif
