#include "middleware/registry/snapshot.h"

#include <stdlib.h>

#include "app/base/arena.h"
#include "app/base/settings.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/instance.h"
#include "middleware/registry/platform.h"
#include "middleware/registry/settings_hold.h"
#include "middleware/registry/snapshot_build.h"

#define ARENA_BYTES 4096

struct snapshot {
	atomic_uint refs;
	struct arena arena; /* of services, instances and by_name */
	struct platform *platform;
	struct settings_hold *hold;
	struct service *services;    /* the platform's, with instances */
	struct instance **instances; /* one a service, or NULL */
	struct table by_name;
};

static void
fingerprint(struct arena *arena, struct service *service)
{
	struct buf text = buf_in(arena);

	buf_put(&text, service->name);
	buf_put_char(&text, '\n');
	buf_put(&text, service->config);
	digest(buf_str(&text), service->fingerprint);
}

/* The platform's services under these settings, without instances. */
static void
services_copy(struct snapshot *s)
{
	const struct platform *platform = s->platform;
	size_t n = platform->n_services;

	s->services = arena_zalloc(&s->arena, (n + 1) * sizeof(*s->services));
	s->instances =
	    arena_zalloc(&s->arena, (n + 1) * sizeof(struct instance *));
	table_init(&s->by_name, &s->arena, n);
	for (size_t i = 0; i < n; i++) {
		struct service *service = &s->services[i];

		*service = platform->services[i];
		fingerprint(&s->arena, service);
		service->lookups = lookups_of_config(&s->arena, &s->hold->keys,
		    &(const struct config_owner){
			service->name, service->type },
		    service->config, &platform->lookups);
		if (service->cache_ttl == 0)
			service->cache_ttl =
			    s->hold->settings->cache_default_ttl;
		if (service->type == NULL)
			service->open_error =
			    "this weir was built without such a type";
		(void)table_add(&s->by_name, service->name, service);
	}
}

static struct snapshot *
snapshot_new(struct platform *platform, struct settings_hold *hold)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	atomic_init(&s->refs, 1);
	s->platform = platform_ref(platform);
	s->hold = settings_hold_ref(hold);
	arena_init(&s->arena, ARENA_BYTES);
	services_copy(s);
	return s;
}

/* Takes over the caller's hold on the instance. */
static void
instance_put(struct snapshot *s, size_t i, struct instance *inst)
{
	instance_unref(s->instances[i]);
	s->instances[i] = inst;
	s->services[i].instance = instance_handle(inst);
	s->services[i].open_error = instance_error(inst);
}

static struct instance *
instance_take_over(
    const struct snapshot *previous, const struct service *record)
{
	size_t n = previous == NULL ? 0 : previous->platform->n_services;

	for (size_t i = 0; i < n; i++) {
		struct instance *inst = previous->instances[i];

		if (inst != NULL && instance_fits(inst, record))
			return instance_ref(inst);
	}
	return NULL;
}

struct snapshot *
snapshot_build(struct platform *platform, struct settings_hold *hold,
    const struct snapshot *previous)
{
	struct snapshot *s = snapshot_new(platform, hold);

	for (size_t i = 0; i < platform->n_services; i++) {
		const struct service *record = &s->services[i];
		struct instance *inst;

		if (!record->active || record->type == NULL)
			continue;
		inst = instance_take_over(previous, record);
		if (inst == NULL)
			inst = instance_new(record, hold);
		instance_put(s, i, inst);
	}
	return s;
}

static struct snapshot *
snapshot_copy(const struct snapshot *s)
{
	struct snapshot *copy = snapshot_new(s->platform, s->hold);

	for (size_t i = 0; i < s->platform->n_services; i++) {
		if (s->instances[i] != NULL)
			instance_put(copy, i, instance_ref(s->instances[i]));
	}
	return copy;
}

struct snapshot *
snapshot_renew(const struct snapshot *s, int64_t now_ms)
{
	struct snapshot *renewed = NULL;

	for (size_t i = 0; i < s->platform->n_services; i++) {
		struct instance *fresh = NULL;

		if (s->instances[i] != NULL)
			fresh = instance_renew(s->instances[i], now_ms);
		if (fresh == NULL)
			continue;
		if (renewed == NULL)
			renewed = snapshot_copy(s);
		instance_put(renewed, i, fresh);
	}
	return renewed;
}

struct snapshot *
snapshot_swap(const struct snapshot *s, const struct instance *old,
    struct instance *fresh)
{
	struct snapshot *copy;

	for (size_t i = 0; i < s->platform->n_services; i++) {
		if (s->instances[i] != old)
			continue;
		copy = snapshot_copy(s);
		instance_put(copy, i, instance_ref(fresh));
		return copy;
	}
	return NULL;
}

struct instance *
snapshot_instance(const struct snapshot *s, size_t i)
{
	return s->instances[i];
}

bool
snapshot_is_last(const struct snapshot *s)
{
	return atomic_load(&s->refs) == 1;
}

const struct service *
snapshot_service(const struct snapshot *s, struct str name)
{
	return table_get(&s->by_name, name);
}

static const struct app_key *
key_under(const struct snapshot *s, const uint8_t *pepper, struct str key)
{
	uint8_t hash[SECRET_HASH_BYTES];
	const struct app_key *found;

	secret_hash(pepper, key, hash);
	found = table_get(&s->platform->keys_by_hash,
	    str_make((const char *)hash, sizeof(hash)));
	if (found == NULL || !secret_equal(found->hash, hash, sizeof(hash)))
		return NULL;
	return found;
}

const struct app_key *
snapshot_key(const struct snapshot *s, struct str key)
{
	const struct app_keys *keys = &s->hold->keys;
	const struct app_key *found = NULL;

	for (size_t i = 0; found == NULL && i < keys->n; i++)
		found = key_under(s, keys->pepper[i], key);
	return found;
}

const struct role *
snapshot_role(const struct snapshot *s, int64_t id)
{
	return table_get(
	    &s->platform->roles_by_id, str_make((const char *)&id, sizeof(id)));
}

const struct app *
snapshot_app(const struct snapshot *s, int64_t id)
{
	return table_get(
	    &s->platform->apps_by_id, str_make((const char *)&id, sizeof(id)));
}

const struct declared *
snapshot_declared(const struct snapshot *s)
{
	return &s->hold->declared;
}

const struct app_keys *
snapshot_app_keys(const struct snapshot *s)
{
	return &s->hold->keys;
}

const struct secret_mac *
snapshot_token_keys(const struct snapshot *s, size_t *n)
{
	*n = s->hold->keys.n_tokens;
	return s->hold->keys.tokens;
}

const struct service *
snapshot_services(const struct snapshot *s, size_t *n)
{
	*n = s->platform->n_services;
	return s->services;
}

const struct limit_index *
snapshot_limits(const struct snapshot *s)
{
	return &s->platform->limit_index;
}

const struct lookups *
snapshot_lookups(const struct snapshot *s)
{
	return &s->platform->lookups;
}

const struct cors_rules *
snapshot_cors(const struct snapshot *s)
{
	return &s->platform->cors;
}

const struct settings *
snapshot_settings(const struct snapshot *s)
{
	return s->hold->settings;
}

const struct networks *
snapshot_proxies(const struct snapshot *s)
{
	return &s->hold->proxies;
}

struct snapshot *
snapshot_ref(struct snapshot *s)
{
	(void)atomic_fetch_add(&s->refs, 1);
	return s;
}

void
snapshot_unref(struct snapshot *s)
{
	if (s == NULL || atomic_fetch_sub(&s->refs, 1) != 1)
		return;
	for (size_t i = 0; i < s->platform->n_services; i++)
		instance_unref(s->instances[i]);
	platform_unref(s->platform);
	settings_hold_unref(s->hold);
	arena_close(&s->arena);
	free(s);
}
