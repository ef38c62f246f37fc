#include "drivers/cache/database_dial.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/cond.h"
#include "app/base/thread.h"
#include "drivers/cache/database_cache.h"
#include "drivers/cache/database_conn.h"

struct database_dial {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool ended;
	bool left;
	enum status st;
	struct cache *cache;      /* held */
	struct cache_conn *fresh; /* the thread's, until it has ended */
};

static void
dial_free(struct database_dial *dial)
{
	database_conn_close(dial->fresh);
	database_cache_close(dial->cache);
	(void)pthread_cond_destroy(&dial->changed);
	(void)pthread_mutex_destroy(&dial->lock);
	free(dial);
}

static void *
dial_run(void *arg)
{
	struct database_dial *dial = arg;
	enum status st = database_conn_dial(
	    dial->fresh, clock_boot_ms() + dial->cache->timeout_ms);
	bool left;

	(void)pthread_mutex_lock(&dial->lock);
	dial->st = st;
	dial->ended = true;
	left = dial->left;
	(void)pthread_cond_signal(&dial->changed);
	(void)pthread_mutex_unlock(&dial->lock);
	if (left)
		dial_free(dial);
	return NULL;
}

struct database_dial *
database_dial_begin(struct cache *cache)
{
	struct database_dial *dial = calloc(1, sizeof(*dial));

	if (dial == NULL ||
	    database_conn_open(cache, &dial->fresh, NULL) != ST_OK)
		abort();
	(void)pthread_mutex_init(&dial->lock, NULL); /* cannot fail on Linux */
	cond_open(&dial->changed);
	dial->cache = database_cache_hold(cache);
	if (thread_start_detached(dial_run, dial))
		return dial;
	dial_free(dial);
	return NULL;
}

bool
database_dial_ended(struct database_dial *dial, int64_t deadline_ms)
{
	struct timespec moment = cond_after(deadline_ms - clock_boot_ms());
	bool ended;

	(void)pthread_mutex_lock(&dial->lock);
	while (!dial->ended &&
	       cond_wait_until(&dial->changed, &dial->lock, &moment))
		;
	ended = dial->ended;
	(void)pthread_mutex_unlock(&dial->lock);
	return ended;
}

enum status
database_dial_take(struct database_dial *dial, struct cache_conn *conn)
{
	struct cache_conn *fresh = dial->fresh;
	enum status st = dial->st;

	if (st == ST_OK) {
		conn->db = fresh->db;
		conn->proved_ms = fresh->proved_ms;
		memcpy(conn->home, fresh->home, sizeof(conn->home));
		memcpy(conn->incarnation, fresh->incarnation,
		    sizeof(conn->incarnation));
		fresh->db = NULL;
	} else {
		conn->why = fresh->why;
	}
	dial_free(dial);
	return st;
}

void
database_dial_leave(struct database_dial *dial)
{
	bool ended;

	(void)pthread_mutex_lock(&dial->lock);
	ended = dial->ended;
	dial->left = true;
	(void)pthread_mutex_unlock(&dial->lock);
	if (ended)
		dial_free(dial);
}
