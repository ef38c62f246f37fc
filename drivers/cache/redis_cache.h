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
#include "drivers/cache/redis_lease.h"

struct cache_config;
struct ssl_ctx_st;

#define REDIS_HOSTS_MAX   64
#define REDIS_FAILING_MAX 64

struct redis_login {
	struct str username; /* "": the default user */
	struct str password; /* "": no log-in */
};

struct cache {
	struct arena texts;
	struct str prefix;
	struct redis_login login;
	struct redis_login sentinel_login;
	bool cluster; /* hosts are nodes of one */
	int64_t database;
	int64_t max_value;
	int64_t timeout_ms; /* of setting up a connection */
	struct redis_host hosts[REDIS_HOSTS_MAX]; /* the settings name them */
	size_t n_hosts;
	atomic_size_t seed;      /* of a cluster: the host that answered last */
	bool sentinels;          /* hosts are sentinels */
	struct redis_host group; /* what they call the group of servers */
	struct ssl_ctx_st *tls;  /* NULL: plain */
	pthread_mutex_t lock;    /* guards what follows */
	struct redis_host failing[REDIS_FAILING_MAX]; /* has been logged */
	size_t n_failing;
	int64_t complained_ms; /* of an odd answer, last */
	struct redis_lease lease;
};

/* A copy in the arena, which secret_wipe() is left to do. */
struct redis_login redis_login_copy(
    struct arena *arena, const char *username, const char *password);

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
