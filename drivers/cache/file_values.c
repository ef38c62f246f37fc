#include "drivers/cache/file_values.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "drivers/cache/file_entry.h"
#include "drivers/cache/file_evict.h"
#include "drivers/cache/file_lock.h"
#include "drivers/cache/file_state.h"
#include "drivers/cache/file_store.h"

#define MS_PER_S   1000
#define PATH_BYTES (sizeof(FILE_ENTRIES) + CACHE_SPACE_MAX + 64)

/* An operation at work. */
struct work {
	struct file_store *store;
	struct cache_op *op;
	int64_t now_ms; /* Unix time */
	int64_t deadline_ms;
	uint8_t digest[DIGEST_BYTES];
	char name[FILE_NAME_BYTES];
	unsigned shard;
	int folder; /* of the shard; -1: not open */
};

static int64_t
expiry_of(const struct work *w)
{
	uint32_t ttl = w->op->ttl;

	return ttl == 0 ? 0 : w->now_ms + (int64_t)ttl * MS_PER_S;
}

static void
path_of(const struct work *w, char out[PATH_BYTES])
{
	(void)snprintf(out, PATH_BYTES, FILE_ENTRIES "/%.*s/%.2s/%s",
	    STR_ARG(w->op->space->name), w->name, w->name);
}

/* Reads the value of a live entry. */
static enum status
value_take(const struct work *w, const struct file_entry *e)
{
	if (!file_entry_live(e, w->op->key, w->now_ms))
		return ST_MISSING;
	return file_entry_value(w->store, e, w->op->arena, &w->op->value);
}

static enum status
run_get(struct work *w)
{
	char path[PATH_BYTES];
	struct file_entry e;
	enum status st;

	path_of(w, path);
	st = file_entry_open(w->store, w->store->folder.fd, path, false, &e);
	if (st != ST_OK)
		return st;
	st = value_take(w, &e);
	file_entry_close(&e);
	if (st == ST_OK)
		file_state_mark(w->store->state, w->digest);
	return st;
}

/* Whether there is a live value, as an answer to ADD. */
static enum status
look(const struct work *w, int at, const char *name)
{
	struct file_entry e;
	enum status st = file_entry_open(w->store, at, name, false, &e);

	if (st != ST_OK)
		return st;
	st =
	    file_entry_live(&e, w->op->key, w->now_ms) ? ST_EXISTS : ST_MISSING;
	file_entry_close(&e);
	return st;
}

/* Opens the folder of the shard and takes its lock. */
static enum status
begin(struct work *w, bool create)
{
	enum status st = file_store_shard(
	    w->store, w->op->space->name, w->shard, create, &w->folder);

	if (st != ST_OK)
		return st;
	st = file_lock_take(
	    w->store->locks, FILE_LOCK_VALUES + w->shard, w->deadline_ms);
	return st == ST_UNAVAILABLE ? file_store_fail(w->store) : st;
}

static void
end(struct work *w)
{
	file_lock_leave(w->store->locks, FILE_LOCK_VALUES + w->shard);
	if (w->folder >= 0)
		(void)close(w->folder);
	w->folder = -1;
}

/* Removes the file of an entry that is open, under the lock. */
static enum status
entry_remove(const struct work *w, const struct file_entry *e)
{
	size_t length = file_entry_bytes(e);

	if (unlinkat(w->folder, w->name, 0) != 0)
		return file_store_fail(w->store);
	file_state_add(w->store->state, w->shard, length, -1);
	return ST_OK;
}

/* What is done to an entry under the lock. */
typedef enum status change_f(struct work *w, struct file_entry *e);

static enum status
change(struct work *w, change_f *act)
{
	struct file_entry e;
	enum status st = begin(w, false);

	if (st == ST_OK)
		st = file_entry_open(w->store, w->folder, w->name, true, &e);
	if (st == ST_OK) {
		st = act(w, &e);
		file_entry_close(&e);
	}
	end(w);
	return st;
}

static enum status
act_del(struct work *w, struct file_entry *e)
{
	bool live = file_entry_live(e, w->op->key, w->now_ms);
	enum status st = entry_remove(w, e);

	return st == ST_OK && !live ? ST_MISSING : st;
}

static enum status
act_pull(struct work *w, struct file_entry *e)
{
	enum status st = value_take(w, e);

	return st == ST_OK ? entry_remove(w, e) : st;
}

static enum status
act_touch(struct work *w, struct file_entry *e)
{
	if (!file_entry_live(e, w->op->key, w->now_ms))
		return ST_MISSING;
	return file_entry_touch(w->store, e, expiry_of(w));
}

/* Gives the temporary file its name, under the lock. */
static enum status
entry_name(struct work *w)
{
	struct file_store *store = w->store;
	size_t length = file_entry_length(w->op->key, w->op->value);
	struct stat old;
	bool replaces = fstatat(w->folder, w->name, &old, 0) == 0;

	if (renameat(w->folder, store->temporary, w->folder, w->name) != 0)
		return file_store_fail(store);
	if (replaces)
		file_state_add(store->state, w->shard, (size_t)old.st_size, -1);
	file_state_add(store->state, w->shard, length, 1);
	return ST_OK;
}

/* The lock is taken when the value is written, so it is held but a moment. */
static enum status
entry_put(struct work *w)
{
	struct file_store *store = w->store;
	struct cache_op *op = w->op;
	enum status st = file_store_shard(
	    store, op->space->name, w->shard, true, &w->folder);

	if (st != ST_OK)
		return st;
	st = file_entry_write(
	    store, w->folder, op->key, op->value, expiry_of(w));
	if (st != ST_OK)
		return st;
	st = file_lock_take(
	    store->locks, FILE_LOCK_VALUES + w->shard, w->deadline_ms);
	if (st == ST_UNAVAILABLE)
		st = file_store_fail(store);
	if (st == ST_OK && op->kind == CACHE_ADD) {
		st = look(w, w->folder, w->name);
		st = st == ST_MISSING ? ST_OK : st;
	}
	if (st == ST_OK)
		st = entry_name(w);
	if (st != ST_OK)
		(void)unlinkat(w->folder, store->temporary, 0);
	return st;
}

/* Once more, while no flush can take the folder away. */
static enum status
entry_put_again(struct work *w)
{
	int locks = w->store->locks;
	enum status st = file_lock_take(locks, FILE_LOCK_FLUSH, w->deadline_ms);

	if (st != ST_OK)
		return st == ST_UNAVAILABLE ? file_store_fail(w->store) : st;
	st = entry_put(w);
	end(w);
	file_lock_leave(locks, FILE_LOCK_FLUSH);
	if (st != ST_MISSING)
		return st;
	w->store->reason = ENOENT; /* the store itself was removed */
	return ST_UNAVAILABLE;
}

/* For what cannot be set, nothing may be left under the key. What could not be
 * added finds nothing there, or what another has set since. */
static enum status
drop(struct work *w, enum status why)
{
	enum status st;

	if (w->op->kind == CACHE_ADD)
		return why;
	st = change(w, act_del);
	return st == ST_OK || st == ST_MISSING ? why : st;
}

static enum status
run_put(struct work *w)
{
	size_t length = file_entry_length(w->op->key, w->op->value);
	char path[PATH_BYTES];
	enum status st;

	if (w->op->kind == CACHE_ADD) {
		path_of(w, path);
		st = look(w, w->store->folder.fd, path);
		if (st != ST_MISSING)
			return st;
	}
	if (w->op->value.n > w->store->max_value ||
	    file_state_size(length) > w->store->limit)
		return drop(w, ST_TOO_BIG);
	file_evict_for(w->store, length, w->deadline_ms);
	st = entry_put(w);
	end(w);
	if (st == ST_MISSING)
		st = entry_put_again(w);
	return st == ST_FULL ? drop(w, ST_FULL) : st;
}

static enum status
run(struct work *w)
{
	switch (w->op->kind) {
	case CACHE_GET:
		return run_get(w);
	case CACHE_SET:
	case CACHE_ADD:
		return run_put(w);
	case CACHE_DEL:
		return change(w, act_del);
	case CACHE_PULL:
		return change(w, act_pull);
	case CACHE_TOUCH:
		return change(w, act_touch);
	case CACHE_COUNT:
	case CACHE_LOOK:
		break;
	}
	assert(!cache_op_counts(w->op));
	return ST_ERROR;
}

void
file_values_run(
    struct file_store *store, struct cache_op *op, int64_t deadline_ms)
{
	struct work w = {
		.store = store,
		.op = op,
		.now_ms = clock_now().wall_ms,
		.deadline_ms = deadline_ms,
		.folder = -1,
	};

	if (!cache_op_valid(op)) {
		op->status = ST_INVALID;
		return;
	}
	digest(op->key, w.digest);
	w.shard = file_name(w.digest, w.name);
	memcpy(op->incarnation, store->incarnation, INCARNATION_BYTES);
	op->status = run(&w);
}
