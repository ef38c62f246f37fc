#include "middleware/probes.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/jsonmember.h"
#include "app/base/settings.h"
#include "middleware/metric.h"
#include "middleware/registry/registry.h"
#include "middleware/request.h"
#include "middleware/service.h"
#include "middleware/stores.h"

#define THREADS_MAX 8

/* After so long no other is asked any more. */
#define ALL_MS (4 * PROBE_MS)

/* One that is asked: the system database unless it is one of the others. */
struct probe {
	struct store *store;
	const struct service *service;
	enum status status;
	int64_t took_ms;
	struct error err;
};

/* Threads take the next of the list until there is none. */
struct round {
	struct request *req;
	struct probe *list;
	size_t n;
	atomic_size_t next;
	int64_t until_ms;
};

static enum status
store_ask(const struct store *store, int64_t deadline_ms, struct error *err)
{
	struct cache_conn *conn;
	enum status st = store->driver->connect(store->cache, &conn, err);

	if (st != ST_OK)
		return st;
	st = store->driver->ping(conn, deadline_ms, err);
	store->driver->disconnect(conn);
	return st;
}

static enum status
service_ask(
    const struct service *service, int64_t deadline_ms, struct error *err)
{
	if (service->instance == NULL)
		return error_set(
		    err, ST_UNAVAILABLE, "%s", service->open_error);
	return service->type->probe(service->instance, deadline_ms, err);
}

static enum status
system_ask(struct request *req, struct error *err)
{
	if (registry_healthy(req->registry))
		return ST_OK;
	return error_set(
	    err, ST_UNAVAILABLE, "the system database cannot be read");
}

static enum status
ask(struct request *req, struct probe *p, int64_t deadline_ms)
{
	if (p->store != NULL)
		return store_ask(p->store, deadline_ms, &p->err);
	if (p->service != NULL)
		return service_ask(p->service, deadline_ms, &p->err);
	return system_ask(req, &p->err);
}

static void *
round_run(void *arg)
{
	struct round *round = arg;
	size_t i;

	while ((i = atomic_fetch_add(&round->next, 1)) < round->n) {
		struct probe *p = &round->list[i];
		int64_t now_ms = clock_boot_ms();

		if (now_ms >= round->until_ms) {
			p->status = error_set(&p->err, ST_TIMEOUT,
			    "not asked: too many others were silent");
			continue;
		}
		p->status = ask(round->req, p, now_ms + PROBE_MS);
		p->took_ms = clock_boot_ms() - now_ms;
	}
	return NULL;
}

/* This thread helps: without any other it asks them all. */
static void
round_all(struct round *round)
{
	pthread_t threads[THREADS_MAX - 1];
	size_t n = 0;

	while (n < THREADS_MAX - 1 && n + 1 < round->n &&
	       pthread_create(&threads[n], NULL, round_run, round) == 0)
		n++;
	(void)round_run(round);
	while (n > 0)
		(void)pthread_join(threads[--n], NULL);
}

static bool
is_asked(const struct service *service)
{
	return service->active && service->type != NULL &&
	       (service->instance == NULL || service->type->probe != NULL);
}

/* The stores of cache services are among those of the process: they are asked
 * as services, by their names. */
static void
list_fill(struct round *round, const struct request *req)
{
	const struct stores_shared *shared = req->stores->shared;
	size_t n;
	const struct service *all = snapshot_services(req->snapshot, &n);

	round->list = arena_zalloc(
	    req->arena, (1 + STORE_SHARED_USES + n) * sizeof(round->list[0]));
	round->n = 1;
	for (int use = 0; use < STORE_SHARED_USES; use++) {
		struct store *store = shared->store[use];
		int same = 0;

		while (shared->store[same] != store)
			same++;
		if (same == use)
			round->list[round->n++].store = store;
	}
	for (size_t i = 0; i < n; i++)
		if (is_asked(&all[i]))
			round->list[round->n++].service = &all[i];
}

static void
put_uses(struct buf *b, const struct stores_shared *shared,
    const struct store *store)
{
	static const struct str names[STORE_SHARED_USES] = {
		[STORE_CACHE] = { "cache", 5 },
		[STORE_LIMIT] = { "limit", 5 },
		[STORE_SESSION] = { "session", 7 },
	};
	struct str list[STORE_SHARED_USES];
	size_t n = 0;

	for (int use = 0; use < STORE_SHARED_USES; use++)
		if (shared->store[use] == store)
			list[n++] = names[use];
	put_texts(b, "uses", list, n);
}

static struct str
kind_of(const struct probe *p)
{
	if (p->store != NULL)
		return STR("store");
	return p->service != NULL ? STR("service") : STR("database");
}

static struct str
name_of(const struct probe *p)
{
	if (p->store != NULL)
		return str_of(p->store->driver->name);
	return p->service != NULL ? p->service->name : STR("system");
}

static void
put_up(struct buf *b, const struct probe *p)
{
	const struct metric_label labels[] = { { "kind", kind_of(p) },
		{ "name", name_of(p) } };

	metric_put(b, PROBES_METRIC, labels, 2, p->status == ST_OK);
}

static void
put_probe(struct buf *b, const struct request *req, const struct probe *p)
{
	buf_put_char(b, '{');
	put_text(b, "kind", kind_of(p));
	put_text(b, "name", name_of(p));
	if (p->store != NULL)
		put_uses(b, req->stores->shared, p->store);
	if (p->service != NULL)
		put_text(b, "type", p->service->type_name);
	put_bool(b, "answers", p->status == ST_OK);
	put_number(b, "time_ms", p->took_ms);
	if (p->status != ST_OK)
		put_text(b, "error",
		    str_of(p->err.text[0] != '\0' ? p->err.text
						  : status_name(p->status)));
	buf_put_char(b, '}');
}

bool
probes_ask(struct request *req, struct buf *out, struct buf *up)
{
	bool needs_all = req->settings->ready_needs == READY_NEEDS_ALL;
	struct round round = { .req = req,
		.until_ms = clock_boot_ms() + ALL_MS };
	bool ready = true;

	list_fill(&round, req);
	round_all(&round);
	buf_put_char(out, '[');
	for (size_t i = 0; i < round.n; i++) {
		if (i > 0)
			buf_put_char(out, ',');
		put_probe(out, req, &round.list[i]);
		put_up(up, &round.list[i]);
		if (needs_all || i == 0)
			ready = ready && round.list[i].status == ST_OK;
	}
	buf_put_char(out, ']');
	return ready;
}
