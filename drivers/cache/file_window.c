#include "drivers/cache/file_window.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drivers/cache/cache.h"
#include "drivers/cache/file_lock.h"
#include "drivers/cache/file_record.h"
#include "drivers/cache/file_store.h"

#define RECORDS    256    /* read at once */
#define NAME_GAP   '\x1f' /* neither a space nor a key holds it */
#define NAME_BYTES (CACHE_SPACE_MAX + 1 + CACHE_KEY_MAX)

void
file_window_name(const struct cache_op *op, struct file_window *out)
{
	char name[NAME_BYTES];
	struct str space = op->space->name;

	memcpy(name, space.p, space.n);
	name[space.n] = NAME_GAP;
	memcpy(name + space.n + 1, op->key.p, op->key.n);
	*out = (struct file_window){
		.wide = !cache_op_is_fixed(op),
		.fd = -1,
		.at = -1,
		.ttl = op->ttl,
	};
	digest(str_make(name, space.n + 1 + op->key.n), out->id);
	out->shard = out->id[0];
}

int
file_window_order(const struct file_window *a, const struct file_window *b)
{
	int order = memcmp(a->id, b->id, DIGEST_BYTES);

	return order != 0 ? order : a->wide - b->wide;
}

static int
shard_open(struct file_store *store, unsigned shard, bool wide, int flags)
{
	char name[3];
	bool create = (flags & O_CREAT) != 0;
	int folder = file_store_folder(store, store->folder.fd,
	    wide ? FILE_WINDOWS : FILE_COUNTERS, create);
	int fd;
	int keep;

	if (folder < 0)
		return -1;
	(void)snprintf(name, sizeof(name), "%02x", shard);
	fd = openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	keep = errno;
	(void)close(folder);
	errno = keep;
	return fd;
}

/* Some records of a file, in its order. */
struct records {
	uint8_t bytes[RECORDS * FILE_RECORD_MOST];
	size_t each; /* bytes of a record */
	size_t n;
};

/* Those from `at` on, whole ones only. False, with errno: that failed. */
static bool
records_read(struct records *r, int fd, bool wide, int64_t at)
{
	ssize_t n;

	r->each = file_record_bytes(wide);
	do
		n = pread(fd, r->bytes, RECORDS * r->each, at);
	while (n < 0 && errno == EINTR);
	r->n = n < 0 ? 0 : (size_t)n / r->each;
	return n >= 0;
}

/*
 * The place of the record with that id and an open window, which is *out, or,
 * without an id, of a free one, which may be the end of the file; -1: there is
 * none. ST_UNAVAILABLE.
 */
static enum status
record_find(struct file_store *store, const struct file_window *w,
    const uint8_t *id, int64_t now_ms, struct cache_window *out, int64_t *at)
{
	struct records r;

	*at = 0;
	do {
		if (!records_read(&r, w->fd, w->wide, *at))
			return file_store_fail(store);
		for (size_t i = 0; i < r.n; i++) {
			const uint8_t *one = &r.bytes[i * r.each];

			if ((id == NULL ||
				memcmp(one, id, DIGEST_BYTES) == 0) &&
			    file_record_read(one, w->wide, now_ms, out) ==
				(id != NULL))
				return ST_OK;
			*at += (int64_t)r.each;
		}
	} while (r.n == RECORDS);
	if (id != NULL)
		*at = -1;
	return ST_OK;
}

enum status
file_window_find(
    struct file_store *store, struct file_window *w, int64_t now_ms)
{
	struct cache_window found;
	enum status st;

	w->fd = shard_open(store, w->shard, w->wide, O_RDWR);
	if (w->fd < 0 && errno == ENOENT)
		return ST_OK;
	if (w->fd < 0)
		return file_store_fail(store);
	st = record_find(store, w, w->id, now_ms, &found, &w->at);
	if (st == ST_OK && w->at >= 0)
		w->window = found;
	w->found = w->window;
	return st;
}

static enum status
record_write(struct file_store *store, const struct file_window *w,
    const struct cache_window *window)
{
	uint8_t record[FILE_RECORD_MOST];
	size_t length = file_record_bytes(w->wide);
	ssize_t n;

	file_record_make(record, w->wide, w->id, w->ttl, window);
	do
		n = pwrite(w->fd, record, length, w->at);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)length)
		return ST_OK;
	if (n >= 0)
		errno = ENOSPC;
	return file_store_fail(store);
}

/* A place for a counter that has none. */
static enum status
place_find(struct file_store *store, struct file_window *w, int64_t now_ms)
{
	struct cache_window unused;
	enum status st;

	if (w->fd < 0) {
		w->fd = shard_open(store, w->shard, w->wide, O_RDWR | O_CREAT);
		if (w->fd < 0) {
			st = file_store_fail(store);
			return st == ST_FULL ? ST_FULL : ST_UNAVAILABLE;
		}
		file_store_adopt(store, w->fd);
	}
	st = record_find(store, w, NULL, now_ms, &unused, &w->at);
	if (st == ST_OK &&
	    w->at >= FILE_WINDOWS_MOST * (int64_t)file_record_bytes(w->wide)) {
		w->at = -1;
		return ST_FULL;
	}
	return st;
}

enum status
file_window_save(
    struct file_store *store, struct file_window *w, int64_t now_ms)
{
	enum status st = ST_OK;

	if (w->at < 0 && !cache_window_open(&w->window, now_ms))
		return ST_OK;
	if (w->at < 0)
		st = place_find(store, w, now_ms);
	return st == ST_OK ? record_write(store, w, &w->window) : st;
}

void
file_window_undo(struct file_store *store, struct file_window *w)
{
	if (w->at >= 0)
		(void)record_write(store, w, &w->found); /* counts once more */
}

void
file_window_close(struct file_window *w)
{
	if (w->fd >= 0)
		(void)close(w->fd); /* what was written went through already */
	w->fd = -1;
}

/* Bytes of the file up to its last record that is not free. */
static int64_t
bytes_needed(int fd, bool wide, int64_t now_ms)
{
	struct records r;
	struct cache_window window;
	int64_t needed = 0;
	int64_t at = 0;

	do {
		if (!records_read(&r, fd, wide, at))
			return INT64_MAX;
		for (size_t i = 0; i < r.n; i++) {
			at += (int64_t)r.each;
			if (file_record_read(
				&r.bytes[i * r.each], wide, now_ms, &window))
				needed = at;
		}
	} while (r.n == RECORDS);
	return needed;
}

static void
shard_sweep(struct file_store *store, unsigned shard, bool wide, int64_t now_ms)
{
	unsigned lock = FILE_LOCK_COUNTERS + shard;
	struct stat st;
	int64_t length;
	int fd = shard_open(store, shard, wide, O_RDWR);

	if (fd < 0)
		return;
	if (file_lock_take(store->locks, lock, 0) == ST_OK) {
		length = bytes_needed(fd, wide, now_ms);
		if (fstat(fd, &st) == 0 && length < st.st_size)
			(void)!ftruncate(fd, length); /* the next one may */
		file_lock_leave(store->locks, lock);
	}
	(void)close(fd);
}

void
file_window_sweep(struct file_store *store, unsigned shard, int64_t now_ms)
{
	shard_sweep(store, shard, false, now_ms);
	shard_sweep(store, shard, true, now_ms);
}
