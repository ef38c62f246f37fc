#include "tests/support/types.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "middleware/service.h"

static atomic_int open_now, opened;
static _Atomic(const char *) failing;
static atomic_bool changed;

int
fake_open(void)
{
	return atomic_load(&open_now);
}

int
fake_opened(void)
{
	return atomic_load(&opened);
}

void
fake_fail(const char *why)
{
	atomic_store(&failing, why);
}

void
fake_change(void)
{
	atomic_store(&changed, true);
}

void
fake_reset(void)
{
	atomic_store(&open_now, 0);
	atomic_store(&opened, 0);
	atomic_store(&failing, NULL);
	atomic_store(&changed, false);
}

static enum status
type_open(const struct service *service, const struct settings *settings,
    void **instance, struct error *err)
{
	const char *why = atomic_load(&failing);

	(void)service;
	(void)settings;
	if (why != NULL)
		return error_set(err, ST_UNAVAILABLE, "%s", why);
	*instance = malloc(1);
	if (*instance == NULL)
		abort();
	(void)atomic_fetch_add(&open_now, 1);
	(void)atomic_fetch_add(&opened, 1);
	return ST_OK;
}

static void
type_close(void *instance)
{
	free(instance);
	(void)atomic_fetch_sub(&open_now, 1);
}

static void
type_handle(struct request *req)
{
	(void)req;
}

static bool
type_changed(void *instance)
{
	(void)instance;
	return atomic_exchange(&changed, false);
}

static const struct config_field fields[] = {
	{ "database", "string", "Database", NULL, true, "A path." },
	{ "read_only", "boolean", "Read only", "false", false, "No writes." },
	{ "port", "integer", "Port", NULL, false, "A port." },
	{ "password", "password", "Password", NULL, false, "A secret." },
	{ 0 },
};

static const struct service_type fake = {
	.name = "fake",
	.label = "Fake",
	.group = "Database",
	.description = "For tests",
	.config = fields,
	.open = type_open,
	.close = type_close,
	.handle = type_handle,
	.changed = type_changed,
};

const struct service_type *const service_types[] = { &fake, NULL };

const struct service_type *
service_type_find(struct str name)
{
	return str_eq(name, STR("fake")) ? &fake : NULL;
}
