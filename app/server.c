#include "app/server.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "app/command.h"
#include "app/descriptors.h"
#include "app/fcgi.h"
#include "app/front.h"
#include "app/gauges.h"
#include "app/listen.h"
#include "app/logs.h"
#include "app/notify.h"
#include "app/queue.h"
#include "app/seats.h"
#include "app/watchdog.h"
#include "app/worker.h"
#include "middleware/lease.h"
#include "middleware/leases.h"
#include "middleware/meters.h"
#include "middleware/people.h"
#include "middleware/pipeline.h"
#include "middleware/readiness.h"
#include "middleware/registry/registry.h"
#include "middleware/registry/ticker.h"
#include "middleware/service.h"
#include "middleware/stores.h"
#include "middleware/tallies.h"

#define FRONTS_MAX     64
#define WORKERS_A_CORE 2
#define WORKERS_MIN    4
/* Of so many workers one may renew what is in the cache. */
#define RENEWAL_A_WORKERS 4
/* Of so many one may wait for a body that its service reads. */
#define BODY_A_WORKERS 4
#define UPKEEP_MS      1000
#define ARENA_BYTES    16384u
#define LAST_SHARE_MS  500

struct server {
	const struct settings *settings;
	const char *env_path;
	sigset_t signals;
	struct notify notify;
	struct watchdog watchdog;
	struct listener listener;
	struct stores_shared *stores;
	struct stores upkeep; /* the upkeeper's connections */
	struct ticker upkeeper;
	struct stores beats; /* the beater's connections */
	struct ticker beater;
	struct gauges gauges;
	struct registry *registry;
	struct people people;
	struct pipeline *pipeline;
	struct queue *queue;
	struct workers *workers;
	struct seats *seats;
	struct front *fronts[FRONTS_MAX];
	size_t n_fronts;
};

static size_t
worker_count(const struct settings *settings)
{
	long n = (long)settings->workers;

	if (n == 0) {
		n = sysconf(_SC_NPROCESSORS_ONLN) * WORKERS_A_CORE;
		n = n < WORKERS_MIN ? WORKERS_MIN : n;
	}
	return (size_t)n;
}

/* Of each front: of the workers, so that callers who wait have the others. */
static size_t
renewals_max(const struct settings *settings)
{
	size_t n = worker_count(settings) / RENEWAL_A_WORKERS /
		   (size_t)settings->fronts;

	return n == 0 ? 1 : n;
}

/*
 * Signals are taken by the main thread only (sigwaitinfo), so none ever
 * interrupts a read or a write; libfcgi's handlers never run.
 */
static void
signals_block(struct server *s)
{
	(void)sigemptyset(&s->signals);
	(void)sigaddset(&s->signals, SIGTERM);
	(void)sigaddset(&s->signals, SIGINT);
	(void)sigaddset(&s->signals, SIGHUP);
	(void)sigaddset(&s->signals, SIGUSR1);
	(void)sigaddset(&s->signals, SIGPIPE);
	(void)sigaddset(&s->signals, SIGXFSZ); /* write says EFBIG instead */
	(void)pthread_sigmask(SIG_BLOCK, &s->signals, NULL);
}

static enum status
fronts_start(struct server *s, struct error *err)
{
	struct front_parts parts = {
		.dispatch = {
			.pipeline = s->pipeline,
			.registry = s->registry,
			.stores = s->stores,
			.people = &s->people,
			.queue = s->queue,
			.renewals_max = renewals_max(s->settings),
		},
		.listen_fd = s->listener.fd,
		.listen_shared = s->listener.shared,
		.settings = s->settings,
		.seats = s->seats,
	};
	enum status st = ST_OK;

	for (int64_t i = 0; i < s->settings->fronts && st == ST_OK; i++) {
		st = front_start(&parts, &s->fronts[s->n_fronts], err);
		if (st == ST_OK)
			s->n_fronts++;
	}
	return st;
}

static enum status
registry_begin(struct server *s, struct error *err)
{
	const struct service_host host = { s->settings, s->stores->table };
	enum status st = registry_open(&host, true, &s->registry, err);

	return st == ST_OK ? registry_start(s->registry, s->stores, err) : st;
}

static void
upkeep(void *ctx)
{
	struct server *s = ctx;

	stores_upkeep(&s->upkeep);
}

static void
beat(void *ctx)
{
	struct server *s = ctx;

	leases_beat(s->stores->leases, &s->beats, clock_boot_ms());
}

/* When all that it tells of is there. */
static enum status
gauges_begin(struct server *s, struct error *err)
{
	s->gauges.meters = s->stores->meters;
	s->gauges.registry = s->registry;
	s->gauges.queue = s->queue;
	s->gauges.queue_limit = (size_t)s->settings->queue;
	s->gauges.workers = worker_count(s->settings);
	return gauges_start(&s->gauges, err);
}

/* Threads of their own: a store may take its time, upkeep takes longer than a
 * beat may be late, and signals must not wait at all. */
static enum status
tickers_start(struct server *s, struct error *err)
{
	enum status st;

	stores_connect(s->stores, &s->upkeep);
	stores_connect(s->stores, &s->beats);
	st = ticker_start(&s->upkeeper, err);
	return st == ST_OK ? ticker_start(&s->beater, err) : st;
}

/* Everything in the order in which each stands on the one before. */
static enum status
server_open(struct server *s, struct error *err)
{
	size_t n = worker_count(s->settings);
	enum status st = notify_open(&s->notify, err);

	if (st == ST_OK)
		st = logs_open(s->settings, err);
	if (st == ST_OK)
		st = listen_open(s->settings, &s->listener, err);
	if (st == ST_OK)
		st = stores_open(s->settings, &s->stores, err);
	if (st == ST_OK)
		st = meters_begin(s->settings, &s->stores->meters, err);
	if (st == ST_OK)
		st = tickers_start(s, err);
	if (st == ST_OK)
		st = registry_begin(s, err);
	if (st == ST_OK)
		st = people_open(
		    s->settings, s->stores->table, n, &s->people, err);
	if (st == ST_OK)
		st = pipeline_open(s->settings, &s->pipeline, err);
	if (st == ST_OK)
		st = fcgi_init(err);
	if (st != ST_OK)
		return st;
	s->queue = queue_new((size_t)s->settings->queue);
	s->seats = seats_new(n < BODY_A_WORKERS ? 1 : n / BODY_A_WORKERS);
	st = workers_start(
	    n, s->queue, s->pipeline, s->stores, &s->workers, err);
	if (st == ST_OK)
		st = gauges_begin(s, err);
	if (st == ST_OK)
		st = fronts_start(s, err);
	return st == ST_OK ? watchdog_start(&s->watchdog, &s->notify, s->fronts,
				 s->n_fronts, err)
			   : st;
}

static void
warnings_log(struct str rest)
{
	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		log_line(LOG_WARNING, STR_NULL, "reload: %.*s", STR_ARG(line));
	}
}

/* Reads the settings anew into the arena, which is freed on failure: what is
 * wrong in them changes nothing. */
static enum status
settings_renew(struct server *s, struct arena *arena, struct settings *fresh,
    struct error *err)
{
	struct buf warnings = buf_in(arena);
	struct str path;
	enum status st =
	    settings_read(arena, s->env_path, fresh, &path, &warnings, err);

	warnings_log(buf_str(&warnings));
	if (st != ST_OK) {
		arena_close(arena);
		free(arena);
		return st;
	}
	settings_keep(s->settings, fresh);
	return registry_reload(s->registry, fresh, arena, err);
}

static void
server_reload(struct server *s)
{
	struct arena *arena = malloc(sizeof(*arena));
	struct settings *fresh;
	struct error err = { 0 };

	if (arena == NULL)
		abort();
	arena_init(arena, ARENA_BYTES);
	fresh = arena_zalloc(arena, sizeof(*fresh));
	if (settings_renew(s, arena, fresh, &err) != ST_OK) {
		log_line(LOG_ERROR, STR_NULL,
		    "reload: %s; the settings stay as they were", err.text);
		return;
	}
	/* Last: logs that cannot be opened leave the earlier ones in use. */
	if (logs_open(fresh, &err) != ST_OK)
		log_line(LOG_ERROR, STR_NULL, "reload: %s", err.text);
	log_line(LOG_INFO, STR_NULL, "reloaded");
}

static void
server_wait(struct server *s)
{
	for (;;) {
		int signal = sigwaitinfo(&s->signals, NULL);

		if (signal == SIGTERM || signal == SIGINT)
			return;
		if (signal != SIGHUP)
			continue;
		notify_reloading(&s->notify);
		server_reload(s);
		notify_tell(
		    &s->notify, "READY=1", "serving on %s", s->listener.name);
	}
}

/* A query that outlives its deadline must not outlive the process. The guard
 * is never joined, so it is given its seconds by value. */
static void *
drain_guard(void *seconds)
{
	struct timespec limit = { .tv_sec = (time_t)(uintptr_t)seconds };

	(void)nanosleep(&limit, NULL);
	log_line(LOG_ERROR, STR_NULL,
	    "requests were still open after DRAIN_TIMEOUT; they are cut off");
	_exit(1);
}

static void
server_drain(struct server *s)
{
	uintptr_t seconds = (uintptr_t)s->settings->drain_timeout / 1000 + 2;
	pthread_t guard;

	log_line(LOG_INFO, STR_NULL, "stopping: draining");
	notify_tell(&s->notify, "STOPPING=1", "draining");
	if (pthread_create(&guard, NULL, drain_guard, (void *)seconds) == 0)
		(void)pthread_detach(guard);
	readiness_stop(s->stores->readiness);
	listen_withdraw(&s->listener);
	for (size_t i = 0; i < s->n_fronts; i++)
		front_stop(s->fronts[i]);
	for (size_t i = 0; i < s->n_fronts; i++)
		front_join(s->fronts[i]);
	listen_close(&s->listener);
	queue_stop(s->queue);
	workers_join(s->workers);
	watchdog_stop(&s->watchdog);
	for (size_t i = 0; i < s->n_fronts; i++)
		front_close(s->fronts[i]);
}

static void
server_close(struct server *s)
{
	gauges_stop(&s->gauges);
	seats_free(s->seats);
	queue_free(s->queue);
	pipeline_close(s->pipeline);
	people_close(&s->people);
	registry_close(s->registry);
	ticker_close(&s->beater);
	stores_disconnect(&s->beats);
	ticker_close(&s->upkeeper);
	if (s->stores != NULL)
		(void)tallies_share(s->stores->tallies, &s->upkeep,
		    clock_boot_ms() + LAST_SHARE_MS);
	stores_disconnect(&s->upkeep);
	stores_close(s->stores);
}

int
server_run(const struct settings *settings, const char *env_path)
{
	struct server s = {
		.settings = settings,
		.env_path = env_path,
		.notify = { .fd = -1 },
		.listener = { .fd = -1 },
	};
	struct error err = { 0 };

	signals_block(&s);
	ticker_init(&s.upkeeper, upkeep, &s, UPKEEP_MS);
	gauges_init(&s.gauges);
	watchdog_init(&s.watchdog);
	ticker_init(&s.beater, beat, &s, LEASE_BEAT_MS);
	descriptors_raise();
	if (server_open(&s, &err) != ST_OK) {
		if (s.queue != NULL)
			server_drain(&s); /* threads may have started */
		listen_close(&s.listener);
		server_close(&s);
		notify_tell(&s.notify, "STOPPING=1", "%s", err.text);
		notify_close(&s.notify);
		return command_fail("%s", err.text);
	}
	log_line(LOG_INFO, STR_NULL, "serving on %s", s.listener.name);
	descriptors_check(settings);
	notify_tell(&s.notify, "READY=1", "serving on %s", s.listener.name);
	server_wait(&s);
	server_drain(&s);
	server_close(&s);
	notify_close(&s.notify);
	log_line(LOG_INFO, STR_NULL, "stopped");
	return 0;
}
