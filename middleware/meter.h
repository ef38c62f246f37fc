/*
 * What a thread counts of its answers: a sheet of plain numbers, in memory that
 * the processes of a host share (meters.h). To count takes neither a lock nor
 * memory. What was counted stays when its thread or its process ends.
 */
#ifndef WEIR_METER_H
#define WEIR_METER_H

#include <stdatomic.h>
#include <stdint.h>

#include "app/base/log.h"
#include "middleware/meter_route.h"
#include "middleware/timing.h"
#include "middleware/verdict.h"

/* Kinds of answer that one sheet tells apart; others are only counted. */
#define METER_PLACES 2048u

/* Of times: up to each of meter_bounds_us, and above all of them. */
#define METER_BOUNDS  17u
#define METER_BUCKETS (METER_BOUNDS + 1)

extern const int64_t meter_bounds_us[METER_BOUNDS];

/* What is not counted, but stands as it is now: of a process. */
enum meter_gauge {
	GAUGE_PROCESSES, /* 1 */
	GAUGE_WORKERS,
	GAUGE_QUEUE, /* requests that wait for one */
	GAUGE_QUEUE_LIMIT,
	GAUGE_POOL_TAKEN, /* connections of all databases */
	GAUGE_POOL_IDLE,
	GAUGE_POOL_LIMIT,
	GAUGE_SNAPSHOT_MS, /* clock_boot_ms() when it was known to be good */
	METER_GAUGES
};

struct meter_histogram {
	_Atomic uint64_t bucket[METER_BUCKETS]; /* each alone */
	_Atomic uint64_t sum_us;
};

struct meter_place {
	_Atomic uint32_t code; /* 0: free; 1: being taken; see meter_code() */
	_Atomic int64_t service_id;
	_Atomic uint64_t count;
};

/* All zero is an empty one. */
struct meter {
	_Atomic uint64_t cache[CACHE_VERDICTS];
	_Atomic uint64_t limit[LIMIT_VERDICTS];
	_Atomic uint64_t bytes; /* of bodies */
	_Atomic uint64_t other; /* answers without a place */
	_Atomic uint64_t dropped[LOGS];
	struct meter_histogram whole;
	struct meter_histogram phase[PHASES];
	_Atomic int64_t gauge[METER_GAUGES];
	struct meter_place places[METER_PLACES];
	struct meter_route routes[METER_ROUTES];
};

/* One answer. */
struct meter_answer {
	int64_t service_id; /* 0: of no service */
	enum method method;
	int status; /* 0 to 999 */
	enum cache_verdict cache;
	enum limit_verdict limit;
	uint64_t bytes;
	int64_t whole_us;
	const struct timing *timing;
	struct str route; /* within its service; STR_NULL: not told apart */
};

/* Any thread; one of its own makes it some nanoseconds. */
void meter_count(struct meter *m, const struct meter_answer *a);

/* Verdict of the cache, method and status of a place's code. */
#define METER_TAKEN 0x80000000u

static inline uint32_t
meter_code(enum cache_verdict verdict, enum method method, int status)
{
	return METER_TAKEN | (uint32_t)verdict << 24 | (uint32_t)method << 16 |
	       (uint32_t)status;
}

static inline enum cache_verdict
meter_verdict(uint32_t code)
{
	return (enum cache_verdict)(code >> 24 & 0x7f);
}

static inline enum method
meter_method(uint32_t code)
{
	return (enum method)(code >> 16 & 0xff);
}

static inline int
meter_status(uint32_t code)
{
	return (int)(code & 0xffff);
}

#endif
