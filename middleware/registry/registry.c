#include "middleware/registry/registry.h"

#include <stdlib.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "middleware/registry/key_proof.h"
#include "middleware/registry/platform.h"
#include "middleware/registry/registry_state.h"
#include "middleware/registry/settings_hold.h"
#include "middleware/registry/snapshot_build.h"
#include "middleware/service.h"

#define POLL_MS 500
#define OPEN_MS 1000

static void
lines_log(enum log_level level, struct str rest)
{
	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		log_line(level, STR_NULL, "%.*s", STR_ARG(line));
	}
}

/* The first of the problems is why. */
static enum status
problems_refuse(struct str rest, struct error *err)
{
	struct str first = str_cut(&rest, '\n');

	if (first.n == 0)
		return ST_OK;
	return error_set(err, ST_INVALID, "%.*s", STR_ARG(first));
}

/* The settings with what they declare; takes over owner in any case. */
static enum status
hold_new(const struct service_host *host, struct arena *owner,
    struct settings_hold **out, struct error *err)
{
	struct buf problems = { 0 }, warnings = { 0 };
	enum status st = settings_hold_new(host, owner, out, err);

	if (st != ST_OK)
		return st;
	(void)declared_read(&(*out)->arena, host->settings, &(*out)->declared,
	    &problems, &warnings);
	lines_log(LOG_WARNING, buf_str(&warnings));
	st = problems_refuse(buf_str(&problems), err);
	if (st != ST_OK) {
		settings_hold_unref(*out);
		*out = NULL;
	}
	buf_free(&problems);
	buf_free(&warnings);
	return st;
}

static void
reread_tell(const struct platform *p, int64_t began_ms)
{
	log_line(LOG_INFO, STR_NULL,
	    "system database: read in %lld ms: %zu services, %zu roles, "
	    "%zu apps, %zu keys, %zu limits",
	    (long long)(clock_boot_ms() - began_ms), p->n_services, p->n_roles,
	    p->n_apps, p->n_keys, p->n_limits);
}

/*
 * Reads all records and publishes what they say at once: a service that is new
 * answers 503 until it has been opened, so that no database delays the news.
 */
static enum status
reread(struct registry *reg, const struct snapshot *previous, struct error *err)
{
	int64_t began_ms = clock_boot_ms();
	struct platform *fresh;
	enum status st =
	    platform_read(&reg->watch.db, &reg->hold->declared, &fresh, err);

	if (st != ST_OK)
		return st;
	/* They stop a start, but not the news: what is declared counts. */
	lines_log(LOG_ERROR, fresh->problems);
	platform_unref(reg->platform);
	reg->platform = fresh;
	current_publish(
	    &reg->current, snapshot_build(fresh, reg->hold, previous));
	reread_tell(fresh, began_ms);
	ticker_poke(&reg->opener);
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

	if (healthy)
		atomic_store(&reg->checked_ms, clock_boot_ms());
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
poll_once(void *ctx)
{
	struct registry *reg = ctx;
	struct error err = { 0 };

	(void)pthread_mutex_lock(&reg->work_lock);
	health_note(reg, look(reg, &err), &err);
	(void)pthread_mutex_unlock(&reg->work_lock);
}

/* Opens all that is not; takes over the caller's hold and returns one. */
static struct snapshot *
opened(struct snapshot *s)
{
	struct snapshot *renewed = snapshot_renew(s, clock_boot_ms());

	if (renewed == NULL)
		return s;
	snapshot_unref(s);
	return renewed;
}

static struct registry *
registry_new(void)
{
	struct registry *reg = calloc(1, sizeof(*reg));

	if (reg == NULL)
		abort();
	current_init(&reg->current);
	(void)pthread_mutex_init(&reg->work_lock, NULL);
	ticker_init(&reg->poller, poll_once, reg, POLL_MS);
	ticker_init(&reg->opener, services_open, reg, OPEN_MS);
	return reg;
}

/* With `renew` the database follows a key that was rotated. */
static enum status
proof_check(struct system_db *db, const struct settings_hold *hold, bool renew,
    struct error *err)
{
	bool is_old = false;
	enum status st = key_proof_check(db, &hold->keys, &is_old, err);

	if (st == ST_OK && is_old && renew)
		st = key_proof_put(db, &hold->keys, err);
	return st;
}

enum status
registry_open(const struct service_host *host, bool migrate,
    struct registry **out, struct error *err)
{
	struct registry *reg = registry_new();
	enum status st = hold_new(host, NULL, &reg->hold, err);

	*out = NULL;
	if (st == ST_OK)
		st = watch_open(reg->hold, migrate, &reg->watch, err);
	if (st == ST_OK)
		st = proof_check(&reg->watch.db, reg->hold, migrate, err);
	if (st == ST_OK)
		st = reread(reg, NULL, err);
	if (st == ST_OK)
		st = problems_refuse(reg->platform->problems, err);
	if (st != ST_OK) {
		registry_close(reg);
		return st;
	}
	services_open(reg);
	atomic_store(&reg->healthy, true);
	atomic_store(&reg->checked_ms, clock_boot_ms());
	*out = reg;
	return ST_OK;
}

void
registry_close(struct registry *reg)
{
	if (reg == NULL)
		return;
	ticker_close(&reg->poller);
	ticker_close(&reg->opener);
	stores_disconnect(&reg->stores);
	current_close(&reg->current);
	watch_close(&reg->watch);
	platform_unref(reg->platform);
	settings_hold_unref(reg->hold);
	(void)pthread_mutex_destroy(&reg->work_lock);
	free(reg);
}

enum status
registry_start(
    struct registry *reg, struct stores_shared *shared, struct error *err)
{
	enum status st;

	stores_connect(shared, &reg->stores);
	st = ticker_start(&reg->poller, err);
	return st == ST_OK ? ticker_start(&reg->opener, err) : st;
}

void
registry_poke(struct registry *reg)
{
	ticker_poke(&reg->poller);
}

void
registry_refresh(struct registry *reg)
{
	poll_once(reg);
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
	struct snapshot *s = opened(snapshot_build(platform, hold, NULL));

	(void)pthread_mutex_lock(&reg->work_lock);
	watch_close(&reg->watch);
	reg->watch = *watch;
	platform_unref(reg->platform);
	reg->platform = platform;
	settings_hold_unref(reg->hold);
	reg->hold = hold;
	current_publish(&reg->current, s);
	(void)pthread_mutex_unlock(&reg->work_lock);
}

enum status
registry_reload(struct registry *reg, const struct settings *settings,
    struct arena *owner, struct error *err)
{
	const struct service_host host = { settings, reg->hold->stores };
	struct settings_hold *hold;
	struct platform *platform = NULL;
	struct watch watch;
	enum status st = hold_new(&host, owner, &hold, err);

	if (st != ST_OK)
		return st;
	st = watch_open(hold, false, &watch, err);
	if (st == ST_OK)
		st = proof_check(&watch.db, hold, true, err);
	if (st == ST_OK)
		st = platform_read(&watch.db, &hold->declared, &platform, err);
	if (st == ST_OK)
		st = problems_refuse(platform->problems, err);
	if (st != ST_OK) {
		platform_unref(platform);
		watch_close(&watch);
		settings_hold_unref(hold);
		return st;
	}
	replace(reg, &watch, platform, hold);
	return ST_OK;
}

int64_t
registry_checked_ms(const struct registry *reg)
{
	return atomic_load(&reg->checked_ms);
}

bool
registry_healthy(const struct registry *reg)
{
	return atomic_load(&reg->healthy);
}
