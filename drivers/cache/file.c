#include "drivers/cache/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "drivers/cache/file_conn.h"
#include "drivers/cache/file_counters.h"
#include "drivers/cache/file_list.h"
#include "drivers/cache/file_state.h"
#include "drivers/cache/file_store.h"
#include "drivers/cache/file_sweep.h"
#include "drivers/cache/file_trash.h"
#include "drivers/cache/file_values.h"

#define UPKEEP_MS 1000 /* longest wait of the upkeep for another process */
#define FLUSH_MS  100  /* of the files of a flush are removed at once */
#define ALL       (-1) /* no store is smaller */

/* The worse of two: one operation that failed spoils no other. */
static enum status
worse(enum status a, enum status b)
{
	if (a == ST_UNAVAILABLE || b == ST_UNAVAILABLE)
		return ST_UNAVAILABLE;
	return a == ST_TIMEOUT || b == ST_TIMEOUT ? ST_TIMEOUT : ST_OK;
}

static enum status
exec(struct cache_conn *conn, struct cache_op *const *ops, size_t n,
    int64_t deadline_ms)
{
	enum status st = file_conn_attach(conn, deadline_ms, NULL);

	if (st != ST_OK)
		return cache_ops_fail(
		    ops, n, st == ST_TIMEOUT ? ST_TIMEOUT : ST_UNAVAILABLE);
	/* Counters and values do not see each other: either may come first. */
	st = file_counters_run(&conn->store, ops, n, deadline_ms);
	for (size_t i = 0; i < n; i++) {
		if (cache_op_counts(ops[i]))
			continue;
		if (clock_boot_ms() < deadline_ms)
			file_values_run(&conn->store, ops[i], deadline_ms);
		else
			ops[i]->status = ST_TIMEOUT; /* the disk is slow */
		st = worse(st, ops[i]->status);
	}
	file_conn_report(conn, st);
	return st;
}

static enum status
list(struct cache_conn *conn, const struct cache_space *space,
    struct cache_page *page, int64_t deadline_ms, struct error *err)
{
	enum status st = file_conn_attach(conn, deadline_ms, err);

	return st == ST_OK
		   ? file_list(&conn->store, space, page, deadline_ms, err)
		   : st;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static enum status
flush(struct cache_conn *conn, const struct cache_space *space,
    int64_t deadline_ms, struct error *err)
{
	struct file_store *store = &conn->store;
	enum status st = file_conn_attach(conn, deadline_ms, err);

	if (st != ST_OK)
		return st;
	st = file_trash_put(store, space->name, deadline_ms);
	if (st == ST_TIMEOUT)
		return error_set(err, st, "the file store took too long");
	if (st != ST_OK)
		return error_set(err, st, "%s: %s", store->folder.path,
		    strerror(st == ST_FULL ? ENOSPC : store->reason));
	file_trash_empty(
	    store, sooner(clock_boot_ms() + FLUSH_MS, deadline_ms), ALL);
	return ST_OK;
}

static enum status
stats(struct cache_conn *conn, struct cache_stats *out, int64_t deadline_ms,
    struct error *err)
{
	enum status st = file_conn_attach(conn, deadline_ms, err);

	if (st != ST_OK)
		return st;
	*out = (struct cache_stats){
		.hits = -1,
		.misses = -1,
		.items = file_state_items(conn->store.state),
		.bytes = file_state_bytes(conn->store.state),
		.bytes_limit = conn->store.limit,
		.evictions = atomic_load(&conn->store.state->evictions),
	};
	return ST_OK;
}

/* Writes, reads and removes a file of one byte. */
static bool
probe(const struct file_store *store)
{
	const char *name = store->temporary;
	char byte = 'p';
	bool done;
	int keep;
	int fd = openat(store->folder.fd, name,
	    O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return false;
	done = pwrite(fd, &byte, 1, 0) == 1 && pread(fd, &byte, 1, 0) == 1;
	keep = errno;
	(void)close(fd);
	if (unlinkat(store->folder.fd, name, 0) != 0 && done)
		return false;
	errno = keep;
	return done;
}

static const char *
remedy(int reason)
{
	switch (reason) {
	case ENOSPC:
	case EDQUOT:
		return "free some space there, or lower CACHE_DISK";
	case EACCES:
	case EPERM:
		return "give it to the user that weir runs as";
	case EROFS:
		return "mount it for writing, or set CACHE_PATH to another "
		       "folder";
	default:
		return "look after its disk, or set CACHE_PATH to another "
		       "folder";
	}
}

static enum status
ping(struct cache_conn *conn, int64_t deadline_ms, struct error *err)
{
	enum status st = file_conn_attach(conn, deadline_ms, err);

	if (st != ST_OK)
		return st;
	if (probe(&conn->store))
		return ST_OK;
	return error_set(err, ST_UNAVAILABLE,
	    "the file store cannot write to %s: %s; %s",
	    conn->store.folder.path, strerror(errno), remedy(errno));
}

static void
upkeep(struct cache_conn *conn)
{
	if (file_conn_attach(conn, clock_boot_ms() + UPKEEP_MS, NULL) == ST_OK)
		file_sweep(&conn->store);
}

const struct cache_driver file_driver = {
	.name = "file",
	.room = CACHE_THREAD,
	.open = file_cache_open,
	.close = file_cache_close,
	.connect = file_conn_open,
	.disconnect = file_conn_close,
	.exec = exec,
	.list = list,
	.flush = flush,
	.stats = stats,
	.ping = ping,
	.upkeep = upkeep,
};
