#include "middleware/registry/current.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "middleware/registry/snapshot_build.h"

/* Replaced, but perhaps in use: one hold on it is kept and given back last. */
struct retired {
	struct retired *next;
	struct snapshot *snapshot;
};

void
current_init(struct current *c)
{
	(void)pthread_mutex_init(&c->lock, NULL);
	atomic_init(&c->snapshot, NULL);
	c->retired = NULL;
}

static void
retired_end(struct retired *list)
{
	while (list != NULL) {
		struct retired *r = list;

		list = r->next;
		snapshot_unref(r->snapshot);
		free(r);
	}
}

void
current_close(struct current *c)
{
	snapshot_unref(atomic_load(&c->snapshot));
	retired_end(c->retired);
	(void)pthread_mutex_destroy(&c->lock);
}

/* A pointer that *cached holds cannot be another snapshot's by now. */
struct snapshot *
current_pin(struct current *c, struct snapshot **cached)
{
	struct snapshot *before = *cached;

	if (before == NULL || before != atomic_load(&c->snapshot)) {
		(void)pthread_mutex_lock(&c->lock);
		*cached = snapshot_ref(atomic_load(&c->snapshot));
		(void)pthread_mutex_unlock(&c->lock);
		snapshot_unref(before); /* last: the new one is elsewhere */
	}
	return snapshot_ref(*cached);
}

void
current_publish(struct current *c, struct snapshot *fresh)
{
	struct snapshot *old;
	struct retired *r;

	r = malloc(sizeof(*r));
	if (r == NULL)
		abort();
	(void)pthread_mutex_lock(&c->lock);
	old = atomic_exchange(&c->snapshot, fresh);
	if (old != NULL) {
		*r = (struct retired){ c->retired, old };
		c->retired = r;
	}
	(void)pthread_mutex_unlock(&c->lock);
	if (old == NULL)
		free(r);
}

struct snapshot *
current_get(struct current *c)
{
	return atomic_load(&c->snapshot);
}

/* Takes those out of the list that nobody else holds. */
static struct retired *
ended_take(struct current *c)
{
	struct retired **at = &c->retired, *ended = NULL;

	(void)pthread_mutex_lock(&c->lock);
	while (*at != NULL) {
		struct retired *r = *at;

		if (!snapshot_is_last(r->snapshot)) {
			at = &r->next;
			continue;
		}
		*at = r->next;
		r->next = ended;
		ended = r;
	}
	(void)pthread_mutex_unlock(&c->lock);
	return ended;
}

void
current_reap(struct current *c)
{
	retired_end(ended_take(c));
}
