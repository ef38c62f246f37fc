/*
 * Counts of what has failed by account or by address (throttle.h, guard.h), in
 * a local store that all processes of the host share; where there can be none,
 * or none has room, in this process. No name and no address stands in it, only
 * a hash of them.
 */
#ifndef WEIR_FAILURES_H
#define WEIR_FAILURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"
#include "drivers/cache/cache.h"

struct arena;
struct failures;
struct request;
struct settings;
struct store_table;

/* Opens the store beside CACHE_PATH; that there can be none is logged. The
 * table is borrowed until failures_close(). */
struct failures *failures_open(
    const struct settings *settings, struct store_table *stores);
void failures_close(struct failures *f);

/* Where the request's client is: of an IPv6 address the network of one
 * customer, who has as many addresses as he likes. */
struct str failures_place(const struct request *req);

/* The counter, or value, of that kind; in the arena. */
struct str failures_name(
    struct arena *arena, const char *kind, struct str what);

struct cache_op failures_op(const struct request *req, enum cache_kind kind,
    struct str name, uint32_t ttl);

/* Any thread, also the front's when all are COUNT or GET. False when nobody has
 * done them: there is no store. */
bool failures_run(
    struct failures *f, struct request *req, struct cache_op *ops, size_t n);

/* COUNT, each for itself: in the store, else in this process. Each is ST_OK or
 * ST_REFUSED then; that the store is full is logged once a minute. */
void failures_count(
    struct failures *f, struct request *req, struct cache_op *ops, size_t n);

/* What a COUNT would be told in this process, without counting. */
void failures_look(struct failures *f, struct cache_op *op);

#endif
