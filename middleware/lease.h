/*
 * Leases: of several processes that miss the same answer, one asks the
 * database. Who is about to takes a lease, which lies in the store beside the
 * entry and is named as the flight is: by the entry's key and the tag versions
 * that were read. So nobody ever waits for a query that began before a write
 * that it has seen. While the query runs, its process beats (leases.h): each
 * beat changes the lease's value. Others look at it now and then; one that has
 * not changed for LEASE_DEAD_MS on the looker's own clock is of the dead, or as
 * good as dead, and one of the lookers takes it over.
 *
 * A lease only saves work: what is served is decided by the entry and its tags.
 * Two who hold it ask twice, and no more.
 */
#ifndef WEIR_LEASE_H
#define WEIR_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"
#include "drivers/cache/cache.h"
#include "middleware/request.h"

#define LEASE_BEAT_MS     150
#define LEASE_DEAD_MS     700
#define LEASE_LOOK_MS     25 /* between two looks at another's */
#define LEASE_TTL         3  /* seconds, should nobody look at a dead one */
#define LEASE_FAILURE_TTL 1  /* seconds that a failure is told to lookers */

#define LEASE_KEY_BYTES   (2 + 2 * FLIGHT_NAME_BYTES)
#define LEASE_OWNER_BYTES 16
#define LEASE_VALUE_BYTES (8 + LEASE_OWNER_BYTES)
#define LEASE_FAILURE_MAX 1000 /* longer ones are not told */

/* What a looker remembers of the lease of another, all zero at first. */
struct lease_watch {
	uint8_t value[LEASE_VALUE_BYTES];
	int64_t since_ms; /* that it has been so */
	bool any;
};

enum lease_sight {
	LEASE_BUSY,  /* the query runs, as far as one can see */
	LEASE_DEAD,  /* it may be taken over */
	LEASE_FAILED /* the query that was waited for has failed */
};

/*
 * Looks at a lease's value at now_ms, clock_boot_ms() time. *failure: what the
 * owner of LEASE_FAILED left, a view of the value. A failure is told to who saw
 * the query run, and to nobody else: it is not an answer to those who come
 * later, who find the lease dead.
 */
enum lease_sight lease_see(struct lease_watch *watch, struct str value,
    int64_t now_ms, struct str *failure);

/* One request's part in a lease. */
struct lease {
	char key[LEASE_KEY_BYTES];
	struct str shard; /* of the entry; a view */
	uint8_t value[LEASE_VALUE_BYTES];
	struct lease_watch watch; /* of who holds it instead */
	bool held;
	/* see leases.h */
	int64_t beaten_ms;
	struct lease *next;
};

/* Names it; with another name than before what was seen is forgotten. `flight`
 * has FLIGHT_NAME_BYTES. */
void lease_name(struct lease *lease, const uint8_t *flight, struct str shard);

bool lease_is_named(const struct lease *lease, const uint8_t *flight);

/* Fills in what leads an operation to it. */
void lease_op(const struct lease *lease, struct cache_op *op);

/* Its next beat; and an operation that tells it, with the lease's own value. */
void lease_beat(struct lease *lease);
void lease_tell(const struct lease *lease, struct cache_op *op);

/* Are they one claim's, whatever their beats? */
bool lease_is(const struct lease *a, const struct lease *b);

/* Makes an operation of the front's the claim; lease_claimed() says, when it
 * has been executed, what came of it. Of the dead it takes nothing over. */
void lease_try(struct lease *lease, struct cache_op *op);

enum lease_claim {
	LEASE_OURS,  /* ask the database; lease_end() follows */
	LEASE_ALONE, /* ask it: the store does not answer */
	LEASE_WAIT   /* another does: look at its lease after LEASE_LOOK_MS */
};

enum lease_claim lease_claimed(
    struct request *req, struct lease *lease, const struct cache_op *op);

/* Worker only: takes the lease, or takes it over from the dead. */
enum lease_claim lease_claim(struct request *req, struct lease *lease);

/*
 * Ends a lease that is held: fills an operation that tells the others, to be
 * executed behind what stores the answer. failure: what they shall be told,
 * at most LEASE_FAILURE_MAX bytes, in the arena; STR_NULL: to look for the
 * answer in the store, and ask for themselves when there is none.
 */
void lease_end(struct request *req, struct lease *lease, struct str failure,
    struct cache_op *op);

/* The same where nothing may block: they are told within LEASE_BEAT_MS. */
void lease_give_up(struct request *req, struct lease *lease);

#endif
