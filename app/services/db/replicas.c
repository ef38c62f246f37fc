#include "app/services/db/replicas.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/services/db/db.h"
#include "drivers/db/pool.h"

/* A look takes no longer. */
#define LOOK_MS 1000

/* The rest after it, in times of what it took: one that hangs must not keep
 * the other services waiting for long. */
#define REST 10

/* What a read waits for a connection before it asks elsewhere. */
#define TAKE_MS 500

struct replica {
	struct replicas *all;
	struct db_config config;
	struct pool *pool;
	atomic_bool away;
	/* Only the thread that looks uses these. */
	struct db_conn *watch; /* NULL: none, or lost */
	int64_t look_ms;       /* not before */
	bool told;             /* the log says how it is */
	bool told_away;
};

struct replicas {
	const struct db_driver *driver;
	struct str service;
	int64_t lag;
	atomic_size_t turn;
	size_t n;
	struct replica list[];
};

bool
replica_is_away(const struct replica *replica)
{
	return atomic_load(&replica->away);
}

static void
watch_drop(struct replica *r)
{
	if (r->watch != NULL)
		r->all->driver->disconnect(r->watch);
	r->watch = NULL;
}

static enum status
watch_have(struct replica *r, int64_t deadline_ms, struct error *err)
{
	const struct db_driver *driver = r->all->driver;

	if (r->watch != NULL && !driver->usable(r->watch, false))
		watch_drop(r);
	if (r->watch != NULL)
		return ST_OK;
	return driver->connect(&r->config, deadline_ms, &r->watch, err);
}

/* ST_STALE: it answers, and is too far behind. */
static enum status
look(struct replica *r, int64_t now_ms, struct error *err)
{
	int64_t deadline_ms = now_ms + LOOK_MS;
	int64_t seconds = 0;
	enum status st = watch_have(r, deadline_ms, err);

	if (st == ST_OK)
		st = r->all->driver->behind(
		    r->watch, deadline_ms, &seconds, err);
	if (st != ST_OK || seconds <= r->all->lag)
		return st;
	if (seconds == DB_BEHIND_FOREVER)
		return error_set(
		    err, ST_STALE, "it has ceased to follow its server");
	return error_set(
	    err, ST_STALE, "it is %lld seconds behind", (long long)seconds);
}

/* Only news are told. */
static void
tell(struct replica *r, bool away, const struct error *why)
{
	if (r->told && r->told_away == away)
		return;
	r->told = true;
	r->told_away = away;
	if (away)
		log_line(LOG_WARNING, STR_NULL,
		    "service %.*s: reads go past the replica %s:%d: %s",
		    STR_ARG(r->all->service), r->config.host, r->config.port,
		    why->text);
	else
		log_line(LOG_INFO, STR_NULL,
		    "service %.*s: the replica %s:%d answers reads",
		    STR_ARG(r->all->service), r->config.host, r->config.port);
}

static void
replica_look(struct replica *r, int64_t now_ms)
{
	struct error why = { .text = "" };
	enum status st = look(r, now_ms, &why);
	int64_t end_ms = clock_boot_ms();

	r->look_ms = end_ms + (end_ms - now_ms) * REST;
	atomic_store(&r->away, st != ST_OK);
	tell(r, st != ST_OK, &why);
	if (st == ST_OK || st == ST_STALE)
		return;
	watch_drop(r);
	pool_interrupt(r->pool);
}

void
replicas_look(struct replicas *all)
{
	for (size_t i = 0; i < all->n; i++) {
		int64_t now_ms = clock_boot_ms();

		if (now_ms >= all->list[i].look_ms)
			replica_look(&all->list[i], now_ms);
	}
}

/* Nothing is written there, nor asked of another link in secret. */
static void
replica_open(struct replica *r, struct replicas *all,
    const struct db_service *service, const struct read_host *host)
{
	r->all = all;
	r->config = service->config;
	r->config.host = host->name;
	r->config.port = host->port;
	r->config.socket = NULL;
	r->config.read_only = true;
	r->config.keep_link = true;
	atomic_init(&r->away, true);
	r->pool = pool_open(
	    all->driver, &r->config, (size_t)service->max_connections);
}

struct replicas *
replicas_open(const struct db_service *service, struct str name)
{
	const struct read_hosts *hosts = &service->read_hosts;
	struct replicas *all =
	    calloc(1, sizeof(*all) + hosts->n * sizeof(all->list[0]));

	if (all == NULL)
		abort();
	all->driver = service->driver;
	all->service = name;
	all->lag = service->read_lag;
	all->n = hosts->n;
	for (size_t i = 0; i < hosts->n; i++)
		replica_open(&all->list[i], all, service, &hosts->list[i]);
	return all;
}

void
replicas_close(struct replicas *all)
{
	if (all == NULL)
		return;
	for (size_t i = 0; i < all->n; i++) {
		watch_drop(&all->list[i]);
		pool_close(all->list[i].pool);
	}
	free(all);
}

/* One that cannot be reached is well again when the next look says so. */
static bool
replica_take(struct replica *r, int64_t deadline_ms, struct db_conn **out)
{
	enum status st;

	if (replica_is_away(r))
		return false;
	st = pool_take(r->pool, deadline_ms, out, NULL);
	if (st == ST_UNAVAILABLE)
		atomic_store(&r->away, true);
	return st == ST_OK;
}

enum status
replicas_take(struct replicas *all, int64_t deadline_ms, struct replica **which,
    struct db_conn **out)
{
	size_t turn = atomic_fetch_add(&all->turn, 1);
	int64_t soon_ms = clock_boot_ms() + TAKE_MS;

	if (soon_ms > deadline_ms)
		soon_ms = deadline_ms;
	for (size_t i = 0; i < all->n; i++) {
		struct replica *r = &all->list[(turn + i) % all->n];

		if (!replica_take(r, soon_ms, out))
			continue;
		*which = r;
		return ST_OK;
	}
	return ST_MISSING;
}

void
replica_give(
    struct replica *r, struct db_conn *conn, enum status st, bool broken)
{
	if (st == ST_UNAVAILABLE && !r->all->driver->usable(conn, false))
		atomic_store(&r->away, true);
	pool_give(r->pool, conn, broken);
}
