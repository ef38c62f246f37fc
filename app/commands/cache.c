/*
 * `weir cache`. Its flush drops cached answers by deleting the tags that they
 * depend on, as a write does. Sessions, limits and the keys of cache services
 * stay. Works beside a weir that serves.
 */
#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/base/settings.h"
#include "app/commands/admin.h"
#include "app/commands/cache_explain.h"
#include "app/commands/cache_stats.h"
#include "app/commands/commands.h"
#include "app/commands/offline.h"
#include "middleware/registry/audit.h"
#include "middleware/registry/snapshot.h"
#include "middleware/service.h"

#define STORE_WAIT_MS 5000

struct flush {
	struct arena *arena;
	struct offline on; /* what it stands on */
};

static bool
keeps_answers(const struct service *service)
{
	return service->type != NULL && service->type->flush_tags != NULL;
}

/* Of the service, or of a table of it; 0: it has none of that name. */
static size_t
tags_of(struct flush *f, const struct service *service, const char *table,
    struct str *tags)
{
	const struct service_type *type = service->type;

	if (table == NULL)
		return type->flush_tags(
		    service->instance, f->arena, tags, TAGS_MAX);
	if (type->part_tags == NULL)
		return 0;
	return type->part_tags(
	    service->instance, f->arena, str_of(table), tags, TAGS_MAX);
}

static int
tags_flush(struct flush *f, struct str name, const struct str *tags, size_t n)
{
	size_t found;
	enum status st = tags_delete(
	    &f->on.stores, tags, n, clock_boot_ms() + STORE_WAIT_MS, &found);

	if (st != ST_OK)
		return command_fail("%.*s: not flushed: the cache store is %s",
		    STR_ARG(name), status_name(st));
	(void)printf("%.*s: %s\n", STR_ARG(name),
	    found > 0 ? "flushed" : "nothing was cached");
	return 0;
}

/* One line about the service; returns the exit status. table: NULL for all. */
static int
service_flush(struct flush *f, const struct service *service, const char *table)
{
	struct str tags[TAGS_MAX];
	struct str name = service->name;
	size_t n;

	if (!keeps_answers(service)) {
		(void)printf("%.*s: keeps no cached answers\n", STR_ARG(name));
		return 0;
	}
	if (!service->active) {
		(void)printf("%.*s: is not active\n", STR_ARG(name));
		return 0;
	}
	if (service->instance == NULL)
		return command_fail("%.*s: not flushed: %s", STR_ARG(name),
		    service->open_error);
	n = tags_of(f, service, table, tags);
	if (n == 0)
		return command_fail("%.*s: not flushed: it has no table \"%s\"",
		    STR_ARG(name), table);
	return tags_flush(f, name, tags, n);
}

static int
named_flush(struct flush *f, const char *text, const char *table)
{
	size_t n;
	const struct service *list = snapshot_services(f->on.snapshot, &n);

	for (size_t i = 0; i < n; i++) {
		if (str_eq_nocase(list[i].name, str_of(text)))
			return service_flush(f, &list[i], table);
	}
	return command_fail("no service is named \"%s\": `weir service list` "
			    "shows those there are",
	    text);
}

static int
all_flush(struct flush *f)
{
	int status = 0;
	size_t n, n_flushed = 0;
	const struct service *list = snapshot_services(f->on.snapshot, &n);

	for (size_t i = 0; i < n; i++) {
		if (!keeps_answers(&list[i]))
			continue;
		status |= service_flush(f, &list[i], NULL);
		n_flushed++;
	}
	if (n_flushed == 0)
		(void)printf("no service keeps answers\n");
	return status;
}

/* Returns the exit status. */
static int
flush_audit(const struct command_call *call)
{
	struct buf json = buf_in(call->arena);
	struct error err = { 0 };
	struct system_db db;
	struct audit_note note = { .kind = AUDIT_CACHE };

	if (!admin_open(call, &db))
		return 1;
	buf_put_char(&json, '{');
	member_text(&json, "service",
	    str_of(call->n_operands > 0 ? call->operands[0] : "*"));
	if (call->n_operands > 1)
		member_text(&json, "table", str_of(call->operands[1]));
	buf_put_char(&json, '}');
	note.before = buf_str(&json);
	return admin_close(&db, audit_note_alone(&db, &note, &err), &err);
}

static int
cache_flush(struct command_call *call)
{
	struct flush f = { .arena = call->arena };
	struct error err = { 0 };
	int status;

	if (offline_open(&f.on, call->settings, &err) != ST_OK)
		status = command_fail("%s", err.text);
	else if (call->n_operands == 0)
		status = all_flush(&f);
	else
		status = named_flush(&f, call->operands[0],
		    call->n_operands > 1 ? call->operands[1] : NULL);
	offline_close(&f.on);
	return status == 0 ? flush_audit(call) : status;
}

static const struct command_option stats_options[] = {
	{ "--json", NULL, false, "print a JSON array" },
	{ 0 },
};

const struct command cache_commands[] = {
	{ .noun = "cache",
	    .verb = "explain",
	    .operands = "METHOD URL",
	    .summary = "Say what the cache would do with a call, and why",
	    .options = cache_explain_options,
	    .needs_settings = true,
	    .run = cache_explain_run },
	{ .noun = "cache",
	    .verb = "flush",
	    .operands = "[SERVICE] [TABLE]",
	    .summary = "Drop the cached answers of a service, of a table of "
		       "it, or of all",
	    .needs_settings = true,
	    .run = cache_flush },
	{ .noun = "cache",
	    .verb = "stats",
	    .operands = "[SERVICE]",
	    .summary = "Show what the cache did, for a service or for all",
	    .options = stats_options,
	    .needs_settings = true,
	    .run = cache_stats },
	{ 0 },
};
