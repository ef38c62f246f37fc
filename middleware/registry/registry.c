#include "middleware/registry/registry.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "middleware/registry/current.h"
#include "middleware/registry/platform.h"
#include "middleware/registry/settings_hold.h"
#include "middleware/registry/snapshot_build.h"
#include "middleware/registry/watch.h"

#define POLL_MS  500
#define RENEW_MS 1000

struct registry {
	struct current current;
	atomic_bool healthy;
	/* What one thread at a time works with, under work_lock. */
	pthread_mutex_t work_lock;
	struct watch watch;
	struct settings_hold *hold;
	struct platform *platform;
	int64_t renew_ms; /* when the services are looked at next */
	/* The polling thread. */
	pthread_t thread;
	bool started;
	pthread_mutex_t wake_lock;
	pthread_cond_t wake;
	bool poked;
	bool stop;
};

/* Reads all records and publishes what they say. */
static enum status
reread(struct registry *reg, const struct snapshot *previous, struct error *err)
{
	struct platform *fresh;
	enum status st = platform_read(&reg->watch.db, &fresh, err);

	if (st != ST_OK)
		return st;
	platform_unref(reg->platform);
	reg->platform = fresh;
	current_publish(&reg->current,
	    snapshot_build(fresh, reg->hold, previous, clock_boot_ms()));
	return ST_OK;
}

static enum status
look(struct registry *reg, struct error *err)
{
	bool changed = true; /* after a pause anything may have */
	enum status st;

	if (watch_is_open(&reg->watch))
		st = watch_look(
		    &reg->watch, reg->platform->version, &changed, err);
	else
		st = watch_open(reg->hold, false, &reg->watch, err);
	if (st == ST_OK && changed)
		st = reread(reg, current_get(&reg->current), err);
	if (st != ST_OK)
		watch_close(&reg->watch);
	return st;
}

static void
health_note(struct registry *reg, enum status st, const struct error *err)
{
	bool healthy = st == ST_OK;

	if (atomic_exchange(&reg->healthy, healthy) == healthy)
		return;
	if (healthy)
		log_line(LOG_INFO, STR_NULL, "system database: back");
	else
		log_line(LOG_ERROR, STR_NULL,
		    "system database: %s; the last known records serve",
		    err->text);
}

static void
poll_once(struct registry *reg)
{
	struct error err = { 0 };
	int64_t now_ms = clock_boot_ms();

	(void)pthread_mutex_lock(&reg->work_lock);
	health_note(reg, look(reg, &err), &err);
	if (now_ms >= reg->renew_ms) {
		struct snapshot *renewed =
		    snapshot_renew(current_get(&reg->current), now_ms);

		reg->renew_ms = now_ms + RENEW_MS;
		if (renewed != NULL)
			current_publish(&reg->current, renewed);
	}
	current_reap(&reg->current);
	(void)pthread_mutex_unlock(&reg->work_lock);
}

/* Until POLL_MS have passed or somebody pokes; false: stop. */
static bool
wait_for_turn(struct registry *reg)
{
	struct timespec until;
	bool stop;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += POLL_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	(void)pthread_mutex_lock(&reg->wake_lock);
	while (!reg->poked && !reg->stop) {
		if (pthread_cond_timedwait(
			&reg->wake, &reg->wake_lock, &until) != 0)
			break;
	}
	reg->poked = false;
	stop = reg->stop;
	(void)pthread_mutex_unlock(&reg->wake_lock);
	return !stop;
}

static void *
poll_thread(void *arg)
{
	struct registry *reg = arg;

	while (wait_for_turn(reg))
		poll_once(reg);
	return NULL;
}

static struct registry *
registry_new(void)
{
	struct registry *reg = calloc(1, sizeof(*reg));
	pthread_condattr_t attr;

	if (reg == NULL)
		abort();
	current_init(&reg->current);
	(void)pthread_mutex_init(&reg->work_lock, NULL);
	(void)pthread_mutex_init(&reg->wake_lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&reg->wake, &attr);
	(void)pthread_condattr_destroy(&attr);
	return reg;
}

enum status
registry_open(const struct settings *settings, bool migrate,
    struct registry **out, struct error *err)
{
	struct registry *reg = registry_new();
	enum status st = settings_hold_new(settings, NULL, &reg->hold, err);

	*out = NULL;
	if (st == ST_OK)
		st = watch_open(reg->hold, migrate, &reg->watch, err);
	if (st == ST_OK)
		st = reread(reg, NULL, err);
	if (st != ST_OK) {
		registry_close(reg);
		return st;
	}
	atomic_store(&reg->healthy, true);
	*out = reg;
	return ST_OK;
}

static void
thread_stop(struct registry *reg)
{
	if (!reg->started)
		return;
	(void)pthread_mutex_lock(&reg->wake_lock);
	reg->stop = true;
	(void)pthread_cond_signal(&reg->wake);
	(void)pthread_mutex_unlock(&reg->wake_lock);
	(void)pthread_join(reg->thread, NULL);
}

void
registry_close(struct registry *reg)
{
	if (reg == NULL)
		return;
	thread_stop(reg);
	current_close(&reg->current);
	watch_close(&reg->watch);
	platform_unref(reg->platform);
	settings_hold_unref(reg->hold);
	(void)pthread_cond_destroy(&reg->wake);
	(void)pthread_mutex_destroy(&reg->wake_lock);
	(void)pthread_mutex_destroy(&reg->work_lock);
	free(reg);
}

enum status
registry_start(struct registry *reg, struct error *err)
{
	if (pthread_create(&reg->thread, NULL, poll_thread, reg) != 0)
		return error_set(
		    err, ST_ERROR, "cannot start the registry's thread");
	reg->started = true;
	return ST_OK;
}

void
registry_poke(struct registry *reg)
{
	(void)pthread_mutex_lock(&reg->wake_lock);
	reg->poked = true;
	(void)pthread_cond_signal(&reg->wake);
	(void)pthread_mutex_unlock(&reg->wake_lock);
}

struct snapshot *
registry_pin(struct registry *reg, struct snapshot **cached)
{
	return current_pin(&reg->current, cached);
}

/* Takes the place of what the registry had. */
static void
replace(struct registry *reg, const struct watch *watch,
    struct platform *platform, struct settings_hold *hold)
{
	(void)pthread_mutex_lock(&reg->work_lock);
	watch_close(&reg->watch);
	reg->watch = *watch;
	platform_unref(reg->platform);
	reg->platform = platform;
	settings_hold_unref(reg->hold);
	reg->hold = hold;
	current_publish(&reg->current,
	    snapshot_build(platform, hold, NULL, clock_boot_ms()));
	current_reap(&reg->current);
	(void)pthread_mutex_unlock(&reg->work_lock);
}

enum status
registry_reload(struct registry *reg, const struct settings *settings,
    struct arena *owner, struct error *err)
{
	struct settings_hold *hold;
	struct platform *platform;
	struct watch watch;
	enum status st = settings_hold_new(settings, owner, &hold, err);

	if (st != ST_OK)
		return st;
	st = watch_open(hold, false, &watch, err);
	if (st == ST_OK)
		st = platform_read(&watch.db, &platform, err);
	if (st != ST_OK) {
		watch_close(&watch);
		settings_hold_unref(hold);
		return st;
	}
	replace(reg, &watch, platform, hold);
	return ST_OK;
}

bool
registry_healthy(const struct registry *reg)
{
	return atomic_load(&reg->healthy);
}
