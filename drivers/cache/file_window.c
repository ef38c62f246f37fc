#include "drivers/cache/file_window.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drivers/cache/cache.h"
#include "drivers/cache/file_lock.h"
#include "drivers/cache/file_store.h"

#define RECORDS    256 /* read at once */
#define MS_PER_S   1000
#define NAME_GAP   '\x1f' /* neither a space nor a key holds it */
#define NAME_BYTES (CACHE_SPACE_MAX + 1 + CACHE_KEY_MAX)

struct record {
	uint8_t id[DIGEST_BYTES];
	int64_t end_ms; /* Unix time */
	uint32_t count;
	uint32_t ttl; /* seconds, of the window */
};

_Static_assert(sizeof(struct record) == 32, "records have no holes");

void
file_window_name(const struct cache_op *op, struct file_window *out)
{
	char name[NAME_BYTES];
	struct str space = op->space->name;

	memcpy(name, space.p, space.n);
	name[space.n] = NAME_GAP;
	memcpy(name + space.n + 1, op->key.p, op->key.n);
	*out = (struct file_window){ .fd = -1, .at = -1 };
	digest(str_make(name, space.n + 1 + op->key.n), out->id);
	out->shard = out->id[0];
}

static int
shard_open(struct file_store *store, unsigned shard, int flags)
{
	char name[3];
	bool create = (flags & O_CREAT) != 0;
	int folder =
	    file_store_folder(store, store->folder.fd, FILE_COUNTERS, create);
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

/* Records from `at` on, whole ones only; -1 with errno. */
static ssize_t
records_read(int fd, struct record records[RECORDS], int64_t at)
{
	ssize_t n;

	do
		n = pread(fd, records, RECORDS * sizeof(records[0]), at);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : n / (ssize_t)sizeof(records[0]);
}

/* A record that a crash has damaged is free. */
static bool
record_free(const struct record *r, int64_t now_ms)
{
	return r->count == 0 || r->count > CACHE_COUNT_MAX ||
	       r->ttl > CACHE_TTL_MAX || r->end_ms <= now_ms;
}

static void
window_take(struct file_window *w, const struct record *r, int64_t now_ms)
{
	int64_t longest = now_ms + (int64_t)r->ttl * MS_PER_S;

	w->ttl = r->ttl;
	w->window.count = r->count;
	w->window.end_ms = r->end_ms < longest ? r->end_ms : longest;
}

/*
 * The place of the record with that id and an open window, or, without an id,
 * of a free one, which may be the end of the file; -1: there is none. *out is
 * the record with the id. ST_UNAVAILABLE.
 */
static enum status
record_find(struct file_store *store, const struct file_window *w,
    const uint8_t *id, int64_t now_ms, struct record *out, int64_t *at)
{
	struct record records[RECORDS];
	ssize_t n = RECORDS;

	*at = 0;
	while (n == RECORDS) {
		n = records_read(w->fd, records, *at);
		if (n < 0)
			return file_store_fail(store);
		for (ssize_t i = 0; i < n; i++) {
			bool unused = record_free(&records[i], now_ms);

			*out = records[i];
			if (id == NULL ? unused
				       : !unused && memcmp(records[i].id, id,
							DIGEST_BYTES) == 0)
				return ST_OK;
			*at += (int64_t)sizeof(records[0]);
		}
	}
	if (id != NULL)
		*at = -1;
	return ST_OK;
}

enum status
file_window_find(
    struct file_store *store, struct file_window *w, int64_t now_ms)
{
	struct record r;
	enum status st;

	w->fd = shard_open(store, w->shard, O_RDWR);
	if (w->fd < 0 && errno == ENOENT)
		return ST_OK;
	if (w->fd < 0)
		return file_store_fail(store);
	st = record_find(store, w, w->id, now_ms, &r, &w->at);
	if (st == ST_OK && w->at >= 0)
		window_take(w, &r, now_ms);
	w->found = w->window;
	return st;
}

static enum status
record_write(struct file_store *store, const struct file_window *w,
    const struct cache_window *window)
{
	struct record r = {
		.end_ms = window->end_ms, .count = window->count, .ttl = w->ttl
	};
	ssize_t n;

	memcpy(r.id, w->id, sizeof(r.id));
	do
		n = pwrite(w->fd, &r, sizeof(r), w->at);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)sizeof(r))
		return ST_OK;
	if (n >= 0)
		errno = ENOSPC;
	return file_store_fail(store);
}

/* A place for a counter that has none. */
static enum status
place_find(struct file_store *store, struct file_window *w, int64_t now_ms)
{
	struct record r;
	enum status st;

	if (w->fd < 0) {
		w->fd = shard_open(store, w->shard, O_RDWR | O_CREAT);
		if (w->fd < 0) {
			st = file_store_fail(store);
			return st == ST_FULL ? ST_FULL : ST_UNAVAILABLE;
		}
		file_store_adopt(store, w->fd);
	}
	st = record_find(store, w, NULL, now_ms, &r, &w->at);
	if (st == ST_OK &&
	    w->at >= FILE_WINDOWS_MOST * (int64_t)sizeof(struct record))
		return ST_FULL;
	return st;
}

enum status
file_window_save(
    struct file_store *store, struct file_window *w, int64_t now_ms)
{
	enum status st = ST_OK;

	if (w->window.end_ms != w->found.end_ms)
		w->ttl = (uint32_t)((w->window.end_ms - now_ms) / MS_PER_S);
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

/* How many records the file needs. */
static int64_t
records_needed(int fd, int64_t now_ms)
{
	struct record records[RECORDS];
	int64_t needed = 0;
	int64_t seen = 0;
	ssize_t n = RECORDS;

	while (n == RECORDS) {
		n = records_read(
		    fd, records, seen * (int64_t)sizeof(records[0]));
		if (n < 0)
			return INT64_MAX;
		for (ssize_t i = 0; i < n; i++, seen++)
			if (!record_free(&records[i], now_ms))
				needed = seen + 1;
	}
	return needed;
}

void
file_window_sweep(struct file_store *store, unsigned shard, int64_t now_ms)
{
	unsigned lock = FILE_LOCK_COUNTERS + shard;
	struct stat st;
	int64_t length;
	int fd = shard_open(store, shard, O_RDWR);

	if (fd < 0)
		return;
	if (file_lock_take(store->locks, lock, 0) == ST_OK) {
		length = records_needed(fd, now_ms);
		if (length < INT64_MAX / (int64_t)sizeof(struct record))
			length *= (int64_t)sizeof(struct record);
		if (fstat(fd, &st) == 0 && length < st.st_size)
			(void)!ftruncate(fd, length); /* the next one may */
		file_lock_leave(store->locks, lock);
	}
	(void)close(fd);
}
