/*
 * A store of small values that expire: the response cache, the tags, the rate
 * limits and the Cache API live in one. A driver executes batches: one call is
 * at most one round trip. A driver is a const struct in the table of cache.c;
 * tests/contract runs the same suite over every row of it.
 */
#ifndef WEIR_CACHE_H
#define WEIR_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct settings;
struct cache;
struct cache_conn;

#define CACHE_KEY_MAX     1024
#define CACHE_TTL_MAX     315360000 /* ten years, seconds */
#define CACHE_COUNT_MAX   16000000  /* highest limit of a counter */
#define CACHE_GROUP_MAX   32        /* operations that count together */
#define INCARNATION_BYTES 16

enum cache_kind {
	CACHE_GET,   /* value: out, ST_MISSING when absent or expired */
	CACHE_SET,   /* value, ttl: in; ST_TOO_BIG, ST_FULL: nothing is left
		      * under the key */
	CACHE_ADD,   /* as SET, but ST_EXISTS when there is a live value */
	CACHE_DEL,   /* ST_MISSING when there was nothing */
	CACHE_TOUCH, /* sets ttl anew; ST_MISSING when absent */
	CACHE_COUNT  /* adds one to a windowed counter, see below */
};

/*
 * One operation. The caller fills kind, key and the inputs; exec fills status
 * and the outputs. A value read lives in the arena of its operation, since a
 * batch may carry the operations of many requests.
 *
 * COUNT: a counter's window begins with its first count and lasts ttl seconds;
 * its expiry is set with that count. At most `limit` counts succeed in a
 * window; one more is ST_REFUSED and changes nothing. COUNT operations of one
 * batch that share a non-zero `group` (at most CACHE_GROUP_MAX) count all or
 * none, and all get the same status: when one is used up, none has counted,
 * all are ST_REFUSED, and `count >= limit` tells which were used up. `count` is
 * the window's count after the call, also when refused; `reset_ms` is the time
 * until the window ends, 0 when none has begun. Counters have a name space of
 * their own: no other operation sees them, except that DEL with `counter` set
 * ends a window.
 */
struct cache_op {
	enum cache_kind kind;
	enum status status;
	struct str key;      /* 1 to CACHE_KEY_MAX bytes, any bytes */
	struct str value;    /* SET, ADD: in; GET: out */
	struct arena *arena; /* GET: where the value is put */
	uint32_t ttl;        /* seconds, 0 = never; COUNT: the window, >= 1 */
	uint32_t limit;      /* COUNT: 1 to CACHE_COUNT_MAX */
	uint32_t group;      /* COUNT */
	bool counter;        /* DEL: ends a counter instead of a value */
	uint32_t count;      /* COUNT: out */
	int64_t reset_ms;    /* COUNT: out */
};

/* Where the operations of requests in the front are run. */
enum cache_room {
	CACHE_INLINE, /* exec never waits on anyone: the front calls it */
	CACHE_THREAD  /* exec may wait: a store thread calls it */
};

struct cache_stats {
	uint64_t entries;
	uint64_t bytes_used;
	uint64_t bytes_limit;
	uint64_t evictions;
};

struct cache_driver {
	const char *name;
	enum cache_room room;
	/* Process-wide; called once. ST_INVALID or ST_UNAVAILABLE with err. */
	enum status (*open)(const struct settings *settings, struct cache **out,
	    struct error *err);
	void (*close)(struct cache *cache);
	/*
	 * One connection serves one thread at a time. Does no I/O that exec
	 * would not repeat: a store that is down is noticed by exec.
	 */
	enum status (*connect)(
	    struct cache *cache, struct cache_conn **out, struct error *err);
	void (*disconnect)(struct cache_conn *conn);
	/*
	 * Runs ops[0..n) in order. Returns ST_OK when each op has its own
	 * status; else ST_UNAVAILABLE or ST_TIMEOUT, which then is also the
	 * status of every op that was not done for certain. deadline_ms is in
	 * clock_boot_ms() time. CACHE_INLINE drivers never block in a batch of
	 * GET and COUNT.
	 */
	enum status (*exec)(struct cache_conn *conn,
	    struct cache_op *const *ops, size_t n, int64_t deadline_ms);
	/*
	 * Identifies this life of the store: changes when it may have lost or
	 * brought back data (restart, wipe). Valid after a successful exec.
	 */
	void (*incarnation)(
	    struct cache_conn *conn, uint8_t out[INCARNATION_BYTES]);
	/* Optional: NULL when the driver has nothing to say. */
	enum status (*stats)(struct cache_conn *conn, struct cache_stats *out,
	    struct error *err);
	/* Optional upkeep, called about once a second by a thread that may
	 * block: expiry, eviction, dead readers. */
	void (*upkeep)(struct cache_conn *conn);
};

/* NULL when no driver has that name. */
const struct cache_driver *cache_driver_find(struct str name);

/* All drivers built in; NULL ends the list. */
extern const struct cache_driver *const cache_drivers[];

#endif
