#include "tests/support/types.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "middleware/registry/snapshot.h"
#include "middleware/service.h"

static atomic_int open_now, opened;
static char config[256]; /* under gate_lock: registries open at once */
static _Atomic(const char *) failing;
static _Atomic(enum status) failure;
static _Atomic(enum service_change) change;
static atomic_bool outdates;

static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate = PTHREAD_COND_INITIALIZER;
static bool gate_shut;

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

const char *
fake_config(void)
{
	return config;
}

void
fake_fail(const char *why)
{
	atomic_store(&failure, ST_INVALID);
	atomic_store(&failing, why);
}

void
fake_away(const char *why)
{
	atomic_store(&failure, ST_UNAVAILABLE);
	atomic_store(&failing, why);
}

void
fake_outdate(void)
{
	atomic_store(&outdates, true);
}

void
fake_change(void)
{
	atomic_store(&change, SERVICE_CHANGED);
}

void
fake_vanish(void)
{
	atomic_store(&change, SERVICE_GONE);
}

void
fake_block(bool block)
{
	(void)pthread_mutex_lock(&gate_lock);
	gate_shut = block;
	(void)pthread_cond_broadcast(&gate);
	(void)pthread_mutex_unlock(&gate_lock);
}

static void
gate_pass(void)
{
	(void)pthread_mutex_lock(&gate_lock);
	while (gate_shut)
		(void)pthread_cond_wait(&gate, &gate_lock);
	(void)pthread_mutex_unlock(&gate_lock);
}

void
fake_reset(void)
{
	atomic_store(&open_now, 0);
	atomic_store(&opened, 0);
	atomic_store(&failing, NULL);
	atomic_store(&change, SERVICE_SAME);
}

static enum status
type_open(const struct service *service, const struct service_host *host,
    void **instance, struct error *err)
{
	const char *why = atomic_load(&failing);

	(void)host;
	gate_pass();
	(void)pthread_mutex_lock(&gate_lock);
	(void)snprintf(
	    config, sizeof(config), "%.*s", STR_ARG(service->config));
	(void)pthread_mutex_unlock(&gate_lock);
	if (why != NULL)
		return error_set(err, atomic_load(&failure), "%s", why);
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

/* Nothing is cached, but it could be. */
static enum status
type_cache_plan(struct request *req, struct cache_plan *plan)
{
	(void)req;
	(void)plan;
	return ST_INVALID;
}

static enum service_change
type_changed(void *instance, bool *outdated)
{
	(void)instance;
	if (atomic_exchange(&outdates, false))
		*outdated = true;
	return atomic_exchange(&change, SERVICE_SAME);
}

static const struct config_field fields[] = {
	{ .name = "database",
	    .type = "string",
	    .label = "File",
	    .required = true,
	    .help = "A file." },
	{ .name = "read_only",
	    .type = "boolean",
	    .label = "Read only",
	    .fallback = "false",
	    .help = "No writes." },
	{ .name = "port",
	    .type = "integer",
	    .label = "Port",
	    .min = 1,
	    .max = 65535,
	    .help = "A port." },
	{ .name = "tls",
	    .type = "string",
	    .label = "TLS",
	    .choices = "off|on|verify",
	    .help = "Whether." },
	{ .name = "password",
	    .type = "password",
	    .label = "Password",
	    .help = "A secret." },
	{ .name = "ca",
	    .type = "string",
	    .label = "Authorities",
	    .is_path = true,
	    .help = "A file." },
	{ .name = NULL },
};

static const struct service_type fake = {
	.name = "fake",
	.label = "Fake",
	.group = "Database",
	.description = "For tests",
	.config = fields,
	.open = type_open,
	.close = type_close,
	.cache_plan = type_cache_plan,
	.handle = type_handle,
	.changed = type_changed,
};

const struct service_type *const service_types[] = { &fake, NULL };

const struct service_type *
service_type_find(struct str name)
{
	return str_eq(name, STR("fake")) ? &fake : NULL;
}
