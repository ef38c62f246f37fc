/*
 * A counter that slides, paces or locks out, as one item (MEMCACHED_FORM_
 * WINDOW). Its bytes are the same on every machine.
 */
#ifndef WEIR_CACHE_MEMCACHED_STATE_H
#define WEIR_CACHE_MEMCACHED_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/str.h"
#include "drivers/cache/cache_record.h"
#include "drivers/cache/cache_window.h"

#define MEMCACHED_STATE_BYTES (8 + 8 + CACHE_RECORD_BYTES)

struct memcached_state {
	/* Drawn anew when the window begins: a count is taken back from no
	 * other window than its own. */
	uint64_t life;
	int64_t written_ms; /* Unix time, by the clock of whoever wrote it */
	struct cache_window window;
};

void memcached_state_write(
    uint8_t out[MEMCACHED_STATE_BYTES], const struct memcached_state *state);

/* False: they are none, or damaged, and nothing is counted in *out. */
bool memcached_state_read(struct str bytes, struct memcached_state *out);

#endif
