#include "middleware/fallback.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/base/hash.h"
#include "drivers/cache/cache.h"

#define SLOTS 1024u
#define PROBE 8u

struct window {
	uint64_t key;
	int64_t ends_ms;
	uint32_t count;
};

struct fallback {
	pthread_mutex_t lock;
	struct window windows[SLOTS];
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

/* The key's open window, or a new one in the slot that ends first. */
static struct window *
window_of(struct fallback *f, const struct cache_op *op, int64_t now_ms)
{
	uint64_t key = hash_str(op->key);
	struct window *oldest = &f->windows[key % SLOTS];

	for (uint64_t i = 0; i < PROBE; i++) {
		struct window *w = &f->windows[(key + i) % SLOTS];

		if (w->key == key && w->ends_ms > now_ms)
			return w;
		if (w->ends_ms < oldest->ends_ms)
			oldest = w;
	}
	if (oldest->ends_ms <= now_ms)
		*oldest = (struct window){
			.key = key,
			.ends_ms = now_ms + (int64_t)op->ttl * 1000,
		};
	return oldest;
}

/* Says of each what stands; true when one is used up. */
static bool
look_all(
    struct fallback *f, struct cache_op *const *ops, size_t n, int64_t now_ms)
{
	bool refused = false;

	for (size_t i = 0; i < n; i++) {
		const struct window *w = window_of(f, ops[i], now_ms);

		ops[i]->count = w->count;
		ops[i]->reset_ms = w->ends_ms - now_ms;
		ops[i]->status = w->count < ops[i]->limit ? ST_OK : ST_REFUSED;
		refused = refused || ops[i]->status == ST_REFUSED;
	}
	return refused;
}

void
fallback_count(
    struct fallback *f, struct cache_op *const *ops, size_t n, int64_t now_ms)
{
	(void)pthread_mutex_lock(&f->lock);
	if (!look_all(f, ops, n, now_ms)) {
		for (size_t i = 0; i < n; i++)
			ops[i]->count = ++window_of(f, ops[i], now_ms)->count;
	}
	(void)pthread_mutex_unlock(&f->lock);
}

void
fallback_look(
    struct fallback *f, struct cache_op *const *ops, size_t n, int64_t now_ms)
{
	(void)pthread_mutex_lock(&f->lock);
	(void)look_all(f, ops, n, now_ms);
	(void)pthread_mutex_unlock(&f->lock);
}
