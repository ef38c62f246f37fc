/*
 * A store of small values that expire: the response cache, the tags, the rate
 * limits, the sessions and the Cache API live in one. A driver executes
 * batches: one call is at most one round trip to each server of the store. A
 * driver is a const struct in the table of cache.c; tests/contract runs the
 * same suite over every row of it.
 */
#ifndef WEIR_CACHE_H
#define WEIR_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct cache;
struct cache_config;
struct cache_conn;

#define CACHE_KEY_MAX     1024
#define CACHE_SPACE_MAX   80
#define CACHE_SHARD_MAX   64
#define CACHE_TTL_MAX     315360000 /* ten years, seconds */
#define CACHE_COUNT_MAX   16000000  /* highest limit of a counter */
#define CACHE_GROUP_MAX   32        /* operations that count together */
#define CACHE_LIST_MAX    1000      /* keys of one page */
#define INCARNATION_BYTES 16

/*
 * A name space: its keys are its own, in every store. The name is 1 to
 * CACHE_SPACE_MAX characters of a-z, 0-9, ".", "_" and "-". Lives as long as
 * the operations that point to it.
 */
struct cache_space {
	struct str name;
	/* May be listed and flushed. Its keys may lie on any server, and move
	 * to another while theirs is away; all others never move, so that no
	 * old value comes back. */
	bool open;
};

enum cache_kind {
	CACHE_GET,   /* value: out, ST_MISSING when absent or expired */
	CACHE_SET,   /* value, ttl: in; ST_TOO_BIG, ST_FULL: nothing is left
		      * under the key */
	CACHE_ADD,   /* as SET, but ST_EXISTS when there is a live value */
	CACHE_DEL,   /* ST_MISSING when there was nothing */
	CACHE_PULL,  /* GET and DEL in one: only one of many callers gets it */
	CACHE_TOUCH, /* sets ttl anew; ST_MISSING when absent */
	CACHE_COUNT, /* adds one to a counter, see below */
	CACHE_LOOK   /* tells what COUNT would find, and counts nothing */
};

/* How a counter forgets. No span of ttl seconds ever has more than `limit`
 * counts with the second; what the others let pass is told at each. */
enum cache_algorithm {
	CACHE_FIXED,   /* a window from the first count, then all at once:
			* up to twice the limit around its end */
	CACHE_SLIDING, /* each count on its own, ttl to ttl * 16/15 later */
	CACHE_GCRA     /* steadily, one each ttl/limit (the generic cell rate
			* algorithm, ITU-T I.371): `burst` at once, and in ttl
			* up to limit + burst */
};

/*
 * One operation. The caller fills kind, space, key and the inputs; exec fills
 * status and the outputs. A value read lives in the arena of its operation,
 * since a batch may carry the operations of many requests.
 *
 * COUNT: a counter's window begins with its first count and lasts ttl seconds;
 * its expiry is set with that count. At most `limit` counts succeed in a
 * window; one more is ST_REFUSED and changes nothing that anyone sees. COUNT
 * operations of one batch that share a non-zero `group` (at most
 * CACHE_GROUP_MAX) count all or none, and all get the same status: when one is
 * used up, none has counted, all are ST_REFUSED, and `count` equal to
 * cache_op_quota() tells which were used up. `count` is the window's count
 * after the call, also when refused, and never above the quota; `reset_ms` is
 * the time until the window ends, or more has room by the other algorithms, 0
 * when nothing is counted. memcached's groups are not atomic: what a refused
 * one has counted is taken back a moment later, and others may be refused for
 * it meanwhile, but never more pass (memcached_counters.h).
 *
 * A `soft` operation refuses nobody: without room it is ST_REFUSED and does not
 * count, while the others of its group do. `lockout`: a refusal for want of
 * room closes the counter for ttl seconds from then on; later refusals do not
 * prolong that. A soft operation closes none, for it would refuse others.
 *
 * Counters have a name space of their own: no other operation sees them, except
 * that DEL with `counter` set ends one, and LOOK reads one: ST_OK, with count
 * and reset_ms. Whoever names a counter names its ttl, algorithm, lockout,
 * limit and burst too, always the same while it lives: what a fixed counter
 * holds is not found by another algorithm, and the reverse.
 */
struct cache_op {
	enum cache_kind kind;
	enum status status;
	const struct cache_space *space;
	struct str key; /* 1 to CACHE_KEY_MAX bytes, none below 0x20 or 0x7f */
	/* The keys of one shard lie on one node of a cluster, 1 to
	 * CACHE_SHARD_MAX characters of a-z, 0-9, ".", "_" and "-"; STR_NULL:
	 * wherever the key says. All counters of a batch have one shard. */
	struct str shard;
	struct str value;    /* SET, ADD: in; GET, PULL: out */
	struct arena *arena; /* GET, PULL: where the value is put */
	uint32_t ttl;        /* seconds, 0 = never; COUNT: the window, >= 1 */
	uint32_t limit;      /* COUNT, LOOK: 1 to CACHE_COUNT_MAX */
	uint32_t burst;      /* of CACHE_GCRA: 1 to limit */
	uint32_t group;      /* COUNT */
	enum cache_algorithm algorithm;
	bool lockout;
	bool soft;        /* COUNT */
	bool counter;     /* DEL: ends a counter instead of a value */
	uint32_t count;   /* COUNT, LOOK: out */
	int64_t reset_ms; /* COUNT, LOOK: out */
	/*
	 * GET, ADD: out, also when missing. Identifies this life of the server
	 * that answered: it changes when that may have lost or brought back
	 * data (restart, wipe, fail-over).
	 */
	uint8_t incarnation[INCARNATION_BYTES];
};

/* What all drivers refuse with ST_INVALID: keys, times and limits out of
 * range. */
bool cache_op_valid(const struct cache_op *op);

/* COUNT, LOOK, and DEL of a counter. */
bool cache_op_counts(const struct cache_op *op);

/* A counter of a fixed window without a lock-out: a number and its expiry are
 * all that a store has to keep of it. */
bool cache_op_is_fixed(const struct cache_op *op);

/* Whether its refusal for want of room closes the counter. */
bool cache_op_locks(const struct cache_op *op);

/* How many may be counted at once: the burst of CACHE_GCRA, else the limit. */
uint32_t cache_op_quota(const struct cache_op *op);

/* Gives all n operations one status; returns it. */
enum status cache_ops_fail(
    struct cache_op *const *ops, size_t n, enum status st);

/* Operations that are run together, as exec's, while the caller goes on. */
struct cache_batch {
	struct cache_op *const *ops;
	size_t n;
	int64_t deadline_ms;
	enum status status;       /* out: what exec would return */
	void *owner;              /* the caller's own */
	struct cache_batch *next; /* of the list it is in */
};

/* Keys of an open space, a page at a time. */
struct cache_page {
	struct str prefix; /* in: only keys that begin so; "": all */
	struct str cursor; /* in: where to go on, "": the beginning; out: the
			    * same for the next page, "": this is the last.
			    * Printable ASCII without blanks, & and +. */
	size_t limit;      /* in: 1 to CACHE_LIST_MAX keys */
	struct arena *arena;
	struct str *keys; /* out, in the arena, in no order */
	size_t n;         /* out: at most limit; may be 0 before the last */
};

/* -1: the store does not know. */
struct cache_stats {
	int64_t hits;
	int64_t misses;
	int64_t items;
	int64_t bytes;
	int64_t bytes_limit;
	int64_t evictions;
};

/* Where the operations of requests in the front are run. */
enum cache_room {
	CACHE_INLINE, /* exec never waits on anyone: the front calls it */
	CACHE_LOOP,   /* submit and reap, with a descriptor of the loop */
	CACHE_THREAD  /* exec may wait: a store thread calls it */
};

struct cache_driver {
	const char *name;
	enum cache_room room;
	/*
	 * Process-wide, once for each config, whose texts are borrowed for the
	 * call only. A store that is away now is no failure: exec notices.
	 * ST_INVALID or ST_UNAVAILABLE (local, file: the folder) with err.
	 */
	enum status (*open)(const struct cache_config *config,
	    struct cache **out, struct error *err);
	/* After the last connection. */
	void (*close)(struct cache *cache);
	/*
	 * One connection serves one thread at a time. Does no I/O that exec
	 * would not repeat: a store that is down is noticed by exec.
	 */
	enum status (*connect)(
	    struct cache *cache, struct cache_conn **out, struct error *err);
	void (*disconnect)(struct cache_conn *conn);
	/*
	 * Runs ops[0..n); operations on one key in their order. Returns ST_OK
	 * when each op has its own status; else ST_UNAVAILABLE or ST_TIMEOUT,
	 * which then is also the status of every op that was not done for
	 * certain (of several servers the others may have answered).
	 * deadline_ms is in clock_boot_ms() time. CACHE_INLINE drivers never
	 * block in a batch of GET and COUNT. A store that was away is tried
	 * again within a second, and costs no wait meanwhile.
	 */
	enum status (*exec)(struct cache_conn *conn,
	    struct cache_op *const *ops, size_t n, int64_t deadline_ms);
	/*
	 * CACHE_LOOP only. loop_fd is readable (level) while reap() has
	 * something to do, and the same as long as the connection lives.
	 * submit() never waits; operations and batch belong to the driver
	 * until reap() returns the batch, linked through next. reap() moves on
	 * and ends every batch past its deadline.
	 */
	int (*loop_fd)(const struct cache_conn *conn);
	void (*submit)(struct cache_conn *conn, struct cache_batch *batch);
	struct cache_batch *(*reap)(struct cache_conn *conn, int64_t now_ms);
	/* Optional: the store cannot enumerate. ST_INVALID: the cursor is
	 * none. */
	enum status (*list)(struct cache_conn *conn,
	    const struct cache_space *space, struct cache_page *page,
	    int64_t deadline_ms, struct error *err);
	/* Deletes all values of an open space: those that were there when it
	 * was called are gone when it returns ST_OK. */
	enum status (*flush)(struct cache_conn *conn,
	    const struct cache_space *space, int64_t deadline_ms,
	    struct error *err);
	/* Of the whole store. */
	enum status (*stats)(struct cache_conn *conn, struct cache_stats *out,
	    int64_t deadline_ms, struct error *err);
	/* Does it answer, and may we read and write? The error says what to
	 * do about it. */
	enum status (*ping)(
	    struct cache_conn *conn, int64_t deadline_ms, struct error *err);
	/* Optional upkeep, called about once a second by a thread that may
	 * block: expiry, eviction, dead readers. */
	void (*upkeep)(struct cache_conn *conn);
};

/* NULL when no driver has that name. */
const struct cache_driver *cache_driver_find(struct str name);

/* All drivers built in; NULL ends the list. */
extern const struct cache_driver *const cache_drivers[];

#endif
