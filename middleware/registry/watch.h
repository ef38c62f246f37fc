/*
 * An eye on the system database: one connection that tells, at next to no
 * cost, whether another process or host has changed the records.
 */
#ifndef WEIR_WATCH_H
#define WEIR_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/status.h"
#include "middleware/registry/system_db.h"

struct settings_hold;

struct watch {
	struct system_db db;
	struct buf identity; /* of the database that was opened */
	int64_t data;        /* its data version when last looked at */
	bool known;          /* is `data` one? */
};

/*
 * Connects to a database that must exist, and with `migrate` brings its schema
 * up to date; without, it must be the newest. On failure *out is closed.
 */
enum status watch_open(const struct settings_hold *hold, bool migrate,
    struct watch *out, struct error *err);
void watch_close(struct watch *w);
bool watch_is_open(const struct watch *w);

/*
 * *changed: the records are no longer those of this version. ST_UNAVAILABLE
 * when the database cannot be asked or is not the one that was opened.
 */
enum status watch_look(
    struct watch *w, int64_t version, bool *changed, struct error *err);

#endif
