#include "middleware/tallies.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "middleware/stores.h"

#define KEY_SUM  STR("sum")
#define KEY_TURN STR("turn") /* whose it is to add to the sum */

/* Who dies in its turn has it so long; who is slower loses what others add
 * meanwhile. */
#define TURN_S        5
#define TURN_TRIES    16
#define TURN_EVERY_MS 2
#define ARENA_BYTES   4096u

/* Twice the services: a free place is near. */
#define PLACES (2u * TALLY_SERVICES_MAX)

/* Written by one thread, read by any. */
struct place {
	_Atomic int64_t service_id; /* 0: free */
	_Atomic uint64_t count[TALLIES];
};

struct tally_sheet {
	struct tally_sheet *next;
	struct place places[PLACES];
};

struct tallies {
	pthread_mutex_t lock; /* of the list */
	struct tally_sheet *sheets;
	pthread_mutex_t sharing;  /* of what follows, and who shares */
	struct tally_table taken; /* from the sheets so far */
	struct tally_table owed;  /* taken, but not in the sum yet */
	struct tally_table room;  /* to work in */
};

static const struct cache_space space_tallies = { { "n", 1 }, false };

struct tallies *
tallies_new(void)
{
	struct tallies *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_mutex_init(&t->sharing, NULL);
	return t;
}

void
tallies_free(struct tallies *t)
{
	while (t->sheets != NULL) {
		struct tally_sheet *sheet = t->sheets;

		t->sheets = sheet->next;
		free(sheet);
	}
	(void)pthread_mutex_destroy(&t->sharing);
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}

struct tally_sheet *
tallies_sheet(struct tallies *t)
{
	struct tally_sheet *sheet = calloc(1, sizeof(*sheet));

	if (sheet == NULL)
		abort();
	(void)pthread_mutex_lock(&t->lock);
	sheet->next = t->sheets;
	t->sheets = sheet;
	(void)pthread_mutex_unlock(&t->lock);
	return sheet;
}

/* NULL: all are taken. */
static struct place *
place_of(struct tally_sheet *sheet, int64_t service_id)
{
	size_t at = (size_t)((uint64_t)service_id % PLACES);

	for (size_t i = 0; i < PLACES; i++, at = (at + 1) % PLACES) {
		struct place *place = &sheet->places[at];
		int64_t id = atomic_load_explicit(
		    &place->service_id, memory_order_relaxed);

		if (id == 0)
			atomic_store_explicit(&place->service_id, service_id,
			    memory_order_relaxed);
		if (id == 0 || id == service_id)
			return place;
	}
	return NULL;
}

static void
place_add(struct place *place, enum tally what, uint64_t n)
{
	_Atomic uint64_t *count = &place->count[what];

	atomic_store_explicit(count,
	    atomic_load_explicit(count, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

void
tally_sheet_add(struct tally_sheet *sheet, int64_t service_id,
    const struct tally_mark *mark)
{
	struct place *place = place_of(sheet, service_id);

	if (place == NULL)
		return;
	place_add(place, mark->kind, 1);
	place_add(place, TALLY_BYTES, mark->bytes);
	place_add(place, TALLY_SAVED_MS, mark->saved_ms);
}

static void
sheet_add_up(const struct tally_sheet *sheet, struct tally_table *sum)
{
	for (size_t i = 0; i < PLACES; i++) {
		const struct place *place = &sheet->places[i];
		struct tally_row row = { .service_id = atomic_load_explicit(
					     &place->service_id,
					     memory_order_relaxed) };

		if (row.service_id == 0)
			continue;
		for (int c = 0; c < TALLIES; c++)
			row.count[c] = atomic_load_explicit(
			    &place->count[c], memory_order_relaxed);
		(void)tally_add(sum, &row); /* or is beyond */
	}
}

/* What is on the sheets and was not taken becomes owed. Returns false when
 * nothing is. `now` is room to work in. */
static bool
take(struct tallies *t, struct tally_table *now)
{
	now->n = 0;
	(void)pthread_mutex_lock(&t->lock);
	for (const struct tally_sheet *s = t->sheets; s != NULL; s = s->next)
		sheet_add_up(s, now);
	(void)pthread_mutex_unlock(&t->lock);
	for (size_t i = 0; i < now->n; i++) {
		struct tally_row more = now->rows[i];
		const struct tally_row *was =
		    tally_find(&t->taken, more.service_id);
		uint64_t any = 0;

		for (int c = 0; c < TALLIES; c++) {
			more.count[c] -= was == NULL ? 0 : was->count[c];
			any |= more.count[c];
		}
		if (any == 0)
			continue;
		if (tally_add(&t->taken, &more)) /* or it would be anew */
			(void)tally_add(&t->owed, &more);
	}
	return t->owed.n > 0;
}

/* Where operations on what is shared go. */
struct desk {
	struct stores *stores;
	struct arena arena;
	int64_t deadline_ms;
};

static enum status
desk_run(struct desk *desk, struct cache_op *op)
{
	struct store *store = stores_of(desk->stores->shared, STORE_CACHE);
	struct cache_conn *conn = stores_conn(desk->stores, store, NULL);
	enum status st;

	if (conn == NULL)
		return ST_UNAVAILABLE;
	op->space = &space_tallies;
	op->arena = &desk->arena;
	st = store->driver->exec(conn, &op, 1, desk->deadline_ms);
	return st == ST_OK ? op->status : st;
}

/* None that can be read is one of nothing. */
static enum status
sum_get(struct desk *desk, struct tally_table *sum)
{
	struct cache_op get = { .kind = CACHE_GET, .key = KEY_SUM };
	enum status st = desk_run(desk, &get);

	(void)tally_unpack(st == ST_OK ? get.value : STR_NULL, sum);
	return st == ST_MISSING ? ST_OK : st;
}

/* A SET of which the store does not say whether it was done counts as done:
 * lost is better than twice. */
static enum status
sum_add(struct tallies *t, struct desk *desk, struct tally_table *sum)
{
	struct cache_op set = { .kind = CACHE_SET, .key = KEY_SUM };
	enum status st = sum_get(desk, sum);

	if (st != ST_OK)
		return st;
	tally_merge(sum, &t->owed);
	set.value = tally_pack(&desk->arena, sum);
	t->owed.n = 0;
	return desk_run(desk, &set);
}

/* ST_EXISTS: others have had it all the time. */
static enum status
turn_take(struct desk *desk)
{
	static const struct timespec a_moment = { .tv_nsec = TURN_EVERY_MS *
							     1000000L };
	enum status st = ST_EXISTS;

	for (int i = 0; st == ST_EXISTS && i < TURN_TRIES; i++) {
		struct cache_op add = { .kind = CACHE_ADD,
			.key = KEY_TURN,
			.value = STR("1"),
			.ttl = TURN_S };

		if (i > 0)
			(void)nanosleep(&a_moment, NULL);
		st = desk_run(desk, &add);
	}
	return st;
}

/* Late, it may be another's already: it ends by itself. */
static void
turn_give(struct desk *desk, int64_t taken_ms)
{
	struct cache_op end = { .kind = CACHE_DEL, .key = KEY_TURN };

	if (clock_boot_ms() - taken_ms < TURN_S * 1000 / 2)
		(void)desk_run(desk, &end);
}

static enum status
share(struct tallies *t, struct desk *desk, struct tally_table *room)
{
	enum status st;
	int64_t now_ms;

	if (!take(t, room))
		return ST_OK;
	now_ms = clock_boot_ms();
	st = turn_take(desk);
	if (st != ST_OK)
		return st;
	st = sum_add(t, desk, room);
	turn_give(desk, now_ms);
	return st;
}

static enum status
look(struct tallies *t, struct desk *desk, struct tally_table *sum)
{
	enum status st;

	(void)take(t, sum);
	st = sum_get(desk, sum);
	if (st == ST_OK)
		tally_merge(sum, &t->owed);
	return st;
}

static enum status
at_desk(struct tallies *t, struct stores *stores, int64_t deadline_ms,
    enum status (*work)(struct tallies *, struct desk *, struct tally_table *),
    struct tally_table *sum)
{
	struct desk desk = { .stores = stores, .deadline_ms = deadline_ms };
	enum status st;

	arena_init(&desk.arena, ARENA_BYTES);
	(void)pthread_mutex_lock(&t->sharing);
	st = work(t, &desk, sum);
	(void)pthread_mutex_unlock(&t->sharing);
	arena_close(&desk.arena);
	return st;
}

enum status
tallies_share(struct tallies *t, struct stores *stores, int64_t deadline_ms)
{
	return at_desk(t, stores, deadline_ms, share, &t->room);
}

enum status
tallies_read(struct tallies *t, struct stores *stores, int64_t deadline_ms,
    struct tally_table *sum)
{
	return at_desk(t, stores, deadline_ms, look, sum);
}
