/*
 * The front room: one event loop that owns its connections and never blocks.
 * It gathers requests, has them dispatched, and frees connections when their
 * answers are sent.
 */
#ifndef WEIR_FRONT_H
#define WEIR_FRONT_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/dispatch.h"

struct front;
struct seats;
struct settings;

struct front_parts {
	struct dispatch_parts dispatch; /* `home` is filled in here */
	int listen_fd;
	bool listen_shared; /* other processes may take connections from it */
	const struct settings *settings; /* of the start */
	struct seats *seats;             /* for workers that wait for a body */
};

/* Opens the loop and starts its thread. */
enum status front_start(
    const struct front_parts *parts, struct front **out, struct error *err);

/* Any thread: when its loop last turned, which it does ten times a second or
 * more, as clock_boot_ms(); INT64_MAX once it has ended. */
int64_t front_seen_ms(const struct front *f);

/*
 * Begins the drain: no new connections but those that wait at a socket of our
 * own, what has begun is answered, idle kept connections stay open one second.
 * Returns at once.
 */
void front_stop(struct front *f);

/* Waits for the end of the drain. */
void front_join(struct front *f);

/* Frees a front that was joined, once no worker can post to it any more. */
void front_close(struct front *f);

#endif
