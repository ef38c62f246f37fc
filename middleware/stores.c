#include "middleware/stores.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/settings.h"
#include "middleware/leases.h"
#include "middleware/meters.h"
#include "middleware/pending.h"
#include "middleware/readiness.h"
#include "middleware/store_config.h"
#include "middleware/tags.h"
#include "middleware/tallies.h"

#define RETRY_MS 500
#define SHARE_MS 2000

const struct cache_space space_responses = { { "r", 1 }, false };
const struct cache_space space_limits = { { "l", 1 }, false };
const struct cache_space space_sessions = { { "s", 1 }, false };

static const char *
driver_name(const struct settings *settings, enum store_use use)
{
	const char *name = "";

	if (use == STORE_LIMIT)
		name = settings->limit_driver;
	else if (use == STORE_SESSION)
		name = settings->session_driver;
	return name[0] == '\0' ? settings->cache_driver : name;
}

static enum status
open_use(struct stores_shared *shared, enum store_use use,
    const struct settings *settings, struct error *err)
{
	const char *name = driver_name(settings, use);
	const struct cache_driver *driver = cache_driver_find(str_of(name));
	struct store_config config;
	enum status st;

	if (driver == NULL)
		return error_set(err, ST_INVALID,
		    "this weir was built without the store \"%s\"", name);
	st = store_config_find(settings, driver, &config, err);
	if (st != ST_OK)
		return st;
	st = store_take(
	    shared->table, driver, &config.cache, &shared->store[use], err);
	store_config_free(&config);
	return st;
}

enum status
stores_open(const struct settings *settings, struct stores_shared **out,
    struct error *err)
{
	struct stores_shared *shared = calloc(1, sizeof(*shared));
	enum status st = ST_OK;

	if (shared == NULL)
		abort();
	shared->table = store_table_new();
	shared->pending = pending_new();
	shared->tallies = tallies_new();
	shared->leases = leases_new();
	shared->readiness = readiness_new();
	for (int use = 0; use < STORE_SHARED_USES && st == ST_OK; use++)
		st = open_use(shared, (enum store_use)use, settings, err);
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
	for (int use = STORE_SHARED_USES; use-- > 0;)
		if (shared->store[use] != NULL)
			store_give(shared->store[use]);
	store_table_free(shared->table);
	meters_close(shared->meters);
	readiness_free(shared->readiness);
	leases_free(shared->leases);
	tallies_free(shared->tallies);
	pending_free(shared->pending);
	free(shared);
}

struct store *
stores_of(const struct stores_shared *shared, enum store_use use)
{
	assert(use < STORE_SHARED_USES);
	return shared->store[use];
}

void
stores_connect(struct stores_shared *shared, struct stores *out)
{
	*out = (struct stores){
		.shared = shared,
		.pending = shared->pending,
		.epoch = store_table_epoch(shared->table),
	};
}

static void
conn_end(struct store_conn *c)
{
	c->store->driver->disconnect(c->conn);
	store_unref(c->store);
	free(c);
}

void
stores_disconnect(struct stores *stores)
{
	while (stores->conns != NULL) {
		struct store_conn *c = stores->conns;

		stores->conns = c->next;
		conn_end(c);
	}
}

/* Lets go of stores that nobody owns any more. */
static void
tidy(struct stores *stores)
{
	unsigned epoch = store_table_epoch(stores->shared->table);
	struct store_conn **at = &stores->conns;

	if (epoch == stores->epoch)
		return;
	stores->epoch = epoch;
	while (*at != NULL) {
		struct store_conn *c = *at;

		if (!store_is_retired(c->store)) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		conn_end(c);
	}
}

static struct store_conn *
conn_new(struct store *store, struct error *err)
{
	struct store_conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	if (store->driver->connect(store->cache, &c->conn, err) != ST_OK) {
		free(c);
		return NULL;
	}
	c->store = store_ref(store);
	return c;
}

struct cache_conn *
stores_conn(struct stores *stores, struct store *store, struct error *err)
{
	struct store_conn *c;

	tidy(stores);
	for (c = stores->conns; c != NULL; c = c->next)
		if (c->store == store)
			return c->conn;
	c = conn_new(store, err);
	if (c == NULL)
		return NULL;
	c->next = stores->conns;
	stores->conns = c;
	return c->conn;
}

struct store *
stores_of_request(const struct request *req, enum store_use use)
{
	return use == STORE_SERVICE ? req->store
				    : stores_of(req->stores->shared, use);
}

enum status
stores_exec_until(struct request *req, enum store_use use,
    struct cache_op *const *ops, size_t n, int64_t deadline_ms)
{
	struct store *store = stores_of_request(req, use);
	struct cache_conn *conn;

	assert(req->may_block);
	conn = stores_conn(req->stores, store, NULL);
	if (conn == NULL)
		return cache_ops_fail(ops, n, ST_UNAVAILABLE);
	for (size_t i = 0; i < n; i++)
		ops[i]->arena = req->arena;
	return store->driver->exec(conn, ops, n, deadline_ms);
}

enum status
stores_exec(struct request *req, enum store_use use,
    struct cache_op *const *ops, size_t n)
{
	return stores_exec_until(
	    req, use, ops, n, clock_boot_ms() + req->settings->store_timeout);
}

static enum status
tag_delete(void *ctx, struct str tag)
{
	size_t found;

	return tags_delete(ctx, &tag, 1, clock_boot_ms() + RETRY_MS, &found);
}

static void
upkeep_of(struct stores *stores, struct store *store)
{
	struct cache_conn *conn;

	if (store->driver->upkeep == NULL || store_is_retired(store))
		return;
	conn = stores_conn(stores, store, NULL);
	if (conn != NULL)
		store->driver->upkeep(conn);
}

void
stores_upkeep(struct stores *stores)
{
	size_t n;
	struct store **all = store_table_list(stores->shared->table, &n);

	for (size_t i = 0; i < n; i++) {
		upkeep_of(stores, all[i]);
		store_unref(all[i]);
	}
	free(all);
	pending_retry(stores->pending, tag_delete, stores);
	(void)tallies_share(
	    stores->shared->tallies, stores, clock_boot_ms() + SHARE_MS);
}
