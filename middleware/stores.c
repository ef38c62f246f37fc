#include "middleware/stores.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/settings.h"
#include "middleware/pending.h"
#include "middleware/tags.h"

#define RETRY_MS 500

struct stores_shared {
	struct pending *pending;
	const struct cache_driver *driver[STORE_USES];
	struct cache *cache[STORE_USES]; /* equal when shared */
};

static enum status
open_driver(struct stores_shared *shared, enum store_use use, const char *name,
    const struct settings *settings, struct error *err)
{
	const struct cache_driver *driver = cache_driver_find(str_of(name));

	if (driver == NULL)
		return error_set(
		    err, ST_INVALID, "there is no store called \"%s\"", name);
	if (driver->room != CACHE_INLINE)
		return error_set(err, ST_INVALID,
		    "the store \"%s\" cannot serve requests yet", name);
	shared->driver[use] = driver;
	if (use != STORE_CACHE && driver == shared->driver[STORE_CACHE]) {
		shared->cache[use] = shared->cache[STORE_CACHE];
		return ST_OK;
	}
	return driver->open(settings, &shared->cache[use], err);
}

enum status
stores_open(const struct settings *settings, struct stores_shared **out,
    struct error *err)
{
	struct stores_shared *shared = calloc(1, sizeof(*shared));
	const char *limit = settings->limit_driver;
	enum status st;

	if (shared == NULL)
		abort();
	shared->pending = pending_new();
	if (limit[0] == '\0')
		limit = settings->cache_driver;
	st = open_driver(
	    shared, STORE_CACHE, settings->cache_driver, settings, err);
	if (st == ST_OK)
		st = open_driver(shared, STORE_LIMIT, limit, settings, err);
	if (st != ST_OK) {
		stores_close(shared);
		return st;
	}
	*out = shared;
	return ST_OK;
}

void
stores_close(struct stores_shared *shared)
{
	if (shared == NULL)
		return;
	if (shared->cache[STORE_LIMIT] != NULL &&
	    shared->cache[STORE_LIMIT] != shared->cache[STORE_CACHE])
		shared->driver[STORE_LIMIT]->close(shared->cache[STORE_LIMIT]);
	if (shared->cache[STORE_CACHE] != NULL)
		shared->driver[STORE_CACHE]->close(shared->cache[STORE_CACHE]);
	pending_free(shared->pending);
	free(shared);
}

enum status
stores_connect(
    struct stores_shared *shared, struct stores *out, struct error *err)
{
	memset(out, 0, sizeof(*out));
	out->pending = shared->pending;
	for (int use = 0; use < STORE_USES; use++) {
		enum status st;

		out->driver[use] = shared->driver[use];
		if (use > 0 && shared->cache[use] == shared->cache[0]) {
			out->conn[use] = out->conn[0];
			continue;
		}
		st = shared->driver[use]->connect(
		    shared->cache[use], &out->conn[use], err);
		if (st != ST_OK) {
			stores_disconnect(out);
			return st;
		}
	}
	return ST_OK;
}

void
stores_disconnect(struct stores *stores)
{
	for (int use = STORE_USES; use-- > 0;) {
		if (stores->conn[use] == NULL ||
		    (use > 0 && stores->conn[use] == stores->conn[0]))
			continue;
		stores->driver[use]->disconnect(stores->conn[use]);
	}
	memset(stores, 0, sizeof(*stores));
}

/* Gathers the operations that go to one connection. */
struct gathered {
	struct cache_op *ops[STORE_OPS_MAX];
	size_t n;
};

/* Every request numbers its groups from 1: `place` keeps them apart. */
static void
gather(
    struct gathered *all, struct request *req, enum store_use use, size_t place)
{
	struct batch *batch = &req->batch[use];

	for (size_t i = 0; i < batch->n; i++) {
		struct cache_op *op = &batch->ops[i];

		if (op->group != 0)
			op->group += (uint32_t)(place * BATCH_OPS_MAX);
		op->arena = req->arena;
		all->ops[all->n++] = op;
	}
}

static void
run_gathered(struct stores *stores, enum store_use use, struct gathered *all,
    int64_t deadline_ms)
{
	/* What went wrong stands in each operation's own status. */
	if (all->n > 0)
		(void)stores->driver[use]->exec(
		    stores->conn[use], all->ops, all->n, deadline_ms);
	all->n = 0;
}

/* As many requests as fit into one batch; returns how many. */
static size_t
run_some(struct stores *stores, struct request *const *reqs, size_t n,
    struct gathered *all)
{
	bool shared = stores->conn[STORE_LIMIT] == stores->conn[STORE_CACHE];
	size_t fit = STORE_OPS_MAX / (STORE_USES * BATCH_OPS_MAX);
	int64_t deadline = clock_boot_ms() + reqs[0]->settings->store_timeout;

	n = n < fit ? n : fit;
	for (size_t i = 0; i < n; i++)
		gather(all, reqs[i], STORE_LIMIT, i);
	if (!shared)
		run_gathered(stores, STORE_LIMIT, all, deadline);
	for (size_t i = 0; i < n; i++)
		gather(all, reqs[i], STORE_CACHE, i);
	run_gathered(stores, STORE_CACHE, all, deadline);
	return n;
}

void
stores_run(struct stores *stores, struct request *const *reqs, size_t n)
{
	struct gathered all = { .n = 0 };

	while (n > 0) {
		size_t done = run_some(stores, reqs, n, &all);

		reqs += done;
		n -= done;
	}
}

/* A batch of GET and COUNT on an inline store waits for nobody. */
static bool
may_run_here(const struct request *req, enum store_use use,
    struct cache_op *const *ops, size_t n)
{
	bool waits = req->stores->driver[use]->room != CACHE_INLINE;

	for (size_t i = 0; i < n; i++)
		waits = waits || (ops[i]->kind != CACHE_GET &&
				     ops[i]->kind != CACHE_COUNT);
	return req->may_block || !waits;
}

enum status
stores_exec(struct request *req, enum store_use use,
    struct cache_op *const *ops, size_t n)
{
	int64_t deadline_ms = clock_boot_ms() + req->settings->store_timeout;

	assert(may_run_here(req, use, ops, n));
	for (size_t i = 0; i < n; i++)
		ops[i]->arena = req->arena;
	return req->stores->driver[use]->exec(
	    req->stores->conn[use], ops, n, deadline_ms);
}

void
stores_incarnation(const struct request *req, enum store_use use,
    uint8_t out[INCARNATION_BYTES])
{
	req->stores->driver[use]->incarnation(req->stores->conn[use], out);
}

static enum status
tag_delete(void *ctx, struct str tag)
{
	size_t found;

	return tags_delete(ctx, &tag, 1, clock_boot_ms() + RETRY_MS, &found);
}

void
stores_upkeep(struct stores *stores)
{
	for (int use = 0; use < STORE_USES; use++) {
		if (use > 0 && stores->conn[use] == stores->conn[0])
			continue;
		if (stores->driver[use]->upkeep != NULL)
			stores->driver[use]->upkeep(stores->conn[use]);
	}
	pending_retry(stores->pending, tag_delete, stores);
}
