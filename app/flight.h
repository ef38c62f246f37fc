/*
 * Flights: concurrent misses of one entry wait for one query. A flight is
 * named by the entry's key and the tag versions its callers read, so a request
 * that came after an acknowledged write never joins a query begun before it.
 * A flight of those who refresh an entry is named by its key alone, and joined
 * only until its query begins. Where versions are missing, callers wait in the
 * same way, by the key alone, for the first of them to make some; then each
 * looks again. One front owns the table; nothing here is shared between
 * threads.
 */
#ifndef WEIR_FLIGHT_H
#define WEIR_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct call;

#define FLIGHT_BUCKETS 1024u

struct flights {
	struct call *bucket[FLIGHT_BUCKETS]; /* leaders */
	size_t n_waiting;                    /* waiters of all flights */
};

/*
 * Joins the flight of the call's name as a waiter: true. When there is none,
 * the call becomes the leader of a new one: false; it must be ended with
 * flight_end().
 */
bool flight_join(struct flights *f, struct call *call);

/* Would the call join one? */
bool flight_is_led(const struct flights *f, const struct call *call);

/*
 * A flight whose query may begin from now on, and whose waiters must have come
 * before: nobody joins it any more, and another of its name may be led. One
 * whose query does not begin yet is opened again.
 */
void flight_close(struct call *leader, int64_t now_ms);
void flight_reopen(struct call *leader);

/* Has another flight of the name that the call leads been closed within
 * FLIGHT_APART_MS before now_ms, and not ended? */
#define FLIGHT_APART_MS 1000
bool flight_follows(
    const struct flights *f, const struct call *leader, int64_t now_ms);

/* Takes the leader's flight off the table; returns its waiters, linked through
 * next, in the order in which they came. */
struct call *flight_end(struct flights *f, struct call *leader);

/* Takes a waiter off its flight, which goes on. */
void flight_leave(struct flights *f, struct call *waiter);

/*
 * Takes every waiter off whose deadline has passed; linked through next. The
 * flights go on.
 */
struct call *flight_expire(struct flights *f, int64_t now_ms);

#endif
