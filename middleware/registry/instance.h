/*
 * An opened service: what its type made of its record. Snapshots share it as
 * long as the record stays the same. Failing to open is a state, not an end:
 * the registry's thread tries again, after 1 s and then ever more seldom.
 */
#ifndef WEIR_INSTANCE_H
#define WEIR_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

struct instance;
struct service;
struct settings_hold;

/*
 * Opens a service that is active and has a type; a failure is logged. The
 * record is copied. Times are in clock_boot_ms(). The caller has the first
 * hold.
 */
struct instance *instance_open(
    const struct service *record, struct settings_hold *hold, int64_t now_ms);

struct instance *instance_ref(struct instance *inst);
void instance_unref(struct instance *inst); /* NULL is harmless */

/* Does it stand for just this record? */
bool instance_fits(const struct instance *inst, const struct service *record);

/* What the type made, NULL: it could not be opened, and why. */
void *instance_handle(const struct instance *inst);
const char *instance_error(const struct instance *inst);

/*
 * The registry's thread only: a fresh instance for the same record when this
 * one failed to open and is due again, or when what it stands on changed; else
 * NULL. One that changed and cannot be opened anew keeps serving as it is.
 */
struct instance *instance_renew(struct instance *inst, int64_t now_ms);

#endif
