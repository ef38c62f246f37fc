/*
 * Opening services: all of them, again and again, on the registry's own
 * thread; and one at once, for a request that cannot go on with it as it is.
 */
#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/base/log.h"
#include "middleware/pending.h"
#include "middleware/registry/instance.h"
#include "middleware/registry/registry_state.h"
#include "middleware/registry/snapshot_build.h"
#include "middleware/service.h"
#include "middleware/tags.h"

/* So often at most a request opens a service that others replace meanwhile. */
#define RENEWALS_MAX 8

#define DROP_MS     500
#define ARENA_BYTES 1024

/* Puts it in the place of the old one, unless that has been replaced already:
 * false. The records may have changed while the service was opened. */
static bool
swap(struct registry *reg, const struct instance *old, struct instance *fresh)
{
	struct snapshot *s;

	(void)pthread_mutex_lock(&reg->work_lock);
	s = snapshot_swap(current_get(&reg->current), old, fresh);
	if (s != NULL)
		current_publish(&reg->current, s);
	(void)pthread_mutex_unlock(&reg->work_lock);
	if (s != NULL && instance_handle(fresh) == NULL)
		ticker_poke(&reg->opener);
	instance_unref(fresh);
	return s != NULL;
}

static struct snapshot *
pin(struct registry *reg)
{
	struct snapshot *cached = NULL;
	struct snapshot *s = current_pin(&reg->current, &cached);

	snapshot_unref(cached);
	return s;
}

/* A store that cannot be reached is told by the upkeep, and not asked for the
 * answers until then. */
static void
outdated_drop(struct registry *reg, const struct service *service)
{
	struct str tags[TAGS_MAX];
	struct arena arena;
	size_t n, found;
	enum status st;

	if (service->type->flush_tags == NULL)
		return;
	arena_init(&arena, ARENA_BYTES);
	n = service->type->flush_tags(
	    service->instance, &arena, tags, TAGS_MAX);
	st = tags_delete(
	    &reg->stores, tags, n, clock_boot_ms() + DROP_MS, &found);
	if (st != ST_OK) {
		log_line(LOG_ERROR, STR_NULL,
		    "service %.*s: others wrote, and its cached answers could "
		    "not be dropped: cache store: %s",
		    STR_ARG(service->name), status_name(st));
		pending_add(reg->stores.pending, tags, n);
	}
	arena_close(&arena);
}

void
services_open(void *registry)
{
	struct registry *reg = registry;
	struct snapshot *s = pin(reg);
	size_t n;
	const struct service *all = snapshot_services(s, &n);

	for (size_t i = 0; i < n; i++) {
		struct instance *old = snapshot_instance(s, i), *fresh = NULL;

		if (old != NULL)
			fresh = instance_renew(old, clock_boot_ms());
		if (old != NULL && instance_outdated(old))
			outdated_drop(reg, &all[i]);
		if (fresh != NULL)
			(void)swap(reg, old, fresh); /* else there is a newer */
	}
	snapshot_unref(s);
	current_reap(&reg->current);
}

static struct instance *
instance_named(const struct snapshot *s, struct str name)
{
	size_t n;
	const struct service *all = snapshot_services(s, &n);

	for (size_t i = 0; i < n; i++) {
		if (str_eq(all[i].name, name))
			return snapshot_instance(s, i);
	}
	return NULL;
}

/* Several requests that find it outdated open it once: who waited for the lock
 * looks whether it is still the one. ST_STALE: another took its place. */
static enum status
replace_one(struct registry *reg, struct str name, struct instance *old,
    struct error *err)
{
	struct instance *fresh = NULL;
	struct snapshot *s;
	enum status st = ST_STALE;

	instance_lock(old);
	s = pin(reg);
	if (instance_named(s, name) == old)
		st = instance_open(old, &fresh, err);
	if (st == ST_OK && !swap(reg, old, fresh))
		st = ST_STALE;
	instance_unlock(old);
	snapshot_unref(s);
	return st;
}

/* ST_STALE: try again. `any`: whatever instance there is must be replaced. */
static enum status
renew_once(struct registry *reg, struct str name, const void *handle, bool any,
    struct error *err)
{
	struct snapshot *s = pin(reg);
	struct instance *old = instance_named(s, name);
	enum status st = ST_OK;

	if (old == NULL)
		st = error_set(err, ST_MISSING, "the service is gone");
	else if (any || instance_handle(old) == handle)
		st = replace_one(reg, name, old, err);
	snapshot_unref(s);
	return st;
}

enum status
registry_renew(struct registry *reg, struct str service, const void *handle,
    bool any, struct snapshot **out, struct error *err)
{
	enum status st = ST_STALE;

	for (int i = 0; st == ST_STALE && i < RENEWALS_MAX; i++)
		st = renew_once(reg, service, handle, any, err);
	if (st == ST_STALE)
		return error_set(
		    err, ST_UNAVAILABLE, "its schema changes all the time");
	if (st == ST_OK)
		*out = pin(reg);
	return st;
}
