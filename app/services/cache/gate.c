#include "app/services/cache/gate.h"

#define LATE_MS 1000 /* what was seen longer ago says nothing of now */
#define FEW     2    /* calls that may wait for a store that does not move */

/* May it go in although the store was late? */
static bool
late_pass(struct cache_visit *v, int64_t now_ms)
{
	struct cache_gate *gate = v->gate;
	int64_t late_ms = atomic_load(&gate->late_ms);

	if (late_ms == 0)
		return true;
	if (atomic_exchange(&gate->tried, true))
		return false;
	if (now_ms - late_ms < LATE_MS) {
		v->tries = true;
		return true;
	}
	/* Nobody has asked for a while: all may. */
	atomic_store(&gate->late_ms, 0);
	atomic_store(&gate->tried, false);
	return true;
}

static bool
is_stuck(const struct cache_visit *v, int64_t now_ms)
{
	return atomic_load(&v->gate->inside) >= FEW &&
	       now_ms - atomic_load(&v->gate->moved_ms) >= v->timeout_ms / 2 &&
	       now_ms - atomic_load(&v->gate->moved_ms) > 0;
}

bool
gate_enter(struct cache_visit *v, struct cache_gate *gate, int64_t timeout_ms,
    int64_t now_ms)
{
	*v = (struct cache_visit){
		.gate = gate, .began_ms = now_ms, .timeout_ms = timeout_ms
	};
	if (is_stuck(v, now_ms) || !late_pass(v, now_ms))
		return false;
	if (atomic_fetch_add(&gate->inside, 1) < FEW)
		atomic_store(&gate->moved_ms, now_ms);
	return true;
}

static void
end_try(struct cache_visit *v)
{
	if (v->tries)
		atomic_store(&v->gate->tried, false);
	v->tries = false;
}

void
gate_answered(struct cache_visit *v)
{
	atomic_store(&v->gate->late_ms, 0);
	end_try(v);
}

void
gate_leave(struct cache_visit *v, enum visit_end end, int64_t now_ms)
{
	int64_t took_ms = now_ms - v->began_ms;

	if (end == VISIT_ANSWERED)
		atomic_store(&v->gate->late_ms, 0);
	else if (end == VISIT_FAILED && took_ms > 0 &&
		 took_ms >= v->timeout_ms / 2)
		atomic_store(&v->gate->late_ms, now_ms);
	end_try(v);
	atomic_store(&v->gate->moved_ms, now_ms);
	(void)atomic_fetch_sub(&v->gate->inside, 1); /* it is only counted */
}

bool
gate_flush_begin(struct cache_gate *gate)
{
	return !atomic_exchange(&gate->flushing, true);
}

void
gate_flush_end(struct cache_gate *gate)
{
	atomic_store(&gate->flushing, false);
}
