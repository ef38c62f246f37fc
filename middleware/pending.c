#include "middleware/pending.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/base/log.h"

/* Distinct tags; an installation has a few for each table. */
#define PENDING_MAX 4096u

struct tag {
	char *text;
	size_t n;
	unsigned times; /* added: a retry must not forget a later write */
};

struct pending {
	/* read without the lock */
	atomic_size_t count;
	atomic_bool overflow; /* a tag found no place: it stays pending */
	pthread_mutex_t lock;
	struct tag tags[PENDING_MAX];
};

struct pending *
pending_new(void)
{
	struct pending *p = calloc(1, sizeof(*p));

	if (p == NULL)
		abort();
	(void)pthread_mutex_init(&p->lock, NULL);
	return p;
}

void
pending_free(struct pending *p)
{
	for (size_t i = 0; i < atomic_load(&p->count); i++)
		free(p->tags[i].text);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

/* The lock is held. */
static struct tag *
find(struct pending *p, struct str tag)
{
	size_t n = atomic_load(&p->count);

	for (size_t i = 0; i < n; i++) {
		if (str_eq(str_make(p->tags[i].text, p->tags[i].n), tag))
			return &p->tags[i];
	}
	return NULL;
}

static void
add(struct pending *p, struct str text)
{
	struct tag *tag = find(p, text);
	size_t n = atomic_load(&p->count);

	if (tag != NULL) {
		tag->times++;
		return;
	}
	if (n == PENDING_MAX) {
		atomic_store(&p->overflow, true);
		return;
	}
	tag = &p->tags[n];
	tag->text = malloc(text.n + 1);
	if (tag->text == NULL)
		abort();
	memcpy(tag->text, text.p, text.n);
	tag->n = text.n;
	tag->times = 1;
	atomic_store(&p->count, n + 1);
}

void
pending_add(struct pending *p, const struct str *tags, size_t n)
{
	(void)pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < n; i++)
		add(p, tags[i]);
	(void)pthread_mutex_unlock(&p->lock);
}

bool
pending_any(struct pending *p, const struct str *tags, size_t n)
{
	bool any = false;

	if (atomic_load(&p->overflow))
		return true;
	if (atomic_load(&p->count) == 0)
		return false;
	(void)pthread_mutex_lock(&p->lock);
	for (size_t i = 0; !any && i < n; i++)
		any = find(p, tags[i]) != NULL;
	(void)pthread_mutex_unlock(&p->lock);
	return any;
}

/* Forgets tags[i], unless it was added again since it was `times` times. */
static void
forget(struct pending *p, size_t i, unsigned times)
{
	size_t last;

	(void)pthread_mutex_lock(&p->lock);
	last = atomic_load(&p->count) - 1;
	if (p->tags[i].times == times) {
		free(p->tags[i].text);
		p->tags[i] = p->tags[last];
		atomic_store(&p->count, last);
	}
	(void)pthread_mutex_unlock(&p->lock);
}

/* From the newest down, so that forgetting one moves none still to come. */
void
pending_retry(struct pending *p, pending_delete_f *drop, void *ctx)
{
	size_t n = atomic_load(&p->count);

	for (size_t i = n; i-- > 0;) {
		unsigned times;
		struct str text;

		(void)pthread_mutex_lock(&p->lock);
		times = p->tags[i].times;
		text = str_make(p->tags[i].text, p->tags[i].n);
		(void)pthread_mutex_unlock(&p->lock);
		if (drop(ctx, text) != ST_OK)
			return;
		forget(p, i, times);
	}
	if (n > 0)
		log_line(LOG_INFO, STR_NULL,
		    "cache store: the tags of writes made meanwhile are "
		    "deleted");
}
