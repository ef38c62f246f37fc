/*
 * Shows the service manager that the fronts live: a beat whenever all of them
 * have turned their loops lately, none when one is stuck, so that the manager
 * ends the process and starts it anew.
 */
#ifndef WEIR_WATCHDOG_H
#define WEIR_WATCHDOG_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "middleware/registry/ticker.h"

struct front;
struct notify;

struct watchdog {
	const struct notify *notify;
	struct front *const *fronts; /* the caller's, who keeps them */
	size_t n_fronts;
	int64_t late_ms; /* a front that did not turn for so long is stuck */
	struct ticker ticker;
};

void watchdog_init(struct watchdog *w);

/* Starts the thread, unless the manager does not watch. */
enum status watchdog_start(struct watchdog *w, const struct notify *notify,
    struct front *const *fronts, size_t n_fronts, struct error *err);

/* Before the fronts are closed; harmless when it was never started. */
void watchdog_stop(struct watchdog *w);

#endif
