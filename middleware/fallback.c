#include "middleware/fallback.h"

#include <pthread.h>
#include <stdlib.h>

#include "app/base/hash.h"
#include "app/base/log.h"
#include "app/base/log_pause.h"
#include "drivers/cache/cache_group.h"

#define PROBE    128u
#define PAUSE_MS 60000

struct slot {
	uint64_t key;
	uint64_t call; /* the last one that used it, 0: none ever did */
	struct cache_window window;
};

struct fallback {
	pthread_mutex_t lock;
	uint64_t calls;
	struct log_pause full;
	struct slot *slots; /* NULL: nothing was counted yet */
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
	free(f->slots);
	free(f);
}

/* The memory is taken by and by, as slots are used. */
static void
call_begin(struct fallback *f)
{
	f->calls++;
	if (f->slots == NULL)
		f->slots = calloc(FALLBACK_SLOTS, sizeof(*f->slots));
	if (f->slots == NULL)
		abort();
}

/* Windows of other algorithms mean something else. */
static uint64_t
key_of(const struct cache_op *op)
{
	uint64_t kind = (uint64_t)op->algorithm << 1 | op->lockout;

	return (hash_str(op->key) ^ hash_str(op->space->name)) + kind;
}

static bool
is_in_use(const struct fallback *f, const struct slot *s, int64_t now_ms)
{
	return s->call == f->calls || cache_window_open(&s->window, now_ms);
}

/* The key's slot, or a free one; NULL: there is neither. No key lies beyond a
 * slot that was never used. */
static struct slot *
slot_of(const struct fallback *f, uint64_t key, int64_t now_ms)
{
	struct slot *unused = NULL;

	for (uint64_t i = 0; i < PROBE; i++) {
		struct slot *s = &f->slots[(key + i) % FALLBACK_SLOTS];

		if (is_in_use(f, s, now_ms)) {
			if (s->key == key)
				return s;
			continue;
		}
		if (unused == NULL)
			unused = s;
		if (s->call == 0)
			break;
	}
	return unused;
}

/* NULL: there is no room for it. */
static struct cache_window *
window_take(struct fallback *f, const struct cache_op *op, int64_t now_ms)
{
	uint64_t key = key_of(op);
	struct slot *s = slot_of(f, key, now_ms);

	if (s == NULL)
		return NULL;
	if (!is_in_use(f, s, now_ms))
		*s = (struct slot){ .key = key };
	s->call = f->calls;
	return &s->window;
}

static void
say_full(void)
{
	log_line(LOG_WARNING, STR_NULL,
	    "this process has room for %u counters while their store is away, "
	    "and that is used up: calls pass without being counted by further "
	    "ones",
	    FALLBACK_SLOTS);
}

/* What found no room counts on a window that is forgotten. */
void
fallback_count(
    struct fallback *f, struct cache_op *const *ops, size_t n, int64_t now_ms)
{
	struct cache_group group = { .n = n };
	struct cache_window *windows[CACHE_GROUP_MAX];
	struct cache_window spare[CACHE_GROUP_MAX];
	bool full = false;

	(void)pthread_mutex_lock(&f->lock);
	call_begin(f);
	for (size_t i = 0; i < n; i++) {
		group.ops[i] = ops[i];
		windows[i] = window_take(f, ops[i], now_ms);
		if (windows[i] != NULL)
			continue;
		spare[i] = (struct cache_window){ 0 };
		windows[i] = &spare[i];
		full = true;
	}
	(void)cache_group_count(&group, windows, now_ms);
	(void)pthread_mutex_unlock(&f->lock);
	for (size_t i = 0; i < n; i++) {
		if (windows[i] != &spare[i])
			continue;
		ops[i]->count = 0;
		ops[i]->reset_ms = 0;
	}
	if (full && log_pause_over(&f->full, PAUSE_MS, now_ms))
		say_full();
}

void
fallback_look(struct fallback *f, struct cache_op *op, int64_t now_ms)
{
	static const struct cache_window none;
	const struct slot *s;

	(void)pthread_mutex_lock(&f->lock);
	call_begin(f);
	s = slot_of(f, key_of(op), now_ms);
	cache_window_look(s == NULL ? &none : &s->window, op, now_ms);
	op->status = op->count < cache_op_quota(op) ? ST_OK : ST_REFUSED;
	(void)pthread_mutex_unlock(&f->lock);
}
