/*
 * One value in a file: a head, the key, the value. A file appears whole under
 * its name, by rename; nothing waits for the disk, so after a crash of the
 * system it may be torn: the sums in the head show that. The value's is looked
 * at only when it was written before this boot.
 */
#ifndef WEIR_CACHE_FILE_ENTRY_H
#define WEIR_CACHE_FILE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/cache/cache.h"

struct arena;
struct file_store;

struct file_head {
	char magic[8];
	uint64_t boot; /* in which it was written: file_store.boot */
	uint64_t value_sum;
	uint32_t value_n;
	uint32_t key_n;
	int64_t expiry_ms; /* Unix time; 0: never */
	uint64_t sum;      /* of all before it */
};

#define FILE_FIRST_BYTES 4096

/* A file that is open: its beginning as read. */
struct file_entry {
	int fd;
	bool sound; /* the head is what was written */
	struct file_head head;
	size_t n; /* bytes of `first` */
	char first[FILE_FIRST_BYTES];
};

/* How long the file of a value is. */
size_t file_entry_length(struct str key, struct str value);

/*
 * Opens what has that name below a folder, for writing as well or not. ST_OK:
 * file_entry_close() ends it, sound or not. ST_MISSING, ST_UNAVAILABLE.
 */
enum status file_entry_open(struct file_store *store, int at, const char *name,
    bool writing, struct file_entry *e);
void file_entry_close(struct file_entry *e);

/* Of a sound entry. The view lives in the entry. */
struct str file_entry_key(const struct file_entry *e);

/* It is sound and has not expired; a key that is not absent is its key. */
bool file_entry_live(
    const struct file_entry *e, struct str key, int64_t now_ms);

/* Reads the value of a sound entry into the arena. ST_MISSING: it is torn. */
enum status file_entry_value(struct file_store *store,
    const struct file_entry *e, struct arena *arena, struct str *value);

/* Gives a sound entry, opened for writing, another expiry. Readers see the old
 * one or the new. ST_FULL, ST_UNAVAILABLE. */
enum status file_entry_touch(
    struct file_store *store, struct file_entry *e, int64_t expiry_ms);

/* Bytes that it fills, for file_state_add(). */
size_t file_entry_bytes(const struct file_entry *e);

/*
 * Writes a value to the store's temporary file in the folder `at`. Whatever is
 * not ST_OK leaves no such file: ST_FULL, ST_UNAVAILABLE.
 */
enum status file_entry_write(struct file_store *store, int at, struct str key,
    struct str value, int64_t expiry_ms);

#endif
