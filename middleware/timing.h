/*
 * How long a request was where it can wait: microseconds by phase, for the
 * metrics, the slow-request lines and Server-Timing. Whoever has the request
 * in work begins and ends a phase; two phases never overlap.
 */
#ifndef WEIR_TIMING_H
#define WEIR_TIMING_H

#include <stdint.h>

enum phase {
	PHASE_STORE,    /* its store operations, with those of its turn */
	PHASE_QUEUE,    /* for a worker */
	PHASE_ENTER,    /* what of its stages takes a worker: a password,
			 * a tag without a version */
	PHASE_WAIT,     /* for what another request, or process, asks for */
	PHASE_UPSTREAM, /* its service: the database */
	PHASES
};

struct timing {
	int64_t mark_us;    /* when the phase at hand began; clock_boot_us() */
	int64_t us[PHASES]; /* 0: it had no such phase */
};

static inline void
timing_begin(struct timing *t, int64_t now_us)
{
	t->mark_us = now_us;
}

/* What took less than a microsecond took one. */
static inline void
timing_end(struct timing *t, enum phase phase, int64_t now_us)
{
	t->us[phase] += now_us > t->mark_us ? now_us - t->mark_us : 1;
}

/* "store" */
extern const char *const phase_names[PHASES];

#endif
