/* How this process stands, told once a second to where /metrics of any process
 * of the host finds it. */
#ifndef WEIR_GAUGES_H
#define WEIR_GAUGES_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/log.h"
#include "middleware/registry/ticker.h"

struct meters;
struct queue;
struct registry;

struct gauges {
	struct meters *meters; /* NULL: nobody asks */
	struct registry *registry;
	struct queue *queue;
	size_t queue_limit;
	size_t workers;
	uint64_t dropped[LOGS]; /* by each log, as far as it was told */
	struct ticker ticker;
};

void gauges_init(struct gauges *g);

/* Once all else is set: tells now, and from now on in a thread of its own;
 * nothing without meters. */
enum status gauges_start(struct gauges *g, struct error *err);

/* Harmless when it was never started. */
void gauges_stop(struct gauges *g);

#endif
