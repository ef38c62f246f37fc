/* One call on a cache service: what it names, and its way to the store. */
#ifndef WEIR_SERVICES_CACHE_CALL_H
#define WEIR_SERVICES_CACHE_CALL_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/services/cache/gate.h"
#include "drivers/cache/cache.h"

struct cache_service;
struct request;

/* Most keys that one call may name. */
#define CACHE_CALL_KEYS 1000

/* Most bytes of values that one call may answer with. */
#define CACHE_CALL_BYTES ((size_t)16 << 20)

/* Most bytes of values that are read before they are counted. */
#define CACHE_CHUNK_BYTES ((size_t)128 << 20)

struct cache_call {
	struct request *req;
	const struct cache_service *service;
	struct str key; /* STR_NULL: the service itself */
	int64_t deadline_ms;
	struct cache_visit visit; /* while it may use the store */
};

/*
 * Worker only: fills in the call, and the request's store. ST_INVALID with err
 * when the path holds no key that can be; ST_DENIED when row filters of the
 * role apply, which no key can satisfy.
 */
enum status cache_call_open(
    struct cache_call *c, struct request *req, struct error *err);

/* An operation of this service's space, without its inputs. */
struct cache_op cache_call_op(
    const struct cache_call *c, enum cache_kind kind, struct str key);

/*
 * Runs any number of operations of one kind, as many at a time as a store
 * takes; each has its status then. After a failure of the store the rest is not
 * tried, and has ST_UNAVAILABLE. Returns the first status that is none of
 * ST_OK, ST_MISSING and ST_EXISTS; ST_REFUSED when more than CACHE_CALL_BYTES
 * were read.
 */
enum status cache_call_run(
    const struct cache_call *c, struct cache_op *ops, size_t n);

/* The thread's connection, for what is no operation; NULL with err. */
struct cache_conn *cache_call_conn(
    const struct cache_call *c, struct error *err);

#endif
