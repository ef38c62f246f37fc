#include "middleware/readiness.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/cond.h"
#include "middleware/probes.h"
#include "middleware/request.h"
#include "middleware/stores.h"

#define FRESH_MS 1000

struct readiness {
	atomic_bool stopping;
	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t found;
	bool asking; /* a request finds out now */
	bool ready;
	int64_t at_ms; /* when it was found */
	char *all;     /* NULL: never yet */
	char *up;
};

struct readiness *
readiness_new(void)
{
	struct readiness *r = calloc(1, sizeof(*r));

	if (r == NULL)
		abort();
	(void)pthread_mutex_init(&r->lock, NULL);
	cond_open(&r->found);
	return r;
}

void
readiness_free(struct readiness *r)
{
	(void)pthread_cond_destroy(&r->found);
	(void)pthread_mutex_destroy(&r->lock);
	free(r->all);
	free(r->up);
	free(r);
}

void
readiness_stop(struct readiness *r)
{
	atomic_store(&r->stopping, true);
}

static void
keep(char **text, const struct buf *b)
{
	free(*text);
	*text = strndup(buf_str(b).p, buf_str(b).n);
	if (*text == NULL)
		abort();
}

/* Without the lock meanwhile. */
static void
find_out(struct readiness *r, struct request *req)
{
	struct buf all = buf_in(req->arena), up = buf_in(req->arena);
	bool ready;

	r->asking = true;
	(void)pthread_mutex_unlock(&r->lock);
	ready = probes_ask(req, &all, &up);
	(void)pthread_mutex_lock(&r->lock);
	keep(&r->all, &all);
	keep(&r->up, &up);
	r->ready = ready;
	r->at_ms = clock_boot_ms();
	r->asking = false;
	(void)pthread_cond_broadcast(&r->found);
}

static bool
is_fresh(const struct readiness *r)
{
	return r->all != NULL && clock_boot_ms() - r->at_ms < FRESH_MS;
}

/* Only who comes before anything is known waits for who asks. */
static enum status
settle(struct readiness *r, struct request *req)
{
	struct timespec until = cond_after(req->deadline_ms - clock_boot_ms());

	while (r->asking && r->all == NULL)
		if (!cond_wait_until(&r->found, &r->lock, &until))
			return ST_TIMEOUT;
	if (!r->asking && !is_fresh(r))
		find_out(r, req);
	return ST_OK;
}

enum status
readiness_ask(struct request *req, struct readiness_told *out)
{
	struct readiness *r = req->stores->shared->readiness;
	enum status st;
	bool stopping;

	(void)pthread_mutex_lock(&r->lock);
	st = settle(r, req);
	/* Only now: a stop may begin while stores are asked. */
	stopping = atomic_load(&r->stopping);
	if (st == ST_OK)
		*out = (struct readiness_told){
			.ready = r->ready && !stopping,
			.stopping = stopping,
			.age_ms = clock_boot_ms() - r->at_ms,
			.all = arena_dup(req->arena, str_of(r->all)),
			.up = arena_dup(req->arena, str_of(r->up)),
		};
	(void)pthread_mutex_unlock(&r->lock);
	return st;
}
