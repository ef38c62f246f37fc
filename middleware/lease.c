#include "middleware/lease.h"

#include <assert.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/secret.h"
#include "middleware/leases.h"
#include "middleware/stores.h"

/* Change with the layout: the leases of another weir are dead ones. */
#define FORMAT_RUNNING 0x77656c01u
#define FORMAT_FAILED  0x77656c02u

#define TRIES 3 /* of one claim, against those who do the same */

struct head {
	uint32_t format;
	uint32_t beat;
	uint8_t owner[LEASE_OWNER_BYTES];
};

_Static_assert(sizeof(struct head) == LEASE_VALUE_BYTES, "no padding");

static struct head
head_of(const uint8_t *value)
{
	struct head head;

	memcpy(&head, value, sizeof(head));
	return head;
}

static bool
same_owner(const uint8_t *a, const uint8_t *b)
{
	struct head one = head_of(a);
	struct head other = head_of(b);

	return memcmp(one.owner, other.owner, LEASE_OWNER_BYTES) == 0;
}

enum lease_sight
lease_see(struct lease_watch *watch, struct str value, int64_t now_ms,
    struct str *failure)
{
	uint8_t seen[LEASE_VALUE_BYTES];
	struct head head;

	*failure = STR_NULL;
	if (value.n < sizeof(seen))
		return LEASE_DEAD;
	memcpy(seen, value.p, sizeof(seen));
	head = head_of(seen);
	if (head.format == FORMAT_FAILED && watch->any &&
	    same_owner(seen, watch->value)) {
		*failure = str_skip(value, sizeof(seen));
		return LEASE_FAILED;
	}
	if (head.format != FORMAT_RUNNING)
		return LEASE_DEAD;
	if (watch->any && memcmp(seen, watch->value, sizeof(seen)) == 0)
		return now_ms - watch->since_ms < LEASE_DEAD_MS ? LEASE_BUSY
								: LEASE_DEAD;
	memcpy(watch->value, seen, sizeof(seen));
	watch->since_ms = now_ms;
	watch->any = true;
	return LEASE_BUSY;
}

static void
key_make(char *key, const uint8_t *flight)
{
	key[0] = 'f';
	key[1] = ':';
	hex_encode(key + 2, flight, FLIGHT_NAME_BYTES);
}

bool
lease_is_named(const struct lease *lease, const uint8_t *flight)
{
	char key[LEASE_KEY_BYTES];

	key_make(key, flight);
	return memcmp(lease->key, key, sizeof(key)) == 0;
}

void
lease_name(struct lease *lease, const uint8_t *flight, struct str shard)
{
	if (!lease_is_named(lease, flight))
		*lease = (struct lease){ .shard = shard };
	key_make(lease->key, flight);
}

void
lease_op(const struct lease *lease, struct cache_op *op)
{
	op->space = &space_responses;
	op->key = str_make(lease->key, LEASE_KEY_BYTES);
	op->shard = lease->shard;
}

static struct str
value_of(const struct lease *lease)
{
	return str_make((const char *)lease->value, LEASE_VALUE_BYTES);
}

void
lease_beat(struct lease *lease)
{
	struct head head = head_of(lease->value);

	head.beat++;
	memcpy(lease->value, &head, sizeof(head));
}

void
lease_tell(const struct lease *lease, struct cache_op *op)
{
	*op = (struct cache_op){ .kind = CACHE_SET, .ttl = LEASE_TTL };
	lease_op(lease, op);
	op->value = value_of(lease);
}

bool
lease_is(const struct lease *a, const struct lease *b)
{
	return same_owner(a->value, b->value);
}

static enum status
run(struct request *req, const struct lease *lease, struct cache_op *op)
{
	struct cache_op *list[] = { op };
	enum status st;

	lease_op(lease, op);
	st = stores_exec(req, STORE_CACHE, list, 1);
	return st == ST_OK ? op->status : st;
}

static enum status
add(struct request *req, const struct lease *lease, struct str value)
{
	struct cache_op op = {
		.kind = CACHE_ADD,
		.value = value,
		.ttl = LEASE_TTL,
	};

	return run(req, lease, &op);
}

/* Takes a dead lease away, as one of all who try. True: there is none now.
 * What another has put in its place meanwhile is put back. */
static bool
clear(struct request *req, const struct lease *lease, struct str dead)
{
	struct cache_op op = { .kind = CACHE_PULL };
	enum status st = run(req, lease, &op);

	if (st != ST_OK || str_eq(op.value, dead))
		return st == ST_OK || st == ST_MISSING;
	(void)add(req, lease, op.value); /* if not, it asks once more */
	return false;
}

/* What is there instead of ours? True: nothing that one must wait for. */
static bool
make_way(struct request *req, struct lease *lease)
{
	struct cache_op op = { .kind = CACHE_GET };
	struct str failure;

	if (run(req, lease, &op) != ST_OK)
		return true;
	return lease_see(&lease->watch, op.value, clock_boot_ms(), &failure) ==
		   LEASE_DEAD &&
	       clear(req, lease, op.value);
}

static void
value_make(struct lease *lease)
{
	struct head head = { .format = FORMAT_RUNNING };

	secret_random(head.owner, sizeof(head.owner));
	memcpy(lease->value, &head, sizeof(head));
}

static enum lease_claim
claim_of(struct request *req, struct lease *lease, enum status st)
{
	if (st == ST_EXISTS)
		return LEASE_WAIT;
	if (st != ST_OK)
		return LEASE_ALONE;
	lease->held = true;
	leases_hold(req->stores->shared->leases, lease, clock_boot_ms());
	return LEASE_OURS;
}

void
lease_try(struct lease *lease, struct cache_op *op)
{
	value_make(lease);
	lease_tell(lease, op);
	op->kind = CACHE_ADD;
}

enum lease_claim
lease_claimed(
    struct request *req, struct lease *lease, const struct cache_op *op)
{
	return claim_of(req, lease, op->status);
}

enum lease_claim
lease_claim(struct request *req, struct lease *lease)
{
	enum status st = ST_EXISTS;

	assert(req->may_block && !lease->held);
	value_make(lease);
	for (int i = 0; i < TRIES && st == ST_EXISTS; i++) {
		st = add(req, lease, value_of(lease));
		if (st == ST_EXISTS && !make_way(req, lease))
			break;
	}
	return claim_of(req, lease, st);
}

void
lease_give_up(struct request *req, struct lease *lease)
{
	assert(lease->held);
	lease->held = false;
	leases_orphan(req->stores->shared->leases, lease);
}

void
lease_end(struct request *req, struct lease *lease, struct str failure,
    struct cache_op *op)
{
	struct head head;
	char *p;

	assert(lease->held);
	/* Until then a beat may read and change it. */
	leases_drop(req->stores->shared->leases, lease);
	lease->held = false;
	head = head_of(lease->value);
	*op = (struct cache_op){ .kind = CACHE_DEL };
	lease_op(lease, op);
	if (str_is_null(failure) || failure.n > LEASE_FAILURE_MAX)
		return;
	head.format = FORMAT_FAILED;
	p = arena_alloc(req->arena, sizeof(head) + failure.n);
	memcpy(p, &head, sizeof(head));
	memcpy(p + sizeof(head), failure.p, failure.n);
	op->kind = CACHE_SET;
	op->ttl = LEASE_FAILURE_TTL;
	op->value = str_make(p, sizeof(head) + failure.n);
}
