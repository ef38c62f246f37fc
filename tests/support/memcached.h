/* Servers of memcached for a test, and a store on them. */
#ifndef WEIR_TEST_MEMCACHED_H
#define WEIR_TEST_MEMCACHED_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "app/base/status.h"
#include "drivers/cache/cache.h"
#include "drivers/cache/cache_config.h"
#include "tests/support/daemon.h"
#include "tests/support/folder.h"

#define MEMCACHED_TEST_SERVERS 3

struct memcached_world {
	char folder[FOLDER_PATH_BYTES];
	struct daemon servers[MEMCACHED_TEST_SERVERS];
	size_t n; /* of them */
	char hosts[256];
	struct cache_config config; /* leads to all of them */
	struct cache *cache;
	struct cache_conn *conn;
	struct arena arena;
};

/* Starts n servers; more: further options, NULL behind the last. */
void memcached_world_start(
    struct memcached_world *w, size_t n, const char *const *more);

/* Opens the store of the config, and one connection; asserts that it can. */
void memcached_world_open(struct memcached_world *w);
void memcached_world_close(struct memcached_world *w);

/* Closes it, and ends the servers. */
void memcached_world_stop(struct memcached_world *w);

/* Runs one operation under a deadline in ms; its status. */
enum status memcached_world_run(
    struct memcached_world *w, struct cache_op *op, int64_t ms);

#endif
