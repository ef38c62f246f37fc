#include "app/services/cache/config.h"

#include <string.h>

#include "app/base/secret.h"
#include "app/base/settings.h"
#include "app/services/cache/cache.h"
#include "app/services/cache/config_fields.h"
#include "app/services/cache/config_own.h"
#include "app/services/cache/config_text.h"
#include "middleware/json_config.h"
#include "middleware/registry/snapshot.h"
#include "middleware/service.h"
#include "middleware/store.h"
#include "middleware/store_config.h"

#define ARENA_BYTES   1024
#define TTL_USUAL     300   /* s */
#define TIMEOUT_USUAL 250   /* ms */
#define TIMEOUT_MAX   10000 /* ms */

/* The types are named for their drivers. */
#define TYPE_PREFIX STR("cache_")

/* Which store a config means. */
struct choice {
	struct str driver;
	bool own; /* reached as the config says; else as the settings say */
};

static struct choice
choice_of(const struct service_type *type, const struct cache_config_text *text,
    const struct settings *settings)
{
	struct str own = str_skip(str_of(type->name), TYPE_PREFIX.n);
	bool is_local = str_eq(own, STR("local"));

	if (text->store.n == 0)
		return (struct choice){ own, !is_local };
	if (str_eq(text->store, STR("default")))
		return (struct choice){ str_of(settings->cache_driver), false };
	/* DreamFactory's name for what does not outlive the process. */
	if (str_eq(text->store, STR("array")))
		return (struct choice){ STR("local"), false };
	return (struct choice){ text->store, false };
}

/* What a client may be told wrongly is refused before it serves. */
static enum status
text_check(const struct service_type *type,
    const struct cache_config_text *text, struct error *err)
{
	const struct config_field *field = type->config;
	struct str driver = str_skip(str_of(type->name), TYPE_PREFIX.n);

	while (field->name != NULL && strcmp(field->name, "store") != 0)
		field++;
	if (text->store.n > 0 && field->name != NULL) {
		struct str rest = str_of(field->choices);

		while (rest.p != NULL)
			if (str_eq(str_cut(&rest, '|'), text->store))
				return ST_OK;
		return error_set(
		    err, ST_INVALID, "store must be one of %s", field->choices);
	}
	return cache_config_own_check(driver, text, err);
}

/* The arena's end would leave the secrets where they stood. */
static void
text_end(struct cache_config_text *text, struct arena *arena)
{
	struct str *const secrets[] = { &text->password,
		&text->sentinel_password };

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		if (secrets[i]->n > 0)
			secret_wipe((char *)secrets[i]->p, secrets[i]->n);
	}
	arena_close(arena);
}

enum status
cache_config_check(
    const struct service_type *type, struct str config, struct error *err)
{
	struct cache_config_text text;
	struct arena arena;
	enum status st;

	arena_init(&arena, ARENA_BYTES);
	st = cache_config_text_read(&arena, config, &text, err);
	if (st == ST_OK)
		st = text_check(type, &text, err);
	text_end(&text, &arena);
	return st;
}

static enum status
numbers_read(struct cache_service *service,
    const struct cache_config_text *text, struct error *err)
{
	const struct json_config_range timeout = { 1, TIMEOUT_MAX };
	enum status st;

	service->default_ttl = TTL_USUAL;
	service->timeout_ms = TIMEOUT_USUAL;
	st = json_config_seconds("default_ttl", text->default_ttl,
	    CACHE_TTL_MAX, &service->default_ttl, err);
	if (st == ST_OK)
		st = json_config_integer("timeout", text->timeout, timeout,
		    &service->timeout_ms, err);
	service->bare_values = str_to_bool(text->bare_values);
	return st;
}

static enum status
store_open(struct cache_service *service, const struct choice *choice,
    const struct cache_config_text *text, const struct service_host *host,
    struct error *err)
{
	const struct cache_driver *driver = cache_driver_find(choice->driver);
	struct store_config config;
	enum status st = ST_OK;

	if (driver == NULL)
		return error_set(err, ST_INVALID,
		    "store: this weir was built without the store \"%.*s\"",
		    STR_ARG(choice->driver));
	if (choice->own) {
		store_config_read(host->settings, driver, &config);
		st = cache_config_own(driver, text, &config, err);
	} else {
		st = store_config_find(host->settings, driver, &config, err);
	}
	if (st != ST_OK)
		return st;
	st = store_take(
	    host->stores, driver, &config.cache, &service->store, err);
	store_config_free(&config);
	return st;
}

static enum status
text_open(struct cache_service *service, const struct cache_config_text *text,
    const struct service *record, const struct service_host *host,
    struct error *err)
{
	struct choice choice;
	enum status st = text_check(record->type, text, err);

	if (st == ST_OK)
		st = numbers_read(service, text, err);
	if (st != ST_OK)
		return st;
	service->max_value = (size_t)host->settings->cache_max_value;
	choice = choice_of(record->type, text, host->settings);
	return store_open(service, &choice, text, host, err);
}

enum status
cache_config_open(struct cache_service *service, const struct service *record,
    const struct service_host *host, struct error *err)
{
	struct cache_config_text text;
	struct arena arena;
	enum status st;

	arena_init(&arena, ARENA_BYTES);
	st = cache_config_text_read(&arena, record->config, &text, err);
	if (st == ST_OK)
		st = text_open(service, &text, record, host, err);
	text_end(&text, &arena);
	return st;
}
