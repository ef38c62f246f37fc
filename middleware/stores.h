/*
 * The stores of the process by what they are used for, and a thread's
 * connections to them. Two uses may share one store; the operations of both
 * then go to it in one batch.
 */
#ifndef WEIR_STORES_H
#define WEIR_STORES_H

#include "app/base/status.h"
#include "middleware/request.h"
#include "middleware/store.h"

struct leases;
struct meter;
struct meters;
struct pending;
struct readiness;
struct settings;
struct tallies;
struct tally_sheet;

/* The spaces that are the platform's own (cache.h). */
extern const struct cache_space space_responses; /* entries and their tags */
extern const struct cache_space space_limits;
extern const struct cache_space space_sessions;

/* The shard of all counters. */
#define SHARD_LIMITS STR("limits")

/* Uses that are set for the whole process; STORE_SERVICE is each service's. */
#define STORE_SHARED_USES STORE_SERVICE

/* Of the process. */
struct stores_shared {
	struct store_table *table; /* where services find and share theirs */
	struct pending *pending;
	struct tallies *tallies;     /* of what the cache does */
	struct leases *leases;       /* that this process holds */
	struct readiness *readiness; /* whether all answer */
	struct meters *meters;       /* NULL: nothing is counted for /metrics */
	struct store *store[STORE_SHARED_USES]; /* equal when shared */
};

/* Opens the store of each use that is set for the process: CACHE_DRIVER,
 * LIMIT_CACHE_DRIVER, SESSION_DRIVER. */
enum status stores_open(const struct settings *settings,
    struct stores_shared **out, struct error *err);
void stores_close(struct stores_shared *shared);

/* The store of a use, not of STORE_SERVICE; lives as long as shared. */
struct store *stores_of(const struct stores_shared *shared, enum store_use use);

/* A thread's connection to one store. */
struct store_conn {
	struct store *store;
	struct cache_conn *conn;
	struct store_conn *next;
};

/* Per thread: its connections, made when they are first needed. */
struct stores {
	struct stores_shared *shared;
	struct pending *pending; /* of the process */
	struct store_conn *conns;
	struct tally_sheet *sheet; /* made when first counted on */
	struct meter *meter;       /* the same */
	unsigned epoch;            /* of the store table, when last tidied */
};

void stores_connect(struct stores_shared *shared, struct stores *out);
void stores_disconnect(struct stores *stores);

/* This thread's connection to a store that is held, or NULL with err. Ends with
 * stores_disconnect() or when the store is retired, at the next call. */
struct cache_conn *stores_conn(
    struct stores *stores, struct store *store, struct error *err);

/* The store that a request's operations of a use go to. */
struct store *stores_of_request(const struct request *req, enum store_use use);

/*
 * Worker only: runs ops for one use on the request's own thread, under
 * STORE_TIMEOUT. Fills in their arena.
 */
enum status stores_exec(struct request *req, enum store_use use,
    struct cache_op *const *ops, size_t n);

/* The same until deadline_ms. */
enum status stores_exec_until(struct request *req, enum store_use use,
    struct cache_op *const *ops, size_t n, int64_t deadline_ms);

/* Once a second, on a thread that may block: see cache_driver.upkeep and
 * pending.h, tallies_share(). */
void stores_upkeep(struct stores *stores);

#endif
