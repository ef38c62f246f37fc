/*
 * The platform's own records in the system database, and the current snapshot
 * of them. One thread polls for changes of other processes every 500 ms, and
 * one opens services, so that a slow database delays no news.
 */
#ifndef WEIR_REGISTRY_H
#define WEIR_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "middleware/registry/snapshot.h"

struct arena;
struct registry;
struct service_host;
struct settings;
struct stores_shared;

/*
 * Opens the system database named by the host's settings, which must exist,
 * and reads the first snapshot. With `migrate` an older schema is brought up
 * to date, without it is refused. The settings must live until
 * registry_close() or registry_reload(), the store table until
 * registry_close() and the end of the last snapshot.
 */
enum status registry_open(const struct service_host *host, bool migrate,
    struct registry **out, struct error *err);
void registry_close(struct registry *reg);

/* Starts the threads that poll and open; only `weir serve` needs them. What
 * they find outdated is dropped from the cache of these stores, which live
 * until registry_close(). */
enum status registry_start(
    struct registry *reg, struct stores_shared *shared, struct error *err);

/* Any thread: makes the polling thread look at once. */
void registry_poke(struct registry *reg);

/* Any thread that may block: looks at once, in this thread, so that who asks
 * for the snapshot afterwards has what was committed before. */
void registry_refresh(struct registry *reg);

/*
 * The current snapshot, pinned for the caller (snapshot_unref). A thread that
 * asks often keeps its last one in *cached: while nothing changed this is one
 * atomic load. *cached starts as NULL and is unref'd by the caller at its end.
 */
struct snapshot *registry_pin(struct registry *reg, struct snapshot **cached);

/*
 * Any thread that may block: has a service opened anew whose instance `handle`
 * is outdated, unless another thread has done so since; with `any` in any case,
 * so that what the caller has changed is seen. *out: the snapshot that has it,
 * pinned for the caller. ST_MISSING when there is no such service any more;
 * else why it could not be opened: then the instance it has goes on serving.
 */
enum status registry_renew(struct registry *reg, struct str service,
    const void *handle, bool any, struct snapshot **out, struct error *err);

/*
 * SIGHUP: reads everything again, under new settings owned by the arena
 * `owner`, which the registry closes and frees when the last snapshot of it
 * ends, or at once when this fails: then nothing has changed. Every service is
 * opened anew. May block.
 */
enum status registry_reload(struct registry *reg,
    const struct settings *settings, struct arena *owner, struct error *err);

/* When the snapshot was last known to be what the system database holds;
 * clock_boot_ms() time. */
int64_t registry_checked_ms(const struct registry *reg);

/* True while the system database answers. */
bool registry_healthy(const struct registry *reg);

#endif
