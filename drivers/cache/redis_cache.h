/* A Redis store of the process: how to reach it, shared by all connections. */
#ifndef WEIR_CACHE_REDIS_CACHE_H
#define WEIR_CACHE_REDIS_CACHE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/cache/redis_host.h"

struct cache_config;
struct ssl_ctx_st;

#define REDIS_HOSTS_MAX   64
#define REDIS_FAILING_MAX 64

struct cache {
	struct arena texts;
	struct str prefix;
	struct str username;
	struct str password;
	int64_t database;
	int64_t max_value;
	int64_t timeout_ms; /* of setting up a connection */
	struct redis_host hosts[REDIS_HOSTS_MAX];
	size_t n_hosts;
	struct ssl_ctx_st *tls;                       /* NULL: plain */
	pthread_mutex_t lock;                         /* guards what follows */
	struct redis_host failing[REDIS_FAILING_MAX]; /* has been logged */
	size_t n_failing;
	int64_t complained_ms; /* of an odd answer, last */
};

/* These two are the driver's, see cache.h. */
enum status redis_cache_open(
    const struct cache_config *config, struct cache **out, struct error *err);
void redis_cache_close(struct cache *cache);

/* One line in the log when a server cannot be used, whichever connection finds
 * it first, and one when it can be again. */
void redis_cache_lost(
    struct cache *cache, const struct redis_host *host, const char *why);
void redis_cache_found(struct cache *cache, const struct redis_host *host);

/* An error that nobody expects of a command: one line a minute at most. */
void redis_cache_complain(struct cache *cache, const struct redis_host *host,
    const char *command, struct str answer);

#endif
