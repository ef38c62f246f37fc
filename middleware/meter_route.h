/*
 * What a sheet (meter.h) tells of single routes: a method, a service and which
 * of its resources, such as _table/orders. So many as there are places; further
 * ones are not told apart from those that are not counted.
 */
#ifndef WEIR_METER_ROUTE_H
#define WEIR_METER_ROUTE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"

struct meter_answer;

#define METER_ROUTES      128u
#define METER_ROUTE_BYTES 48u

struct meter_route {
	/* 0: free; 1: being taken; else METER_TAKEN and the method,
	 * and the three members below stay as they are */
	_Atomic uint32_t code;
	uint32_t name_bytes;
	int64_t service_id;
	char name[METER_ROUTE_BYTES];
	_Atomic uint64_t count;
	_Atomic uint64_t misses; /* of these, read although they are cached */
	_Atomic uint64_t sum_us;
	_Atomic uint64_t max_us;
};

/* The same of all sheets. */
struct meter_route_sum {
	int64_t service_id;
	uint32_t method; /* enum method */
	struct str name;
	uint64_t count, misses, sum_us, max_us;
};

/* Any thread. Nothing for an answer without a route. */
void meter_route_count(
    struct meter_route routes[METER_ROUTES], const struct meter_answer *a);

/* Appends those that are taken to `out`, which has room for all of them, their
 * names as views; the next free one. */
struct meter_route_sum *meter_routes_read(
    const struct meter_route routes[METER_ROUTES], struct meter_route_sum *out);

/* Makes equal ones one; how many are left. */
size_t meter_routes_merge(struct meter_route_sum *routes, size_t n);

#endif
