/*
 * The sheets (meter.h) of all processes of a host that name the same
 * CACHE_PATH: a file there, a sheet for each thread that counts. A lock of the
 * system on its place says that a sheet is in use, and ends with its process;
 * the next thread counts on where it stood. So no count is ever lost.
 */
#ifndef WEIR_METERS_H
#define WEIR_METERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "middleware/meter.h"

struct arena;
struct meters;
struct settings;

/* Where the folder cannot be used, the counts are this process's alone, and the
 * log says so. */
enum status meters_open(
    const char *folder, struct meters **out, struct error *err);

/* Whether METRICS or METRICS_KEY name somebody who reads them. */
bool meters_wanted(const struct settings *settings);

/* The same as these, CONSOLE and CACHE_PATH say; *out stays as it is when
 * nobody reads them. */
enum status meters_begin(
    const struct settings *settings, struct meters **out, struct error *err);

void meters_close(struct meters *m); /* NULL is harmless */

/* Any thread: one for itself, or one of this process when there is no room for
 * more. Lives as long as the meters. */
struct meter *meters_sheet(struct meters *m);

/* Any thread: so many more lines were not taken by a log. */
void meters_dropped(struct meters *m, enum log_which which, uint64_t n);

/* Any thread: how something stands in this process. */
void meters_gauge(struct meters *m, enum meter_gauge gauge, int64_t value);

struct meter_kind {
	int64_t service_id;
	uint32_t code;
	uint64_t count;
};

struct meter_times {
	uint64_t bucket[METER_BUCKETS]; /* each alone */
	uint64_t sum_us;
};

/* All sheets in one. */
struct meter_sum {
	struct meter_kind *kinds; /* in the arena, each once, in order */
	size_t n_kinds;
	struct meter_route_sum *routes; /* the same; names in the arena */
	size_t n_routes;
	uint64_t other;
	uint64_t bytes;
	uint64_t dropped[LOGS];
	uint64_t cache[CACHE_VERDICTS];
	uint64_t limit[LIMIT_VERDICTS];
	struct meter_times whole;
	struct meter_times phase[PHASES];
	int64_t gauge[METER_GAUGES]; /* of the processes that run */
	int64_t oldest_snapshot_ms;  /* 0: none is known */
};

/* Brings the kinds in order again, and makes equal ones one. */
void meter_kinds_merge(struct meter_sum *sum);

enum status meters_sum(struct meters *m, struct arena *arena,
    struct meter_sum *out, struct error *err);

#endif
