#include "drivers/cache/redis_lease.h"

#include "app/base/log.h"
#include "drivers/cache/redis_cache.h"

static void
master_log(const struct cache *cache, const struct redis_host *host)
{
	char group[REDIS_SERVER_BYTES];
	char server[REDIS_SERVER_BYTES];

	redis_host_show(&cache->group, group);
	redis_host_show(host, server);
	log_line(LOG_INFO, STR_NULL, "redis store %s: its master is %s", group,
	    server);
}

void
redis_lease_renew(
    struct cache *cache, const struct redis_host *host, int64_t from_ms)
{
	struct redis_lease *lease = &cache->lease;
	bool news = false;

	(void)pthread_mutex_lock(&cache->lock);
	if (from_ms > lease->from_ms) {
		news = !redis_host_same(&lease->host, host);
		lease->host = *host;
		lease->from_ms = from_ms;
	}
	(void)pthread_mutex_unlock(&cache->lock);
	if (news)
		master_log(cache, host);
}

struct redis_lease
redis_lease_read(struct cache *cache)
{
	struct redis_lease lease;

	(void)pthread_mutex_lock(&cache->lock);
	lease = cache->lease;
	(void)pthread_mutex_unlock(&cache->lock);
	return lease;
}

bool
redis_lease_falls_to(struct cache *cache, int64_t now_ms, int64_t pause_ms)
{
	struct redis_lease *lease = &cache->lease;
	bool yes;

	(void)pthread_mutex_lock(&cache->lock);
	yes = now_ms >= lease->asked_ms + pause_ms;
	if (yes)
		lease->asked_ms = now_ms;
	(void)pthread_mutex_unlock(&cache->lock);
	return yes;
}

bool
redis_lease_valid(const struct redis_lease *lease, int64_t now_ms)
{
	return lease->host.name[0] != '\0' &&
	       now_ms < lease->from_ms + REDIS_LEASE_MS;
}
