#include "middleware/fallback.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/base/hash.h"
#include "drivers/cache/cache_group.h"

#define SLOTS 1024u
#define PROBE 8u

struct slot {
	uint64_t key;
	uint64_t call; /* the last one that used it */
	struct cache_window window;
};

struct fallback {
	pthread_mutex_t lock;
	uint64_t calls;
	struct slot slots[SLOTS];
};

struct fallback *
fallback_new(void)
{
	struct fallback *f = calloc(1, sizeof(*f));

	if (f == NULL)
		abort();
	(void)pthread_mutex_init(&f->lock, NULL);
	return f;
}

void
fallback_free(struct fallback *f)
{
	(void)pthread_mutex_destroy(&f->lock);
	free(f);
}

static bool
is_in_use(const struct fallback *f, const struct slot *s, int64_t now_ms)
{
	return s->call == f->calls || cache_window_open(&s->window, now_ms);
}

/* The key's slot; or, where it has none, the one whose window ends first, which
 * is a new window for the key if that has ended. The space is part of the key:
 * it tells limits and log-ins apart. */
static struct slot *
slot_of(struct fallback *f, const struct cache_op *op, int64_t now_ms)
{
	uint64_t key = hash_str(op->key) ^ hash_str(op->space->name);
	struct slot *oldest = NULL;

	for (uint64_t i = 0; i < PROBE; i++) {
		struct slot *s = &f->slots[(key + i) % SLOTS];

		if (s->key == key && is_in_use(f, s, now_ms))
			return s;
		if (oldest == NULL ||
		    (is_in_use(f, oldest, now_ms) &&
			(!is_in_use(f, s, now_ms) ||
			    s->window.end_ms < oldest->window.end_ms)))
			oldest = s;
	}
	if (!is_in_use(f, oldest, now_ms))
		*oldest = (struct slot){ .key = key };
	return oldest;
}

void
fallback_count(
    struct fallback *f, struct cache_op *const *ops, size_t n, int64_t now_ms)
{
	struct cache_group group = { .n = n };
	struct cache_window *windows[CACHE_GROUP_MAX];

	(void)pthread_mutex_lock(&f->lock);
	f->calls++;
	for (size_t i = 0; i < n; i++) {
		struct slot *s = slot_of(f, ops[i], now_ms);

		s->call = f->calls;
		group.ops[i] = ops[i];
		windows[i] = &s->window;
	}
	(void)cache_group_count(&group, windows, now_ms);
	(void)pthread_mutex_unlock(&f->lock);
}

void
fallback_look(struct fallback *f, struct cache_op *op, int64_t now_ms)
{
	(void)pthread_mutex_lock(&f->lock);
	f->calls++;
	cache_window_look(&slot_of(f, op, now_ms)->window, op, now_ms);
	op->status = op->count < cache_op_quota(op) ? ST_OK : ST_REFUSED;
	(void)pthread_mutex_unlock(&f->lock);
}
