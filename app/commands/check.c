/*
 * `weir check`: tries everything that weir stands on and says so, one line
 * each. A local store that does not exist yet is made, so this is run as the
 * user that serves.
 */
#include <inttypes.h>
#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/clock.h"
#include "app/base/settings.h"
#include "app/commands/commands.h"
#include "app/logs.h"
#include "drivers/cache/cache.h"
#include "middleware/registry/declared.h"
#include "middleware/registry/registry.h"
#include "middleware/registry/system_db.h"
#include "middleware/service.h"
#include "middleware/store.h"
#include "middleware/store_config.h"

/* How long a store may take to answer here: it may have to wake up. */
#define STORE_WAIT_MS 5000

struct check {
	struct arena *arena;
	struct settings settings;
	bool failed;
};

static void
good(const char *what, const char *which, const char *more)
{
	(void)printf("ok    %s %s%s\n", what, which, more);
}

static void
bad(struct check *c, const char *what, const char *which, const char *why)
{
	(void)printf("FAIL  %s %s: %s\n", what, which, why);
	c->failed = true;
}

/* One line for each line of a text. */
static void
lines_print(const char *verdict, const struct buf *lines)
{
	struct str rest = str_trim(buf_str(lines));

	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		(void)printf("%s  settings %.*s\n", verdict, STR_ARG(line));
	}
}

/* What the settings say, and what they declare. */
static enum status
settings_load(struct check *c, const char *env_file, struct str *path,
    struct buf *warnings, struct buf *problems)
{
	struct declared declared;
	enum status st = settings_check(
	    c->arena, env_file, &c->settings, path, warnings, problems);

	return st != ST_OK ? st
			   : declared_read(c->arena, &c->settings, &declared,
				 problems, warnings);
}

static void
settings_try(struct check *c, const char *env_file)
{
	struct buf warnings = buf_in(c->arena), problems = buf_in(c->arena);
	struct str path;

	if (settings_load(c, env_file, &path, &warnings, &problems) != ST_OK)
		c->failed = true;
	else
		good("settings",
		    str_is_null(path) ? "of the environment" : path.p, "");
	lines_print("warn", &warnings);
	lines_print("FAIL", &problems);
}

/* Writes, reads and deletes a value of our own. */
static enum status
store_exercise(
    struct check *c, const struct cache_driver *driver, struct cache_conn *conn)
{
	const struct cache_space space = { STR("check"), false };
	const struct cache_op op = { .space = &space,
		.key = STR("weir check"),
		.value = STR("value"),
		.ttl = 60,
		.arena = c->arena };
	struct cache_op set = op, get = op, del = op;
	struct cache_op *ops[] = { &set, &get, &del };
	size_t n = sizeof(ops) / sizeof(ops[0]);
	enum status st;

	set.kind = CACHE_SET;
	get.kind = CACHE_GET;
	del.kind = CACHE_DEL;
	st = driver->exec(conn, ops, n, clock_boot_ms() + STORE_WAIT_MS);
	for (size_t i = 0; i < n && st == ST_OK; i++)
		st = ops[i]->status;
	if (st == ST_OK && !str_eq(get.value, set.value))
		st = ST_ERROR;
	return st;
}

/* What the store does not know is left out. */
static void
stat_put(struct buf *text, int64_t number, const char *what)
{
	if (number < 0)
		return;
	buf_put(text, text->n == 0 ? STR(": ") : STR(", "));
	buf_printf(text, "%" PRId64 " %s", number, what);
}

static const char *
store_stats(
    struct check *c, const struct cache_driver *driver, struct cache_conn *conn)
{
	struct cache_stats s;
	struct error err = { 0 };

	int64_t deadline_ms = clock_boot_ms() + STORE_WAIT_MS;
	struct buf text = buf_in(c->arena);

	if (driver->stats(conn, &s, deadline_ms, &err) != ST_OK)
		return "";
	stat_put(&text, s.items, "entries");
	stat_put(&text, s.bytes, "bytes used");
	stat_put(&text, s.bytes_limit, "bytes at most");
	stat_put(&text, s.evictions, "evictions");
	buf_put_char(&text, '\0');
	return text.p;
}

static void
connection_try(struct check *c, const char *what,
    const struct cache_driver *driver, struct cache *cache)
{
	int64_t deadline_ms = clock_boot_ms() + STORE_WAIT_MS;
	struct cache_conn *conn;
	struct error err = { 0 };
	enum status st;

	if (driver->connect(cache, &conn, &err) != ST_OK) {
		bad(c, what, driver->name, err.text);
		return;
	}
	if (driver->ping(conn, deadline_ms, &err) != ST_OK) {
		bad(c, what, driver->name, err.text);
		driver->disconnect(conn);
		return;
	}
	st = store_exercise(c, driver, conn);
	if (st == ST_OK)
		good(what, driver->name, store_stats(c, driver, conn));
	else
		bad(c, what, driver->name, status_name(st));
	driver->disconnect(conn);
}

static void
store_try(struct check *c, const char *what, const char *name)
{
	const struct cache_driver *driver = cache_driver_find(str_of(name));
	struct store_config config;
	struct cache *cache;
	struct error err = { 0 };
	enum status st;

	if (driver == NULL) {
		bad(c, what, name, "this weir has no such store");
		return;
	}
	st = store_config_find(&c->settings, driver, &config, &err);
	if (st == ST_OK) {
		st = driver->open(&config.cache, &cache, &err);
		store_config_free(&config);
	}
	if (st != ST_OK) {
		bad(c, what, name, err.text);
		return;
	}
	connection_try(c, what, driver, cache);
	driver->close(cache);
}

static void
stores_try(struct check *c)
{
	const char *cache = c->settings.cache_driver;
	const char *limit = c->settings.limit_driver;
	const char *session = c->settings.session_driver;

	store_try(c, "cache store", cache);
	if (limit[0] != '\0' && strcmp(limit, cache) != 0)
		store_try(c, "limit store", limit);
	if (session[0] != '\0' && strcmp(session, cache) != 0 &&
	    strcmp(session, limit) != 0)
		store_try(c, "session store", session);
}

/* What an open service stands on may be away all the same. */
static enum status
service_probe(const struct service *service, struct error *err)
{
	if (service->type->probe == NULL)
		return ST_OK;
	return service->type->probe(
	    service->instance, clock_boot_ms() + STORE_WAIT_MS, err);
}

static void
service_try(struct check *c, const struct service *service)
{
	struct error err = { 0 };
	const char *which = arena_printf(c->arena, "%.*s (%.*s)",
	    STR_ARG(service->name), STR_ARG(service->type_name))
				.p;

	if (!service->active)
		good("service", which, ": switched off");
	else if (service->type == NULL)
		bad(c, "service", which,
		    "this weir was built without such a type");
	else if (service->instance == NULL)
		bad(c, "service", which, service->open_error);
	else if (service_probe(service, &err) != ST_OK)
		bad(c, "service", which, err.text);
	else
		good("service", which, "");
}

static void
services_try(struct check *c, struct registry *reg)
{
	struct snapshot *cached = NULL, *snapshot = registry_pin(reg, &cached);
	const struct service *services;
	size_t n;

	services = snapshot_services(snapshot, &n);
	for (size_t i = 0; i < n; i++)
		service_try(c, &services[i]);
	snapshot_unref(snapshot);
	if (cached != NULL)
		snapshot_unref(cached);
}

static void
databases_try(struct check *c)
{
	const char *what = "system database";
	const char *which = system_db_place(c->arena, &c->settings).p;
	const struct service_host host = { &c->settings, store_table_new() };
	struct registry *reg;
	struct error err = { 0 };

	if (registry_open(&host, false, &reg, &err) == ST_OK) {
		good(what, which, "");
		services_try(c, reg);
		registry_close(reg);
	} else {
		bad(c, what, which, err.text);
	}
	store_table_free(host.stores);
}

/* weir goes on without: no more than a warning. */
static void
log_try(const char *what, const char *setting)
{
	struct error err = { 0 };
	const char *path;

	if (logs_probe(setting, &path, &err) != ST_OK)
		(void)printf("warn  %s %s: %s\n", what, path, err.text);
	else if (path != NULL)
		good(what, path, "");
}

static int
check_run(struct command_call *call)
{
	struct check c = { .arena = call->arena };

	settings_try(&c, call->env_file);
	if (c.failed) /* the rest would be tried with defaults */
		return 1;
	log_try("log", c.settings.log_file);
	log_try("access log", c.settings.access_log);
	stores_try(&c);
	databases_try(&c);
	return c.failed ? 1 : 0;
}

const struct command check_commands[] = {
	{ .verb = "check",
	    .summary = "Try the settings, every store and every database",
	    .run = check_run },
	{ 0 },
};
