/*
 * An opened service: what its type made of its record. Snapshots share it as
 * long as the record stays the same. Failing to open is a state, not an end:
 * the opening thread tries again, after 1 s and then ever more seldom.
 */
#ifndef WEIR_INSTANCE_H
#define WEIR_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"

struct instance;
struct service;
struct settings_hold;

/*
 * Of a service that is active and has a type, not opened yet: instance_renew()
 * does that. The record is copied. The caller has the first hold.
 */
struct instance *instance_new(
    const struct service *record, struct settings_hold *hold);

struct instance *instance_ref(struct instance *inst);
void instance_unref(struct instance *inst); /* NULL is harmless */

/* Does it stand for just this record? */
bool instance_fits(const struct instance *inst, const struct service *record);

/* What the type made, NULL: it could not be opened, and why. */
void *instance_handle(const struct instance *inst);
const char *instance_error(const struct instance *inst);

/*
 * Any thread that may block: another instance for the same record, opened; the
 * caller has the first hold. ST_UNAVAILABLE, or what the type's open says.
 */
enum status instance_open(
    struct instance *inst, struct instance **out, struct error *err);

/* Around it, where several threads may want the same. */
void instance_lock(struct instance *inst);
void instance_unlock(struct instance *inst);

/* The opening thread only: has the last look found that others wrote? Tells it
 * once. */
bool instance_outdated(struct instance *inst);

/*
 * The opening thread only, as it may block: a fresh instance for the same
 * record, opened, when this one is not or when what it stands on changed; or
 * one that is not, when what it stands on is gone or why it fails is news.
 * Else NULL. One that changed and cannot be opened anew keeps serving as it
 * is. The time is clock_boot_ms().
 */
struct instance *instance_renew(struct instance *inst, int64_t now_ms);

#endif
