/*
 * Within the registry: its state, and what opens services. Only registry.c and
 * opening.c include this.
 */
#ifndef WEIR_REGISTRY_STATE_H
#define WEIR_REGISTRY_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "middleware/registry/current.h"
#include "middleware/registry/registry.h"
#include "middleware/registry/ticker.h"
#include "middleware/registry/watch.h"
#include "middleware/stores.h"

struct platform;
struct settings_hold;

struct registry {
	struct current current;
	atomic_bool healthy;
	_Atomic int64_t checked_ms;
	/* What one thread at a time works with, under work_lock. */
	pthread_mutex_t work_lock;
	struct watch watch;
	struct settings_hold *hold;
	struct platform *platform;
	struct ticker poller; /* looks for news in the system database */
	struct ticker opener; /* opens services, which may take long */
	struct stores stores; /* the opener's connections */
};

/* The opening thread's work, of a struct registry: opens what is not open or
 * has changed, closes what nobody uses any more. */
void services_open(void *registry);

#endif
