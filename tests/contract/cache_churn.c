/*
 * The work that is interrupted at random. Each value says what it must be: it
 * begins with its key's number and a seed, and the rest follows from them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_tasks.h"

#define SMALL_MOST 3000
#define LARGE_MOST 60000
#define BATCH_MOST 6

struct churn_head {
	uint32_t number;
	uint32_t seed;
};

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

struct str
churn_key(struct fixture *f, uint32_t number)
{
	return arena_printf(&f->arena, "churned %u", (unsigned)number);
}

static struct str
value_of(struct fixture *f, struct churn_head head)
{
	size_t most = head.seed % 8 == 0 ? LARGE_MOST : SMALL_MOST;
	size_t n = sizeof(head) + head.seed / 8 % most;
	struct str value = bytes(f, n, head.seed ^ head.number);

	memcpy((char *)(uintptr_t)value.p, &head, sizeof(head));
	return value;
}

struct str
churn_value(struct fixture *f, uint32_t number, uint32_t seed)
{
	return value_of(f, (struct churn_head){ number, seed });
}

bool
churn_value_sane(struct fixture *f, uint32_t number, struct str value)
{
	struct churn_head head;

	if (value.n < sizeof(head))
		return false;
	memcpy(&head, value.p, sizeof(head));
	return head.number == number && str_eq(value, value_of(f, head));
}

void
churn_counter(struct cache_op *op, uint32_t number)
{
	op->algorithm = number % 3;
	op->lockout = number % 5 == 0;
	op->limit = CHURNED_LIMIT;
	op->burst = CHURNED_LIMIT;
	op->ttl = CHURNED_WINDOW;
}

static struct cache_op
churn_op(struct fixture *f, uint32_t number, uint32_t *seed)
{
	static const enum cache_kind kinds[] = { CACHE_GET, CACHE_GET,
		CACHE_SET, CACHE_SET, CACHE_ADD, CACHE_DEL, CACHE_TOUCH,
		CACHE_COUNT, CACHE_COUNT };
	struct cache_op op = {
		.kind = kinds[next(seed) % (sizeof(kinds) / sizeof(kinds[0]))],
		.key = churn_key(f, number),
		.ttl = next(seed) % 100 + 1,
	};

	if (op.kind == CACHE_COUNT)
		op.group = next(seed) % 2;
	if (op.kind == CACHE_DEL && next(seed) % 4 == 0)
		op.counter = true;
	if (cache_op_counts(&op))
		churn_counter(&op, number);
	if (op.kind == CACHE_SET || op.kind == CACHE_ADD)
		op.value = churn_value(f, number, next(seed));
	return op;
}

static void
check(struct fixture *f, uint32_t number, const struct cache_op *op)
{
	bool sane = true;

	if (op->kind == CACHE_GET && op->status == ST_OK)
		sane = churn_value_sane(f, number, op->value);
	if (op->kind == CACHE_COUNT)
		sane = op->count <= CHURNED_LIMIT &&
		       (op->status == ST_OK || op->status == ST_REFUSED);
	if (!sane) {
		(void)fprintf(stderr, "churn: key %u: kind %d, %s, count %u\n",
		    number, (int)op->kind, status_name(op->status), op->count);
		abort();
	}
}

uint32_t
churn(struct fixture *f, const char *argument, uint32_t number)
{
	uint32_t seed =
	    (uint32_t)strtoul(argument, NULL, 10) * CROWD_MAX + number;

	for (;;) {
		struct cache_op ops[BATCH_MOST];
		uint32_t keys[BATCH_MOST];
		size_t n = 1 + next(&seed) % BATCH_MOST;

		for (size_t i = 0; i < n; i++) {
			keys[i] = next(&seed) % CHURNED_KEYS;
			ops[i] = churn_op(f, keys[i], &seed);
		}
		run(f, ops, n);
		for (size_t i = 0; i < n; i++)
			check(f, keys[i], &ops[i]);
		if (f->driver->upkeep != NULL && next(&seed) % 64 == 0)
			f->driver->upkeep(f->conn);
		arena_reset(&f->arena);
	}
}
