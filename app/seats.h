/*
 * The places for those who may have to wait for a client: so few that slow
 * clients never hold all workers. As many again may wait for a place.
 */
#ifndef WEIR_SEATS_H
#define WEIR_SEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"

struct cancel;
struct seats;

/* n is at least 1. */
struct seats *seats_new(size_t n);
void seats_free(struct seats *s);

/*
 * Takes a place, and waits for one until deadline_ms (clock_boot_ms() time) or
 * until the request is cancelled. ST_FULL: there is none, or too many wait
 * already; else it must be given back.
 */
enum status seats_take(
    struct seats *s, struct cancel *cancel, int64_t deadline_ms);
void seats_give(struct seats *s);

/* Takes a place if there is one, without waiting. */
bool seats_try(struct seats *s);

#endif
