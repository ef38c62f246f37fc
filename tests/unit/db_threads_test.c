/* Workers share one instance: each must read what it has just written. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/support/db_world.h"

#define WORKERS 4
#define ROUNDS  100

struct worker {
	pthread_t thread;
	struct world *shared;
	int row;
	int wrong; /* answers that were not as they must be */
};

/* A world of its own arena and request on the shared service. */
static struct world *
world_beside(struct world *shared)
{
	struct world *w = malloc(sizeof(*w));

	if (w == NULL)
		abort();
	memcpy(w, shared, sizeof(*w));
	arena_init(&w->arena, 65536);
	w->store_conn.conn = (struct cache_conn *)(void *)w;
	w->stores.conns = &w->store_conn;
	return w;
}

static bool
write_and_read(struct world *w, int row, int value)
{
	char target[64];
	char body[64];
	char want[64];

	(void)snprintf(target, sizeof(target), "_table/t/%d?fields=v", row);
	(void)snprintf(body, sizeof(body), "{\"v\":%d}", value);
	(void)snprintf(want, sizeof(want), "{\"v\":%d}", value);
	return world_call(w, "PATCH", target, body) == 200 &&
	       world_call(w, "GET", target, NULL) == 200 &&
	       strcmp(world_body(w), want) == 0;
}

static void *
work(void *arg)
{
	struct worker *me = arg;
	struct world *w = world_beside(me->shared);

	for (int i = 0; i < ROUNDS; i++) {
		me->wrong += !write_and_read(w, me->row, i);
		arena_reset(&w->arena);
	}
	arena_close(&w->arena);
	free(w);
	return NULL;
}

static void
every_worker_reads_its_own_writes(void **state)
{
	struct world shared;
	struct worker workers[WORKERS];

	(void)state;
	world_open(&shared,
	    "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER);"
	    "INSERT INTO t VALUES (0, 0), (1, 0), (2, 0), (3, 0)",
	    "");
	for (int i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){ .shared = &shared, .row = i };
		assert_int_equal(
		    pthread_create(&workers[i].thread, NULL, work, &workers[i]),
		    0);
	}
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(workers[i].wrong, 0);
	world_close(&shared);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_worker_reads_its_own_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
