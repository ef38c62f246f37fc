/*
 * All that calls stand on, opened by a command, with or without a weir that
 * serves beside it: the registry with its services, and the stores.
 */
#ifndef WEIR_COMMANDS_OFFLINE_H
#define WEIR_COMMANDS_OFFLINE_H

#include "app/base/status.h"
#include "middleware/stores.h"

struct registry;
struct settings;
struct snapshot;

struct offline {
	struct registry *registry;
	struct snapshot *cached; /* see registry_pin() */
	struct snapshot *snapshot;
	struct stores_shared *shared;
	struct stores stores; /* of this thread */
};

/* Fills an empty one; the settings live as long. May block. Closed in any
 * case. */
enum status offline_open(
    struct offline *o, const struct settings *settings, struct error *err);
void offline_close(struct offline *o);

#endif
