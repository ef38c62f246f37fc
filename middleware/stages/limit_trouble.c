#include "middleware/stages/limit_trouble.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "app/base/log.h"
#include "drivers/cache/cache.h"
#include "middleware/fallback.h"
#include "middleware/request.h"

#define POLICIES (ON_ERROR_DENY + 1)

struct limit_trouble {
	struct fallback *fallback;
	_Atomic int64_t began_ms;         /* 0: there is none */
	_Atomic int64_t failed_ms;        /* the last time */
	_Atomic uint64_t ruled[POLICIES]; /* calls since it began */
};

static const char *const until_then[POLICIES] = {
	[ON_ERROR_LOCAL] = "limits are counted in this process",
	[ON_ERROR_ALLOW] = "calls pass without being counted",
	[ON_ERROR_DENY] = "limited calls are answered 503",
};

struct limit_trouble *
limit_trouble_new(void)
{
	struct limit_trouble *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	t->fallback = fallback_new();
	return t;
}

void
limit_trouble_free(struct limit_trouble *t)
{
	fallback_free(t->fallback);
	free(t);
}

static bool
is_full(struct cache_op *const *ops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ops[i]->status == ST_FULL)
			return true;
	return false;
}

/* One of all who see it fail says so. */
static void
lost(struct limit_trouble *t, const struct request *req, enum on_error policy,
    bool full, int64_t now_ms)
{
	int64_t none = 0;

	atomic_store(&t->failed_ms, now_ms);
	(void)atomic_fetch_add(&t->ruled[policy], 1);
	if (atomic_load(&t->began_ms) == 0 &&
	    atomic_compare_exchange_strong(&t->began_ms, &none, now_ms))
		log_line(LOG_WARNING, req->id,
		    "the limit store %s %s (LIMIT_ON_ERROR)",
		    full ? "is full: until all counters have room"
			 : "does not answer: until it is back",
		    until_then[policy]);
}

enum on_error
limit_trouble_rule(struct limit_trouble *t, struct request *req,
    struct cache_op *const *ops, size_t n, int64_t now_ms)
{
	enum on_error policy = (enum on_error)req->settings->limit_on_error;
	bool full = is_full(ops, n);

	lost(t, req, policy, full, now_ms);
	switch (policy) {
	case ON_ERROR_LOCAL:
		fallback_count(t->fallback, ops, n, now_ms);
		req->limit_verdict = LIMIT_VERDICT_LOCAL;
		break;
	case ON_ERROR_ALLOW:
		req->limit_verdict = LIMIT_VERDICT_SKIPPED;
		break;
	case ON_ERROR_DENY:
		req->limit_verdict = LIMIT_VERDICT_DENIED;
		response_busy(req, "The rate limit store %s.",
		    full ? "is full" : "cannot be reached");
		break;
	}
	return policy;
}

static unsigned long long
ruled(struct limit_trouble *t, enum on_error policy)
{
	return atomic_exchange(&t->ruled[policy], 0);
}

/* While some threads are answered and others not yet, it is not over. */
void
limit_trouble_over(struct limit_trouble *t, int64_t now_ms)
{
	int64_t began_ms =
	    atomic_load_explicit(&t->began_ms, memory_order_relaxed);
	unsigned long long counted, allowed, denied;

	if (began_ms == 0 ||
	    now_ms - atomic_load(&t->failed_ms) < LIMIT_TROUBLE_CALM_MS ||
	    !atomic_compare_exchange_strong(&t->began_ms, &began_ms, 0))
		return;
	counted = ruled(t, ON_ERROR_LOCAL);
	allowed = ruled(t, ON_ERROR_ALLOW);
	denied = ruled(t, ON_ERROR_DENY);
	log_line(LOG_WARNING, STR_NULL,
	    "the limit store counts again: in %lld ms %llu calls were counted "
	    "in this process, %llu allowed, %llu denied",
	    (long long)(now_ms - began_ms), counted, allowed, denied);
}
