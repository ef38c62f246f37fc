/*
 * Asks all that this process stands on whether it answers: the system
 * database, every store and the services. A few threads ask at a time, so that
 * one which is silent delays no other.
 */
#ifndef WEIR_PROBES_H
#define WEIR_PROBES_H

#include <stdint.h>

#include "app/base/buf.h"

struct request;

/* How long each may take. */
#define PROBE_MS 1000

/*
 * Worker only: asks them, which takes PROBE_MS or a few times as long when many
 * are silent. Appends to `out` a JSON array that tells of each: for
 * administrators; to `up` the same as samples of PROBES_METRIC. True: all that
 * READY_NEEDS names answer.
 */
bool probes_ask(struct request *req, struct buf *out, struct buf *up);

#define PROBES_METRIC "weir_up"

#endif
