#include "drivers/cache/memcached_server.h"

#include <poll.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/log.h"

#define RETRY_MS   500 /* between probes of a server that is away */
#define STEP_MS    2
#define LOOK_UP_MS 5000 /* between look-ups of its name */

/* The lock is held. */
static void
look_up(struct memcached_server *s, int64_t now_ms)
{
	s->look_up_ms = now_ms + LOOK_UP_MS;
	/* What is unknown now is looked up again by the upkeep. */
	(void)memcached_addresses_find(&s->host, &s->addresses, NULL);
}

void
memcached_server_open(
    struct memcached_server *s, const struct memcached_host *host, bool binary)
{
	memset(s, 0, sizeof(*s));
	s->host = *host;
	atomic_init(&s->state, MEMCACHED_UP);
	atomic_init(&s->life, 1);
	(void)pthread_mutex_init(&s->lock, NULL); /* cannot fail on Linux */
	memcached_probe_init(&s->probe, binary);
	look_up(s, clock_boot_ms());
}

void
memcached_server_close(struct memcached_server *s)
{
	memcached_probe_end(&s->probe);
	(void)pthread_mutex_destroy(&s->lock);
}

/* The lock is held. */
static void
probe_step(struct memcached_server *s, int64_t now_ms)
{
	if (now_ms < s->retry_ms)
		return;
	switch (memcached_probe_step(&s->probe, &s->addresses, now_ms)) {
	case MEMCACHED_SILENT:
		break;
	case MEMCACHED_AWAY:
		s->retry_ms = now_ms + RETRY_MS;
		break;
	case MEMCACHED_ANSWERS:
		atomic_store(&s->state, MEMCACHED_TRIED);
		break;
	}
}

bool
memcached_server_usable(struct memcached_server *s, int64_t now_ms)
{
	if (atomic_load(&s->state) != MEMCACHED_DOWN)
		return true;
	if (pthread_mutex_trylock(&s->lock) != 0)
		return false; /* another thread is at it */
	if (atomic_load(&s->state) == MEMCACHED_DOWN)
		probe_step(s, now_ms);
	(void)pthread_mutex_unlock(&s->lock);
	return atomic_load(&s->state) != MEMCACHED_DOWN;
}

void
memcached_server_await(struct memcached_server *s, int64_t until_ms)
{
	int64_t now_ms = clock_boot_ms();

	(void)pthread_mutex_lock(&s->lock);
	if (s->retry_ms > now_ms)
		s->retry_ms = now_ms;
	(void)pthread_mutex_unlock(&s->lock);
	while (!memcached_server_usable(s, now_ms) && now_ms < until_ms) {
		(void)poll(NULL, 0, STEP_MS);
		now_ms = clock_boot_ms();
	}
}

unsigned
memcached_server_life(const struct memcached_server *s)
{
	return atomic_load(&s->life);
}

void
memcached_server_found(struct memcached_server *s, unsigned life)
{
	if (atomic_load(&s->state) == MEMCACHED_UP)
		return;
	(void)pthread_mutex_lock(&s->lock);
	if (atomic_load(&s->life) == life) {
		atomic_store(&s->state, MEMCACHED_UP);
		if (s->failing)
			log_line(LOG_INFO, STR_NULL, "memcached %s: back",
			    s->host.label);
		s->failing = false;
	}
	(void)pthread_mutex_unlock(&s->lock);
}

/*
 * A server that failed while it was up is probed at once: it may have closed
 * one connection only. One that answered the probe and then failed is not.
 */
static void
life_end(struct memcached_server *s, int64_t now_ms, const char *why)
{
	bool was_up = atomic_load(&s->state) == MEMCACHED_UP && !s->failing;

	s->retry_ms = was_up ? now_ms : now_ms + RETRY_MS;
	s->why = (struct error){ 0 };
	(void)error_set(&s->why, ST_UNAVAILABLE, "%s", why);
	if (!s->failing)
		log_line(LOG_ERROR, STR_NULL, "memcached %s: lost: %s",
		    s->host.label, why);
	s->failing = true;
	(void)atomic_fetch_add(&s->life, 1);
	atomic_store(&s->state, MEMCACHED_DOWN);
}

void
memcached_server_lost(
    struct memcached_server *s, unsigned life, int64_t now_ms, const char *why)
{
	(void)pthread_mutex_lock(&s->lock);
	if (atomic_load(&s->life) == life)
		life_end(s, now_ms, why);
	(void)pthread_mutex_unlock(&s->lock);
}

bool
memcached_server_addresses(
    struct memcached_server *s, struct memcached_addresses *out)
{
	size_t first;

	(void)pthread_mutex_lock(&s->lock);
	*out = s->addresses;
	first = s->probe.address;
	(void)pthread_mutex_unlock(&s->lock);
	if (out->n > 1) {
		struct memcached_address best = out->list[first % out->n];

		out->list[first % out->n] = out->list[0];
		out->list[0] = best;
	}
	return out->n > 0;
}

enum status
memcached_server_fail(struct memcached_server *s, struct error *err)
{
	(void)pthread_mutex_lock(&s->lock);
	(void)error_set(err, ST_UNAVAILABLE, "the memcached server %s: %s",
	    s->host.label,
	    s->why.text[0] == '\0' ? "does not answer" : s->why.text);
	(void)pthread_mutex_unlock(&s->lock);
	return ST_UNAVAILABLE;
}

/* The name service is asked without the lock: others must not wait for it. */
static void
name_refresh(struct memcached_server *s)
{
	struct memcached_addresses found;

	if (memcached_addresses_find(&s->host, &found, NULL) != ST_OK)
		return;
	(void)pthread_mutex_lock(&s->lock);
	s->addresses = found;
	(void)pthread_mutex_unlock(&s->lock);
}

void
memcached_server_upkeep(struct memcached_server *s, int64_t now_ms)
{
	bool stale;

	if (memcached_server_usable(s, now_ms) ||
	    !memcached_addresses_change(&s->host))
		return;
	(void)pthread_mutex_lock(&s->lock);
	stale = now_ms >= s->look_up_ms;
	if (stale)
		s->look_up_ms = now_ms + LOOK_UP_MS;
	(void)pthread_mutex_unlock(&s->lock);
	if (stale)
		name_refresh(s);
}
