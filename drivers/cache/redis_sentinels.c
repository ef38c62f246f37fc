#include "drivers/cache/redis_sentinels.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/cache/cache_config.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_lease.h"
#include "drivers/cache/redis_sentinel.h"

#define AGAIN_MS 50 /* between two questions to one sentinel */

struct redis_sentinels {
	struct cache *cache;
	struct redis_sentinel *v;
	size_t n;
	int64_t next_ms;   /* they are not asked before */
	int64_t wanted_ms; /* somebody waits for a lease until then */
};

static enum status
group_read(
    struct cache *cache, const struct cache_config *config, struct error *err)
{
	size_t n = strlen(config->sentinel_master);

	if (n == 0 || n >= sizeof(cache->group.name))
		return error_set(err, ST_INVALID,
		    "REDIS_SENTINEL_MASTER must be a name of 1 to %zu bytes",
		    sizeof(cache->group.name) - 1);
	memcpy(cache->group.name, config->sentinel_master, n);
	return ST_OK;
}

/* One that is named twice would count twice. */
static enum status
hosts_differ(const struct cache *cache, struct error *err)
{
	char server[REDIS_SERVER_BYTES];

	for (size_t i = 1; i < cache->n_hosts; i++)
		for (size_t k = 0; k < i; k++) {
			if (!redis_host_same(
				&cache->hosts[i], &cache->hosts[k]))
				continue;
			redis_host_show(&cache->hosts[i], server);
			return error_set(err, ST_INVALID,
			    "REDIS_SENTINEL_HOST names %s twice", server);
		}
	return ST_OK;
}

enum status
redis_sentinels_read(
    struct cache *cache, const struct cache_config *config, struct error *err)
{
	enum status st;

	if (config->socket[0] != '\0')
		return error_set(err, ST_INVALID,
		    "REDIS_SENTINEL_HOST and REDIS_SOCKET exclude each other");
	if (config->sentinel_username[0] != '\0' &&
	    config->sentinel_password[0] == '\0')
		return error_set(err, ST_INVALID,
		    "REDIS_SENTINEL_USERNAME is set, and "
		    "REDIS_SENTINEL_PASSWORD is not");
	st = redis_hosts_read(str_of(config->sentinels), config->sentinel_port,
	    "REDIS_SENTINEL_HOST", cache->hosts, REDIS_HOSTS_MAX,
	    &cache->n_hosts, err);
	if (st == ST_OK)
		st = hosts_differ(cache, err);
	if (st != ST_OK)
		return st;
	for (size_t i = 0; i < cache->n_hosts; i++)
		cache->hosts[i].sentinel = true;
	cache->sentinels = true;
	cache->sentinel_login = redis_login_copy(&cache->texts,
	    config->sentinel_username, config->sentinel_password);
	return group_read(cache, config, err);
}

struct redis_sentinels *
redis_sentinels_open(struct cache *cache, int epoll)
{
	struct redis_sentinels *s;

	if (!cache->sentinels)
		return NULL;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		abort();
	s->cache = cache;
	s->n = cache->n_hosts;
	s->v = calloc(s->n, sizeof(s->v[0]));
	if (s->v == NULL)
		abort();
	for (size_t i = 0; i < s->n; i++)
		redis_sentinel_open(&s->v[i], cache, epoll, &cache->hosts[i]);
	return s;
}

void
redis_sentinels_close(struct redis_sentinels *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		redis_sentinel_close(&s->v[i]);
	free(s->v);
	free(s);
}

/* How many stand by the master of one, and were asked no earlier than it. */
static size_t
support(const struct redis_sentinels *s, const struct redis_sentinel *one)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].said_ms >= one->said_ms &&
		    redis_sentinel_agrees(&s->v[i], one))
			n++;
	return n;
}

static void
votes_count(struct redis_sentinels *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (support(s, &s->v[i]) > s->n / 2)
			redis_lease_renew(
			    s->cache, &s->v[i].master, s->v[i].said_ms);
}

static void
ask(struct redis_sentinels *s, int64_t now_ms)
{
	if (now_ms < s->next_ms)
		return;
	s->next_ms = now_ms + AGAIN_MS;
	for (size_t i = 0; i < s->n; i++)
		redis_sentinel_ask(&s->v[i], now_ms);
}

void
redis_sentinels_drive(struct redis_sentinels *s, int64_t now_ms)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		redis_sentinel_drive(&s->v[i], now_ms);
	votes_count(s);
	if (now_ms < s->wanted_ms)
		ask(s, now_ms);
	else
		s->wanted_ms = 0;
}

/* The lease as it is, and asks when it has not been confirmed since then. */
static struct redis_lease
lease_read(struct redis_sentinels *s, int64_t since_ms, int64_t now_ms)
{
	struct redis_lease lease = redis_lease_read(s->cache);

	if (lease.from_ms >= since_ms)
		return lease;
	if (redis_lease_valid(&lease, now_ms) &&
	    !redis_lease_falls_to(s->cache, now_ms, AGAIN_MS))
		return lease;
	/* They may have answered while nobody looked. */
	redis_sentinels_drive(s, now_ms);
	ask(s, now_ms);
	return redis_lease_read(s->cache);
}

/* Whether the lease will do; else they are asked until it does. */
static bool
lease_good(struct redis_sentinels *s, const struct redis_lease *lease,
    int64_t since_ms, int64_t now_ms)
{
	bool good =
	    lease->from_ms >= since_ms && redis_lease_valid(lease, now_ms);

	s->wanted_ms = good ? 0 : now_ms + s->cache->timeout_ms;
	return good;
}

/* Whether those that have not failed are too few. */
static bool
hopeless(const struct redis_sentinels *s, int64_t since_ms)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n +=
		    s->v[i].why.text[0] == '\0' || s->v[i].failed_ms < since_ms;
	return n <= s->n / 2;
}

enum status
redis_sentinels_find(struct redis_sentinels *s, int64_t since_ms,
    int64_t now_ms, struct redis_host *out)
{
	struct redis_lease lease = lease_read(s, since_ms, now_ms);

	if (!lease_good(s, &lease, since_ms, now_ms))
		return hopeless(s, since_ms) ? ST_UNAVAILABLE : ST_TIMEOUT;
	*out = lease.host;
	return ST_OK;
}

enum status
redis_sentinels_confirm(
    struct redis_sentinels *s, const struct redis_host *host, int64_t now_ms)
{
	struct redis_lease lease =
	    lease_read(s, now_ms - REDIS_RENEW_MS, now_ms);

	if (!lease_good(s, &lease, 0, now_ms))
		return ST_TIMEOUT;
	return redis_host_same(&lease.host, host) ? ST_OK : ST_REFUSED;
}

/* The one to blame: rather one that answers than one that is away. */
static const struct redis_sentinel *
culprit(const struct redis_sentinels *s)
{
	const struct redis_sentinel *away = NULL;

	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].why.text[0] == '\0')
			continue;
		if (s->v[i].node.state == REDIS_READY)
			return &s->v[i];
		away = &s->v[i];
	}
	return away;
}

void
redis_sentinels_why(const struct redis_sentinels *s, struct error *err)
{
	const struct redis_sentinel *bad = culprit(s);
	char server[REDIS_SERVER_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->v[i].why.text[0] == '\0' && s->v[i].said_ms != 0;
	if (n > s->n / 2 || bad == NULL) {
		(void)error_set(err, ST_UNAVAILABLE,
		    n > s->n / 2 ? "its sentinels have not settled on a master"
				 : "its sentinels do not answer in time");
		return;
	}
	redis_host_show(&bad->node.host, server);
	(void)error_set(err, ST_UNAVAILABLE,
	    "of %zu sentinels %zu name a master, and more than half must; "
	    "%s: %s",
	    s->n, n, server, bad->why.text);
}

int64_t
redis_sentinels_due(const struct redis_sentinels *s)
{
	int64_t due_ms = INT64_MAX;

	if (s == NULL)
		return due_ms;
	if (s->next_ms < s->wanted_ms)
		due_ms = s->next_ms;
	for (size_t i = 0; i < s->n; i++) {
		int64_t one_ms = redis_sentinel_due(&s->v[i]);

		if (one_ms < due_ms)
			due_ms = one_ms;
	}
	return due_ms;
}
