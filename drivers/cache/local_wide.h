/*
 * One counter of a local store that needs a whole window: its slot is found,
 * read, taken and written here, all under the lock of its bucket. What a
 * process that is killed meanwhile leaves behind is told in local_wide.c.
 */
#ifndef WEIR_CACHE_LOCAL_WIDE_H
#define WEIR_CACHE_LOCAL_WIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/str.h"
#include "drivers/cache/cache_window.h"

struct local_state;
struct local_wide_bucket;

#define WIDE_NOWHERE (-1)

/* A counter by name, and its place in the bucket. */
struct wide {
	struct local_wide_bucket *bucket;
	uint64_t key;
	int slot; /* or WIDE_NOWHERE */
};

/* By a name as of local_name.h. Needs no lock. */
struct wide wide_of(struct local_state *state, struct str name);

/* The time by which the bucket counts: now_ms, or that of one who was there
 * before and had read the clock later. */
int64_t wide_now(struct local_wide_bucket *bucket, int64_t now_ms);

/* Finds the slot, and what it holds: nothing where there is none. */
void wide_find(struct wide *w, struct cache_window *out);

/* Writes the window, to a slot where nothing is counted any more if the counter
 * has none. False: there is no such slot. */
bool wide_save(
    struct wide *w, const struct cache_window *window, int64_t now_ms);

#endif
