/*
 * A thread's connections to the stores, and the stores of the process. Two
 * uses may share one store; a batch then goes to it once.
 */
#ifndef WEIR_STORES_H
#define WEIR_STORES_H

#include "app/base/status.h"
#include "middleware/request.h"

struct pending;
struct settings;
struct stores_shared;

/* Operations in one exec; the requests of a busy turn may take several. */
#define STORE_OPS_MAX 768

/* Per thread. */
struct stores {
	const struct cache_driver *driver[STORE_USES];
	struct cache_conn *conn[STORE_USES]; /* equal when shared */
	struct pending *pending;             /* of the process */
};

enum status stores_open(const struct settings *settings,
    struct stores_shared **out, struct error *err);
void stores_close(struct stores_shared *shared);

enum status stores_connect(
    struct stores_shared *shared, struct stores *out, struct error *err);
void stores_disconnect(struct stores *stores);

/*
 * Runs the planned batches of n requests, one exec a store. Each operation has
 * its own status afterwards; what was read lives in the arena of its request.
 */
void stores_run(struct stores *stores, struct request *const *reqs, size_t n);

/*
 * Runs ops for one use on the request's own thread, under STORE_TIMEOUT. May
 * block unless the store is inline and the operations are GET and COUNT.
 */
enum status stores_exec(struct request *req, enum store_use use,
    struct cache_op *const *ops, size_t n);

/* The incarnation of the store, after a successful exec. */
void stores_incarnation(const struct request *req, enum store_use use,
    uint8_t out[INCARNATION_BYTES]);

/* Once a second, on a thread that may block: see cache_driver.upkeep and
 * pending.h. */
void stores_upkeep(struct stores *stores);

#endif
