#include "middleware/registry/instance.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/base/secret.h"
#include "app/base/settings.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/settings_hold.h"
#include "middleware/registry/snapshot.h"
#include "middleware/service.h"

#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS   30000
#define ARENA_BYTES    1024

struct instance {
	atomic_uint refs;
	struct arena arena;     /* of the texts of service */
	struct service service; /* the record it was opened for; its config
				 * is in clear when it was opened */
	struct str sealed;      /* the config as the record has it */
	struct settings_hold *hold;
	void *handle;
	struct error error;   /* why handle is NULL */
	pthread_mutex_t lock; /* see instance_lock() */
	/* Of the opening thread. */
	bool stale;       /* what it stands on changed */
	bool outdated;    /* what is cached of it is */
	int64_t took_ms;  /* to open it, or to fail */
	int64_t wait_ms;  /* between the last try and the next */
	int64_t retry_ms; /* not before */
};

static void
record_copy(struct instance *inst, const struct service *record)
{
	struct service *s = &inst->service;

	*s = *record;
	s->name = arena_dup(&inst->arena, record->name);
	s->label = arena_dup(&inst->arena, record->label);
	s->description = arena_dup(&inst->arena, record->description);
	s->type_name = arena_dup(&inst->arena, record->type_name);
	s->config = inst->sealed = arena_dup(&inst->arena, record->config);
	s->lookups = lookups_copy(&inst->arena, &record->lookups);
	s->instance = NULL;
	s->open_error = NULL;
}

static struct instance *
unopened(const struct service *record, struct settings_hold *hold)
{
	struct instance *inst = calloc(1, sizeof(*inst));

	if (inst == NULL)
		abort();
	assert(record->active && record->type != NULL);
	atomic_init(&inst->refs, 1);
	(void)pthread_mutex_init(&inst->lock, NULL);
	arena_init(&inst->arena, ARENA_BYTES);
	record_copy(inst, record);
	inst->hold = settings_hold_ref(hold);
	return inst;
}

struct instance *
instance_new(const struct service *record, struct settings_hold *hold)
{
	struct instance *inst = unopened(record, hold);

	(void)error_set(&inst->error, ST_UNAVAILABLE, "it is being opened");
	return inst;
}

/* Another one for the same record. */
static struct instance *
again(const struct instance *inst)
{
	struct service record = inst->service;

	record.config = inst->sealed;
	return unopened(&record, inst->hold);
}

/* It may hold secrets in clear. */
static void
config_wipe(struct instance *inst)
{
	struct str config = inst->service.config;

	if (config.p != inst->sealed.p)
		secret_wipe((char *)(uintptr_t)config.p, config.n);
}

/* Puts the values of lookups into the config, which is in clear. */
static void
config_fill(struct instance *inst)
{
	struct service *s = &inst->service;
	struct str filled = lookups_fill_config(&inst->arena, &inst->hold->keys,
	    &s->lookups, inst->hold->settings->lookup_modifiers, s->config);

	if (filled.p == s->config.p)
		return;
	config_wipe(inst);
	s->config = filled;
}

static struct instance *
open_quietly(const struct instance *old)
{
	struct instance *inst = again(old);
	struct service *s = &inst->service;
	const struct config_owner owner = { s->name, s->type };
	const struct service_host host = { inst->hold->settings,
		inst->hold->stores };
	int64_t began_ms = clock_boot_ms();
	enum status st = config_unseal(
	    &inst->arena, &inst->hold->keys, &owner, &s->config, &inst->error);

	if (st == ST_OK)
		st = lookups_check_config(&inst->arena, &s->lookups,
		    s->type->config, s->config, &inst->error);
	if (st == ST_OK)
		config_fill(inst);
	if (st == ST_OK)
		st = s->type->open(s, &host, &inst->handle, &inst->error);
	inst->took_ms = clock_boot_ms() - began_ms;
	if (st == ST_OK)
		return inst;
	(void)error_set(&inst->error, st, "%s", status_name(st));
	inst->handle = NULL;
	return inst;
}

static void
failure_log(const struct instance *inst)
{
	log_line(LOG_ERROR, STR_NULL, "service %.*s: %s",
	    STR_ARG(inst->service.name), inst->error.text);
}

struct instance *
instance_ref(struct instance *inst)
{
	(void)atomic_fetch_add(&inst->refs, 1);
	return inst;
}

void
instance_unref(struct instance *inst)
{
	if (inst == NULL || atomic_fetch_sub(&inst->refs, 1) != 1)
		return;
	if (inst->handle != NULL)
		inst->service.type->close(inst->handle);
	config_wipe(inst);
	settings_hold_unref(inst->hold);
	arena_close(&inst->arena);
	(void)pthread_mutex_destroy(&inst->lock);
	free(inst);
}

/* After a rotation of APP_KEY the same is sealed otherwise: that is no reason
 * to open it anew. */
static bool
config_fits(const struct instance *inst, const struct service *record)
{
	const struct service *s = &inst->service;
	const struct config_owner owner = { s->name, s->type };
	struct str config = record->config;
	struct arena arena;
	bool same = str_eq(inst->sealed, config);

	if (same || s->config.p == inst->sealed.p)
		return same;
	arena_init(&arena, ARENA_BYTES);
	if (config_unseal(&arena, &inst->hold->keys, &owner, &config, NULL) ==
	    ST_OK) {
		struct str filled =
		    lookups_fill_config(&arena, &inst->hold->keys, &s->lookups,
			inst->hold->settings->lookup_modifiers, config);

		same = str_eq(s->config, filled);
		secret_wipe((char *)(uintptr_t)filled.p, filled.n);
		secret_wipe((char *)(uintptr_t)config.p, config.n);
	}
	arena_close(&arena);
	return same;
}

bool
instance_fits(const struct instance *inst, const struct service *record)
{
	const struct service *s = &inst->service;

	return s->id == record->id && s->active == record->active &&
	       s->cache_enabled == record->cache_enabled &&
	       s->cache_ttl == record->cache_ttl &&
	       str_eq(s->name, record->name) &&
	       str_eq(s->type_name, record->type_name) &&
	       lookups_equal(&s->lookups, &record->lookups) &&
	       config_fits(inst, record);
}

void *
instance_handle(const struct instance *inst)
{
	return inst->handle;
}

const char *
instance_error(const struct instance *inst)
{
	return inst->handle == NULL ? inst->error.text : NULL;
}

/* What is away may be back any moment; a mistake waits for people. */
static int64_t
pause_of(const struct instance *inst, const struct instance *fresh)
{
	int64_t wait_ms = inst->wait_ms * 2;

	if (wait_ms == 0 || fresh->error.status != ST_INVALID)
		return RETRY_FIRST_MS;
	return wait_ms < RETRY_MAX_MS ? wait_ms : RETRY_MAX_MS;
}

/* A try that hangs keeps the thread from the other services: they get as much
 * of its time. */
static int64_t
rest_after(const struct instance *fresh, int64_t wait_ms)
{
	return wait_ms > 2 * fresh->took_ms ? wait_ms : 2 * fresh->took_ms;
}

void
instance_lock(struct instance *inst)
{
	(void)pthread_mutex_lock(&inst->lock);
}

void
instance_unlock(struct instance *inst)
{
	(void)pthread_mutex_unlock(&inst->lock);
}

static void
opened_log(const struct instance *inst)
{
	log_line(LOG_INFO, STR_NULL, "service %.*s: opened",
	    STR_ARG(inst->service.name));
}

enum status
instance_open(struct instance *inst, struct instance **out, struct error *err)
{
	struct instance *fresh = open_quietly(inst);
	enum status st = fresh->error.status;

	if (fresh->handle != NULL) {
		opened_log(fresh);
		*out = fresh;
		return ST_OK;
	}
	(void)error_set(err, st, "%s", fresh->error.text);
	instance_unref(fresh);
	return st == ST_OK || st == ST_STALE ? ST_UNAVAILABLE : st;
}

/* The next try comes later; only news are logged. True: fresh has news that
 * requests should be told. */
static bool
failure_note(struct instance *inst, struct instance *fresh, int64_t now_ms)
{
	bool first = inst->wait_ms == 0;
	bool news = inst->handle == NULL &&
		    strcmp(inst->error.text, fresh->error.text) != 0;
	int64_t wait_ms = pause_of(inst, fresh);

	inst->wait_ms = fresh->wait_ms = wait_ms;
	inst->retry_ms = fresh->retry_ms = now_ms + rest_after(fresh, wait_ms);
	if (first || news)
		failure_log(fresh);
	return news;
}

/* What would be written through the handle is lost: nothing may use it. */
static struct instance *
gone(const struct instance *inst)
{
	struct instance *fresh = again(inst);

	(void)error_set(&fresh->error, ST_UNAVAILABLE,
	    "what it stands on was moved, deleted or replaced");
	failure_log(fresh);
	return fresh;
}

static enum service_change
change_of(struct instance *inst)
{
	const struct service_type *type = inst->service.type;

	if (inst->handle == NULL || type->changed == NULL)
		return SERVICE_SAME;
	return type->changed(inst->handle, &inst->outdated);
}

bool
instance_outdated(struct instance *inst)
{
	bool outdated = inst->outdated;

	inst->outdated = false;
	return outdated;
}

struct instance *
instance_renew(struct instance *inst, int64_t now_ms)
{
	enum service_change change = change_of(inst);
	struct instance *fresh;

	if (change == SERVICE_GONE)
		return gone(inst);
	inst->stale |= change == SERVICE_CHANGED;
	if ((inst->handle != NULL && !inst->stale) || now_ms < inst->retry_ms)
		return NULL;
	fresh = open_quietly(inst);
	if (fresh->handle != NULL) {
		opened_log(fresh);
		return fresh;
	}
	if (failure_note(inst, fresh, now_ms))
		return fresh;
	instance_unref(fresh);
	return NULL;
}
