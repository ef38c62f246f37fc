#include "drivers/cache/redis_cache.h"

#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/base/secret.h"
#include "drivers/cache/cache_config.h"
#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_sentinels.h"
#include "drivers/cache/redis_tls.h"

#define TEXTS_BYTES 1024
#define TIMEOUT_MS  250 /* where the config names none */
#define COMPLAIN_MS 60000

struct redis_login
redis_login_copy(
    struct arena *arena, const char *username, const char *password)
{
	return (struct redis_login){
		.username = arena_dup(arena, str_of(username)),
		.password = arena_dup(arena, str_of(password)),
	};
}

static void
login_wipe(struct redis_login *login)
{
	if (login->password.n > 0)
		secret_wipe((char *)login->password.p, login->password.n);
}

/* The nodes of a cluster that are asked for the others. */
static enum status
seeds_read(
    struct cache *cache, const struct cache_config *config, struct error *err)
{
	cache->cluster = true;
	if (config->sentinels[0] != '\0')
		return error_set(err, ST_INVALID,
		    "REDIS_CLUSTER and REDIS_SENTINEL_HOST exclude each other");
	if (config->socket[0] != '\0')
		return error_set(err, ST_INVALID,
		    "REDIS_CLUSTER and REDIS_SOCKET exclude each other");
	if (config->database != 0)
		return error_set(err, ST_INVALID,
		    "REDIS_DATABASE: a cluster has only database 0");
	return redis_hosts_read(str_of(config->hosts), config->port,
	    "REDIS_HOST", cache->hosts, REDIS_HOSTS_MAX, &cache->n_hosts, err);
}

static enum status
servers_read(
    struct cache *cache, const struct cache_config *config, struct error *err)
{
	if (config->cluster)
		return seeds_read(cache, config, err);
	if (config->sentinels[0] != '\0')
		return redis_sentinels_read(cache, config, err);
	if (config->socket[0] != '\0') {
		cache->n_hosts = 1;
		return redis_host_socket(config->socket, &cache->hosts[0], err);
	}
	return redis_hosts_read(str_of(config->hosts), config->port,
	    "REDIS_HOST", cache->hosts, 1, &cache->n_hosts, err);
}

static enum status
tls_read(
    struct cache *cache, const struct cache_config *config, struct error *err)
{
	if (!config->tls)
		return ST_OK;
	if (config->socket[0] != '\0')
		return error_set(err, ST_INVALID,
		    "REDIS_TLS: there is no TLS over REDIS_SOCKET");
	return redis_tls_open(config, &cache->tls, err);
}

static enum status
config_read(
    struct cache *cache, const struct cache_config *config, struct error *err)
{
	enum status st = servers_read(cache, config, err);

	if (st == ST_OK)
		st = tls_read(cache, config, err);
	if (st != ST_OK)
		return st;
	if (config->username[0] != '\0' && config->password[0] == '\0')
		return error_set(err, ST_INVALID,
		    "REDIS_USERNAME is set, and REDIS_PASSWORD is not");
	cache->prefix = arena_dup(&cache->texts, str_of(config->prefix));
	cache->login =
	    redis_login_copy(&cache->texts, config->username, config->password);
	cache->database = config->database;
	cache->max_value = config->max_value;
	cache->timeout_ms =
	    config->timeout_ms > 0 ? config->timeout_ms : TIMEOUT_MS;
	return ST_OK;
}

enum status
redis_cache_open(
    const struct cache_config *config, struct cache **out, struct error *err)
{
	struct cache *cache = calloc(1, sizeof(*cache));
	enum status st;

	if (cache == NULL)
		abort();
	arena_init(&cache->texts, TEXTS_BYTES);
	(void)pthread_mutex_init(&cache->lock, NULL); /* cannot fail on Linux */
	st = config_read(cache, config, err);
	if (st != ST_OK) {
		redis_cache_close(cache);
		return st;
	}
	*out = cache;
	return ST_OK;
}

void
redis_cache_close(struct cache *cache)
{
	if (cache->tls != NULL)
		redis_tls_close(cache->tls);
	login_wipe(&cache->login);
	login_wipe(&cache->sentinel_login);
	arena_close(&cache->texts);
	(void)pthread_mutex_destroy(&cache->lock);
	free(cache);
}

/* The lock is held. */
static struct redis_host *
failing_find(struct cache *cache, const struct redis_host *host)
{
	for (size_t i = 0; i < cache->n_failing; i++)
		if (redis_host_same(&cache->failing[i], host))
			return &cache->failing[i];
	return NULL;
}

void
redis_cache_lost(
    struct cache *cache, const struct redis_host *host, const char *why)
{
	char server[REDIS_SERVER_BYTES];
	bool news;

	(void)pthread_mutex_lock(&cache->lock);
	news = failing_find(cache, host) == NULL;
	if (news && cache->n_failing < REDIS_FAILING_MAX)
		cache->failing[cache->n_failing++] = *host;
	(void)pthread_mutex_unlock(&cache->lock);
	if (!news)
		return;
	redis_host_show(host, server);
	log_line(LOG_ERROR, STR_NULL, "redis store %s: %s", server, why);
}

void
redis_cache_found(struct cache *cache, const struct redis_host *host)
{
	char server[REDIS_SERVER_BYTES];
	struct redis_host *failing;

	(void)pthread_mutex_lock(&cache->lock);
	failing = failing_find(cache, host);
	if (failing != NULL)
		*failing = cache->failing[--cache->n_failing];
	(void)pthread_mutex_unlock(&cache->lock);
	if (failing == NULL)
		return;
	redis_host_show(host, server);
	log_line(LOG_INFO, STR_NULL, "redis store %s: it is back", server);
}

void
redis_cache_complain(struct cache *cache, const struct redis_host *host,
    const char *command, struct str answer)
{
	char server[REDIS_SERVER_BYTES];
	int64_t now_ms = clock_boot_ms();
	bool due;

	(void)pthread_mutex_lock(&cache->lock);
	due = cache->complained_ms == 0 ||
	      now_ms - cache->complained_ms >= COMPLAIN_MS;
	if (due)
		cache->complained_ms = now_ms;
	(void)pthread_mutex_unlock(&cache->lock);
	if (!due)
		return;
	redis_host_show(host, server);
	log_line(LOG_WARNING, STR_NULL,
	    "redis store %s: it answers %s with \"%.*s\"", server, command,
	    STR_ARG(redis_reply_shown(answer)));
}
