#include "drivers/db/pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/cond.h"
#include "drivers/db/db.h"

#define PAUSE_FIRST_MS 100
#define PAUSE_MAX_MS   1000

/* After so long a connection may have died without a word. */
#define IDLE_TRUST_MS 10000

struct idle {
	struct db_conn *conn;
	int64_t since_ms;
};

struct pool {
	const struct db_driver *driver;
	struct db_config config; /* with copies of its texts */
	pthread_mutex_t lock;
	pthread_cond_t freed;
	size_t max;
	size_t made; /* idle, taken and being made */
	size_t n_idle;
	int64_t pause_ms; /* 0: the last attempt succeeded */
	int64_t retry_ms; /* when the next attempt may begin */
	size_t trying;    /* attempts being made now */
	int64_t doubt_ms; /* when a connection was lost last */
	struct error why; /* of the last failure */
	struct db_conn **taken;
	size_t n_taken;
	struct idle idle[]; /* a stack of max places */
};

/* What a take has found. */
struct taken {
	struct db_conn *conn;
	bool is_new;
	enum db_care care; /* before anyone relies on it */
};

struct pool *
pool_open(
    const struct db_driver *driver, const struct db_config *config, size_t max)
{
	struct pool *pool;

	assert(max > 0);
	pool = calloc(1, sizeof(*pool) + max * sizeof(pool->idle[0]));
	if (pool == NULL)
		abort();
	pool->driver = driver;
	pool->max = max;
	pool->taken = calloc(max, sizeof(struct db_conn *));
	if (pool->taken == NULL)
		abort();
	db_config_copy(&pool->config, config);
	(void)pthread_mutex_init(&pool->lock, NULL);
	cond_open(&pool->freed);
	return pool;
}

void
pool_close(struct pool *pool)
{
	if (pool == NULL)
		return;
	assert(pool->made == pool->n_idle);
	while (pool->n_idle > 0)
		pool->driver->disconnect(pool->idle[--pool->n_idle].conn);
	(void)pthread_cond_destroy(&pool->freed);
	(void)pthread_mutex_destroy(&pool->lock);
	db_config_free(&pool->config);
	free(pool->taken);
	free(pool);
}

/* One nap of the lock's holder; false when the deadline has passed. */
static bool
wait_freed(struct pool *pool, int64_t deadline_ms)
{
	int64_t left = deadline_ms - clock_boot_ms();
	struct timespec until;

	if (left <= 0)
		return false;
	until = cond_after(left < PAUSE_MAX_MS ? left : PAUSE_MAX_MS);
	(void)cond_wait_until(&pool->freed, &pool->lock, &until);
	return true;
}

/* After a failure one attempt at a time, and none during the pause. */
static bool
is_down(const struct pool *pool)
{
	return pool->pause_ms > 0 &&
	       (pool->trying > 0 || clock_boot_ms() < pool->retry_ms);
}

static void
note_failure(struct pool *pool, enum status st, const struct error *why)
{
	pool->pause_ms =
	    pool->pause_ms == 0 ? PAUSE_FIRST_MS : pool->pause_ms * 2;
	if (pool->pause_ms > PAUSE_MAX_MS)
		pool->pause_ms = PAUSE_MAX_MS;
	pool->retry_ms = clock_boot_ms() + pool->pause_ms;
	pool->why = *why;
	pool->why.status = st;
}

/* Called with a place counted in `made`; the lock is open meanwhile. */
static enum status
make_one(struct pool *pool, int64_t deadline_ms, struct db_conn **out)
{
	struct error why = { .text = "" };
	enum status st;

	pool->trying++;
	(void)pthread_mutex_unlock(&pool->lock);
	st = pool->driver->connect(&pool->config, deadline_ms, out, &why);
	(void)pthread_mutex_lock(&pool->lock);
	pool->trying--;
	if (st == ST_OK) {
		pool->pause_ms = 0;
		return ST_OK;
	}
	note_failure(pool, st, &why);
	pool->made--;
	(void)pthread_cond_broadcast(&pool->freed);
	return st;
}

static void
idle_pop(struct pool *pool, struct taken *out)
{
	const struct idle *top = &pool->idle[--pool->n_idle];
	bool is_doubtful = top->since_ms <= pool->doubt_ms ||
			   clock_boot_ms() - top->since_ms > IDLE_TRUST_MS;

	*out = (struct taken){ .conn = top->conn,
		.care = is_doubtful ? DB_ASK : DB_LOOK };
}

static enum status
take_locked(struct pool *pool, int64_t deadline_ms, struct taken *out,
    struct error *err)
{
	for (;;) {
		if (pool->n_idle > 0) {
			idle_pop(pool, out);
			return ST_OK;
		}
		if (is_down(pool))
			break;
		if (pool->made < pool->max) {
			pool->made++;
			out->is_new = true;
			if (make_one(pool, deadline_ms, &out->conn) == ST_OK)
				return ST_OK;
			break;
		}
		if (!wait_freed(pool, deadline_ms))
			return error_set(err, ST_TIMEOUT,
			    "all %zu connections to the database are in use",
			    pool->max);
	}
	return error_set(err, pool->why.status, "%s", pool->why.text);
}

/* A place that held a connection is free. */
static void
place_free(struct pool *pool)
{
	(void)pthread_mutex_lock(&pool->lock);
	pool->made--;
	(void)pthread_cond_signal(&pool->freed);
	(void)pthread_mutex_unlock(&pool->lock);
}

/* A server that answers one no more answers none: all idle ones are ended. */
static void
idle_drop(struct pool *pool)
{
	for (;;) {
		struct db_conn *conn = NULL;

		(void)pthread_mutex_lock(&pool->lock);
		if (pool->n_idle > 0)
			conn = pool->idle[--pool->n_idle].conn;
		(void)pthread_mutex_unlock(&pool->lock);
		if (conn == NULL)
			return;
		pool->driver->disconnect(conn);
		place_free(pool);
	}
}

/* It is the caller's from here on. */
static void
taken_add(struct pool *pool, struct db_conn *conn)
{
	(void)pthread_mutex_lock(&pool->lock);
	pool->taken[pool->n_taken++] = conn;
	(void)pthread_mutex_unlock(&pool->lock);
}

/* Nobody interrupts it from here on. */
static void
taken_drop(struct pool *pool, const struct db_conn *conn)
{
	size_t i = 0;

	(void)pthread_mutex_lock(&pool->lock);
	while (pool->taken[i] != conn)
		i++;
	pool->taken[i] = pool->taken[--pool->n_taken];
	(void)pthread_mutex_unlock(&pool->lock);
}

void
pool_interrupt(struct pool *pool)
{
	(void)pthread_mutex_lock(&pool->lock);
	for (size_t i = 0; i < pool->n_taken; i++)
		pool->driver->interrupt(pool->taken[i]);
	(void)pthread_mutex_unlock(&pool->lock);
}

enum status
pool_take(struct pool *pool, int64_t deadline_ms, struct db_conn **out,
    struct error *err)
{
	*out = NULL;
	for (;;) {
		struct taken t = { .conn = NULL };
		enum status st;

		(void)pthread_mutex_lock(&pool->lock);
		st = take_locked(pool, deadline_ms, &t, err);
		(void)pthread_mutex_unlock(&pool->lock);
		if (st != ST_OK)
			return st;
		if (t.is_new || pool->driver->usable(t.conn, t.care)) {
			taken_add(pool, t.conn);
			*out = t.conn;
			return ST_OK;
		}
		pool->driver->disconnect(t.conn);
		place_free(pool);
		if (t.care == DB_ASK)
			idle_drop(pool);
	}
}

void
pool_give(struct pool *pool, struct db_conn *conn, bool broken)
{
	int64_t now_ms = clock_boot_ms();
	bool lost;

	taken_drop(pool, conn);
	lost = !pool->driver->usable(conn, DB_TRUST);
	if (broken || lost)
		pool->driver->disconnect(conn);
	(void)pthread_mutex_lock(&pool->lock);
	if (lost)
		pool->doubt_ms = now_ms;
	if (broken || lost)
		pool->made--;
	else
		pool->idle[pool->n_idle++] = (struct idle){ conn, now_ms };
	(void)pthread_cond_signal(&pool->freed);
	(void)pthread_mutex_unlock(&pool->lock);
}

void
pool_look(struct pool *pool, struct pool_state *out)
{
	(void)pthread_mutex_lock(&pool->lock);
	*out = (struct pool_state){ pool->n_taken, pool->n_idle, pool->max };
	(void)pthread_mutex_unlock(&pool->lock);
}
