/*
 * Calls that wait for the query of another process, or for their turn: each
 * looks for that again and again, without a thread. Of each flight only the
 * leader does. One front owns the list.
 */
#ifndef WEIR_LOOKOUT_H
#define WEIR_LOOKOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call;

/* So many look at a time: about 10 000 looks a second. */
#define LOOKOUTS_MAX 256u

/* All zero at first. */
struct lookouts {
	struct call *first; /* who looks next */
	struct call *last;
	size_t n;
};

/* The call looks next LEASE_LOOK_MS after now_ms, clock_boot_ms() time. False:
 * there are as many as may be. */
bool lookout_add(struct lookouts *l, struct call *call, int64_t now_ms);

/* Takes off the next one whose moment has come, or NULL. */
struct call *lookout_due(struct lookouts *l, int64_t now_ms);

/* Takes a call off that is on the list. */
void lookout_drop(struct lookouts *l, struct call *call);

/* When the next one is due; INT64_MAX: none looks. */
int64_t lookout_next(const struct lookouts *l);

#endif
