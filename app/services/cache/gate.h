/*
 * The gate before a store: workers that wait for one that hangs are missed by
 * all other services. While the store is late, one call at a time tries it and
 * the others are told at once; while it is quick, all are let in.
 */
#ifndef WEIR_SERVICES_CACHE_GATE_H
#define WEIR_SERVICES_CACHE_GATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Of one service, all zero at first. Times are clock_boot_ms(). */
struct cache_gate {
	/* When a call last waited in vain; 0: none has since the store last
	 * answered. */
	_Atomic int64_t late_ms;
	/* When the calls inside last moved on. */
	_Atomic int64_t moved_ms;
	atomic_int inside;
	atomic_bool tried;    /* by a call while it is late */
	atomic_bool flushing; /* one flush at a time */
};

/* A call that is inside. */
struct cache_visit {
	struct cache_gate *gate;
	int64_t began_ms;
	int64_t timeout_ms; /* of the service */
	bool tries;         /* it is the one that tries a late store */
};

/* What became of it. */
enum visit_end { VISIT_UNKNOWN, VISIT_ANSWERED, VISIT_FAILED };

/*
 * False: the call must not wait for the store. That is so while another tries
 * it, within a second of a call that waited in vain; and when two calls or more
 * are inside and none has moved for half of timeout_ms.
 */
bool gate_enter(struct cache_visit *v, struct cache_gate *gate,
    int64_t timeout_ms, int64_t now_ms);

/* The store has answered, and the call goes on: others need not wait. */
void gate_answered(struct cache_visit *v);

/* A failure after less than half of the timeout has cost nobody much, and does
 * not make the store late: another server of it may be well. */
void gate_leave(struct cache_visit *v, enum visit_end end, int64_t now_ms);

/* A flush may hold its worker much longer than a call: false while another
 * one of the service does. */
bool gate_flush_begin(struct cache_gate *gate);
void gate_flush_end(struct cache_gate *gate);

#endif
