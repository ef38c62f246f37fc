/* Making snapshots: for the registry only. */
#ifndef WEIR_SNAPSHOT_BUILD_H
#define WEIR_SNAPSHOT_BUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "middleware/registry/snapshot.h"

struct platform;
struct settings_hold;

/*
 * A snapshot of the platform, each with a hold of its own; the caller has the
 * first hold on it. Instances are taken over from `previous` (or NULL) where
 * the service's record is the same, else opened: this may block.
 */
struct snapshot *snapshot_build(struct platform *platform,
    struct settings_hold *hold, const struct snapshot *previous,
    int64_t now_ms);

/*
 * The same platform with those services opened anew that are due or changed;
 * NULL when there are none. The registry's thread only.
 */
struct snapshot *snapshot_renew(const struct snapshot *s, int64_t now_ms);

/* True when the caller's hold is the only one, which it then stays unless the
 * caller passes it on. */
bool snapshot_is_last(const struct snapshot *s);

#endif
