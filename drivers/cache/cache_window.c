#include "drivers/cache/cache_window.h"

#include "drivers/cache/cache.h"

#define PARTS     CACHE_WINDOW_PARTS
#define MS_PER_S  1000
#define US_PER_S  1000000
#define US_PER_MS (US_PER_S / MS_PER_S)

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
divided_up(int64_t a, int64_t b)
{
	return (a + b - 1) / b;
}

static int64_t
ttl_ms(const struct cache_op *op)
{
	return (int64_t)op->ttl * MS_PER_S;
}

bool
cache_window_open(const struct cache_window *w, int64_t now_ms)
{
	return w->count > 0 && w->end_ms > now_ms;
}

/* -- CACHE_FIXED ------------------------------------------------------------
 */

static void
fixed_look(const struct cache_window *w, struct cache_op *op, int64_t now_ms)
{
	op->count = (uint32_t)least(w->count, op->limit);
	op->reset_ms = w->count > 0 ? w->end_ms - now_ms : 0;
}

static void
fixed_add(struct cache_window *w, const struct cache_op *op, int64_t now_ms)
{
	if (w->count++ == 0)
		w->end_ms = now_ms + ttl_ms(op);
}

/* -- CACHE_SLIDING ----------------------------------------------------------
 */

/*
 * Counts are kept by parts of time: the one that is now, and those before it
 * that together last no less than ttl. A count leaves with its part, so none
 * leaves too early.
 */
static int64_t
part_ms(const struct cache_op *op)
{
	return divided_up(ttl_ms(op), PARTS - 1);
}

/* Moves on to the part that is now. */
static void
sliding_move(struct cache_window *w, const struct cache_op *op, int64_t now_ms)
{
	int64_t now = now_ms / part_ms(op);
	int64_t passed = now - w->mark;

	w->mark = now;
	if (passed <= 0 || w->count == 0)
		return;
	for (int64_t i = PARTS - 1; i >= 0; i--) {
		if (i + passed >= PARTS)
			w->count -= w->parts[i];
		w->parts[i] = i >= passed ? w->parts[i - passed] : 0;
	}
}

static bool
sliding_undo(struct cache_window *w, const struct cache_window *then)
{
	int64_t age = w->mark - then->mark; /* of the part that it is in */

	if (age < 0 || age >= PARTS || w->parts[age] == 0)
		return false;
	w->parts[age]--;
	w->count--;
	return true;
}

/* When the oldest count leaves. */
static int64_t
sliding_reset(
    const struct cache_window *w, const struct cache_op *op, int64_t now_ms)
{
	int64_t oldest = PARTS - 1;

	while (oldest > 0 && w->parts[oldest] == 0)
		oldest--;
	return (w->mark - oldest + PARTS) * part_ms(op) - now_ms;
}

static void
sliding_look(const struct cache_window *w, struct cache_op *op, int64_t now_ms)
{
	op->count = (uint32_t)least(w->count, op->limit);
	op->reset_ms = w->count > 0 ? sliding_reset(w, op, now_ms) : 0;
}

static void
sliding_add(struct cache_window *w, const struct cache_op *op)
{
	w->parts[0]++;
	w->count++;
	w->end_ms = (w->mark + PARTS) * part_ms(op);
}

/* -- CACHE_GCRA -------------------------------------------------------------
 */

/* Between two that come steadily, us. */
static int64_t
gcra_gap(const struct cache_op *op)
{
	return divided_up((int64_t)op->ttl * US_PER_S, op->limit);
}

/* How far ahead of time the last was, us. */
static int64_t
gcra_ahead(
    const struct cache_window *w, const struct cache_op *op, int64_t now_ms)
{
	int64_t ahead = w->count > 0 ? w->mark - now_ms * US_PER_MS : 0;

	return ahead < 0 ? 0 : least(ahead, gcra_gap(op) * op->burst);
}

static void
gcra_look(const struct cache_window *w, struct cache_op *op, int64_t now_ms)
{
	int64_t gap = gcra_gap(op);
	int64_t ahead = gcra_ahead(w, op, now_ms);
	int64_t used = divided_up(ahead, gap);

	op->count = (uint32_t)used;
	op->reset_ms =
	    used > 0 ? divided_up(ahead - (used - 1) * gap, US_PER_MS) : 0;
}

static void
gcra_add(struct cache_window *w, const struct cache_op *op, int64_t now_ms)
{
	w->mark = now_ms * US_PER_MS + gcra_ahead(w, op, now_ms) + gcra_gap(op);
	w->end_ms = divided_up(w->mark, US_PER_MS);
	w->count = 1;
}

/* Without the one that then was the last, time would have run off since it came
 * as well: so much is not given back. */
static bool
gcra_undo(struct cache_window *w, const struct cache_window *then,
    const struct cache_op *op, int64_t now_ms)
{
	int64_t left = least(then->mark - now_ms * US_PER_MS, gcra_gap(op));

	if (left <= 0)
		return false;
	w->mark -= left;
	w->end_ms = divided_up(w->mark, US_PER_MS);
	return true;
}

/* -- all of them ------------------------------------------------------------
 */

bool
cache_window_settle(
    struct cache_window *w, const struct cache_op *op, int64_t now_ms)
{
	int64_t longest = now_ms + ttl_ms(op);

	if (!cache_window_open(w, now_ms))
		return false;
	if (!w->locked && op->algorithm == CACHE_SLIDING) {
		longest = (now_ms / part_ms(op) + PARTS) * part_ms(op);
		w->mark = least(w->mark, now_ms / part_ms(op));
	} else if (!w->locked && op->algorithm == CACHE_GCRA) {
		w->mark = least(
		    w->mark, now_ms * US_PER_MS + gcra_gap(op) * op->burst);
		longest = divided_up(w->mark, US_PER_MS);
	}
	if (w->end_ms <= longest)
		return false;
	w->end_ms = longest;
	return true;
}

static void
move(struct cache_window *w, const struct cache_op *op, int64_t now_ms)
{
	if (!cache_window_open(w, now_ms))
		*w = (struct cache_window){ 0 };
	(void)cache_window_settle(w, op, now_ms);
	if (op->algorithm == CACHE_SLIDING && !w->locked)
		sliding_move(w, op, now_ms);
}

/* Of a window that has moved. */
static void
look(const struct cache_window *w, struct cache_op *op, int64_t now_ms)
{
	if (w->locked) {
		op->count = cache_op_quota(op);
		op->reset_ms = w->end_ms - now_ms;
	} else if (op->algorithm == CACHE_SLIDING) {
		sliding_look(w, op, now_ms);
	} else if (op->algorithm == CACHE_GCRA) {
		gcra_look(w, op, now_ms);
	} else {
		fixed_look(w, op, now_ms);
	}
}

void
cache_window_look(
    const struct cache_window *w, struct cache_op *op, int64_t now_ms)
{
	struct cache_window moved = *w;

	move(&moved, op, now_ms);
	look(&moved, op, now_ms);
}

bool
cache_window_count(struct cache_window *w, struct cache_op *op, int64_t now_ms)
{
	move(w, op, now_ms);
	look(w, op, now_ms);
	if (op->count >= cache_op_quota(op))
		return false;
	if (op->algorithm == CACHE_SLIDING)
		sliding_add(w, op);
	else if (op->algorithm == CACHE_GCRA)
		gcra_add(w, op, now_ms);
	else
		fixed_add(w, op, now_ms);
	look(w, op, now_ms);
	return true;
}

bool
cache_window_undo(struct cache_window *w, const struct cache_window *then,
    const struct cache_op *op, int64_t now_ms)
{
	if (!cache_window_open(w, now_ms) || w->locked || then->locked ||
	    cache_window_settle(w, op, now_ms))
		return false;
	if (op->algorithm == CACHE_GCRA)
		return gcra_undo(w, then, op, now_ms);
	if (op->algorithm == CACHE_FIXED && w->end_ms != then->end_ms)
		return false;
	if (op->algorithm == CACHE_FIXED) {
		w->count--;
		return true;
	}
	sliding_move(w, op, now_ms);
	return sliding_undo(w, then);
}

bool
cache_window_lock(struct cache_window *w, struct cache_op *op, int64_t now_ms)
{
	bool begins = !(w->locked && cache_window_open(w, now_ms));

	if (begins)
		*w = (struct cache_window){ .end_ms = now_ms + ttl_ms(op),
			.count = 1,
			.locked = true };
	look(w, op, now_ms);
	return begins;
}
