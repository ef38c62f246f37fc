#include "middleware/lane.h"

#include <stdlib.h>

#include "drivers/cache/cache.h"
#include "middleware/store.h"
#include "middleware/store_thread.h"

struct lane {
	struct store *store;
	struct cache_conn *conn;     /* inline, loop */
	struct store_thread *thread; /* any other */
	struct cache_batch *done;    /* inline */
	size_t n_open;               /* batches under way, inline and loop */
};

static enum status
way_open(struct lane *lane, struct error *err)
{
	const struct cache_driver *driver = lane->store->driver;

	if (driver->room == CACHE_THREAD)
		return store_thread_open(lane->store, &lane->thread, err);
	return driver->connect(lane->store->cache, &lane->conn, err);
}

enum status
lane_open(struct store *store, struct lane **out, struct error *err)
{
	struct lane *lane = calloc(1, sizeof(*lane));
	enum status st;

	if (lane == NULL)
		abort();
	lane->store = store_ref(store);
	st = way_open(lane, err);
	if (st != ST_OK) {
		lane_close(lane);
		return st;
	}
	*out = lane;
	return ST_OK;
}

void
lane_close(struct lane *lane)
{
	if (lane->thread != NULL)
		store_thread_close(lane->thread);
	if (lane->conn != NULL)
		lane->store->driver->disconnect(lane->conn);
	store_unref(lane->store);
	free(lane);
}

int
lane_fd(const struct lane *lane)
{
	switch (lane->store->driver->room) {
	case CACHE_INLINE:
		break;
	case CACHE_LOOP:
		return lane->store->driver->loop_fd(lane->conn);
	case CACHE_THREAD:
		return store_thread_fd(lane->thread);
	}
	return -1;
}

static void
run_inline(struct lane *lane, struct cache_batch *batch)
{
	batch->status = lane->store->driver->exec(
	    lane->conn, batch->ops, batch->n, batch->deadline_ms);
	batch->next = lane->done;
	lane->done = batch;
}

void
lane_submit(struct lane *lane, struct cache_batch *batch)
{
	switch (lane->store->driver->room) {
	case CACHE_INLINE:
		run_inline(lane, batch);
		break;
	case CACHE_LOOP:
		lane->n_open++;
		lane->store->driver->submit(lane->conn, batch);
		break;
	case CACHE_THREAD:
		store_thread_submit(lane->thread, batch);
		break;
	}
}

static struct cache_batch *
reap_loop(struct lane *lane, int64_t now_ms)
{
	struct cache_batch *list =
	    lane->store->driver->reap(lane->conn, now_ms);

	for (const struct cache_batch *b = list; b != NULL; b = b->next)
		lane->n_open--;
	return list;
}

struct cache_batch *
lane_reap(struct lane *lane, int64_t now_ms)
{
	struct cache_batch *list = lane->done;

	switch (lane->store->driver->room) {
	case CACHE_INLINE:
		break;
	case CACHE_LOOP:
		return reap_loop(lane, now_ms);
	case CACHE_THREAD:
		return store_thread_reap(lane->thread, now_ms);
	}
	lane->done = NULL;
	return list;
}

int64_t
lane_deadline(const struct lane *lane)
{
	return lane->thread == NULL ? INT64_MAX
				    : store_thread_deadline(lane->thread);
}

bool
lane_is_idle(const struct lane *lane)
{
	if (lane->thread != NULL)
		return store_thread_is_idle(lane->thread);
	return lane->n_open == 0 && lane->done == NULL;
}
