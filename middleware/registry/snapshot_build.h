/* Making snapshots: for the registry only. */
#ifndef WEIR_SNAPSHOT_BUILD_H
#define WEIR_SNAPSHOT_BUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "middleware/registry/snapshot.h"

struct instance;
struct platform;
struct settings_hold;

/*
 * A snapshot of the platform, each with a hold of its own; the caller has the
 * first hold on it. Instances are taken over from `previous` (or NULL) where
 * the service's record is the same, else they are new and not opened.
 */
struct snapshot *snapshot_build(struct platform *platform,
    struct settings_hold *hold, const struct snapshot *previous);

/*
 * The same platform with instances renewed (see instance_renew()); NULL when
 * there is nothing to renew. May block.
 */
struct snapshot *snapshot_renew(const struct snapshot *s, int64_t now_ms);

/* The same with `fresh` in the place of `old`; NULL when `old` is not in it. */
struct snapshot *snapshot_swap(const struct snapshot *s,
    const struct instance *old, struct instance *fresh);

/* Of the service that is i-th in snapshot_services(); NULL: it has none. It
 * lives as long as the snapshot. */
struct instance *snapshot_instance(const struct snapshot *s, size_t i);

/* True when the caller's hold is the only one, which it then stays unless the
 * caller passes it on. */
bool snapshot_is_last(const struct snapshot *s);

#endif
