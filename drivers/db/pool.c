#include "drivers/db/pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/base/clock.h"
#include "drivers/db/db.h"

#define PAUSE_FIRST_MS 100
#define PAUSE_MAX_MS   5000

struct pool {
	const struct db_driver *driver;
	struct db_config config; /* with copies of its texts */
	pthread_mutex_t lock;
	pthread_cond_t freed;
	size_t max;
	size_t made; /* idle, taken and being made */
	size_t n_idle;
	int64_t pause_ms;       /* 0: the last attempt succeeded */
	int64_t retry_ms;       /* when the next attempt may begin */
	size_t trying;          /* attempts being made now */
	struct error why;       /* of the last failure */
	struct db_conn *idle[]; /* a stack of max places */
};

static char *
text_copy(const char *s)
{
	char *copy = s == NULL ? NULL : strdup(s);

	if (s != NULL && copy == NULL)
		abort();
	return copy;
}

static void
config_copy(struct db_config *to, const struct db_config *from)
{
	*to = *from;
	to->driver = text_copy(from->driver);
	to->database = text_copy(from->database);
	to->host = text_copy(from->host);
	to->socket = text_copy(from->socket);
	to->username = text_copy(from->username);
	to->password = text_copy(from->password);
	to->tls_ca = text_copy(from->tls_ca);
}

static void
config_free(struct db_config *config)
{
	free((char *)config->driver);
	free((char *)config->database);
	free((char *)config->host);
	free((char *)config->socket);
	free((char *)config->username);
	free((char *)config->password);
	free((char *)config->tls_ca);
}

/* Waits are timed by a clock that nobody sets. */
static void
freed_init(pthread_cond_t *freed)
{
	pthread_condattr_t attr;

	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(freed, &attr);
	(void)pthread_condattr_destroy(&attr);
}

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
	config_copy(&pool->config, config);
	(void)pthread_mutex_init(&pool->lock, NULL);
	freed_init(&pool->freed);
	return pool;
}

void
pool_close(struct pool *pool)
{
	if (pool == NULL)
		return;
	assert(pool->made == pool->n_idle);
	while (pool->n_idle > 0)
		pool->driver->disconnect(pool->idle[--pool->n_idle]);
	(void)pthread_cond_destroy(&pool->freed);
	(void)pthread_mutex_destroy(&pool->lock);
	config_free(&pool->config);
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
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	left = left < PAUSE_MAX_MS ? left : PAUSE_MAX_MS;
	until.tv_sec += left / 1000;
	until.tv_nsec += left % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	(void)pthread_cond_timedwait(&pool->freed, &pool->lock, &until);
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

static enum status
take_locked(struct pool *pool, int64_t deadline_ms, struct db_conn **out,
    struct error *err)
{
	for (;;) {
		if (pool->n_idle > 0) {
			*out = pool->idle[--pool->n_idle];
			return ST_OK;
		}
		if (is_down(pool))
			break;
		if (pool->made < pool->max) {
			pool->made++;
			if (make_one(pool, deadline_ms, out) == ST_OK)
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

enum status
pool_take(struct pool *pool, int64_t deadline_ms, struct db_conn **out,
    struct error *err)
{
	enum status st;

	*out = NULL;
	(void)pthread_mutex_lock(&pool->lock);
	st = take_locked(pool, deadline_ms, out, err);
	(void)pthread_mutex_unlock(&pool->lock);
	return st;
}

void
pool_give(struct pool *pool, struct db_conn *conn, bool broken)
{
	if (broken)
		pool->driver->disconnect(conn);
	(void)pthread_mutex_lock(&pool->lock);
	if (broken)
		pool->made--;
	else
		pool->idle[pool->n_idle++] = conn;
	(void)pthread_cond_signal(&pool->freed);
	(void)pthread_mutex_unlock(&pool->lock);
}
