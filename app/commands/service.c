/* `weir service`: what stands behind /api/v2/NAME. */
#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/base/jsonread.h"
#include "app/commands/admin.h"
#include "app/commands/admin_records.h"
#include "app/commands/columns.h"
#include "app/commands/commands.h"
#include "app/commands/service_config.h"
#include "app/commands/service_edit.h"
#include "app/commands/service_types.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/service_records.h"
#include "middleware/registry/service_set.h"
#include "middleware/registry/system_db.h"
#include "middleware/service.h"

#define MASK "**********" /* in place of a secret */

static bool
is_secret(const struct service_type *type, struct str name)
{
	if (type == NULL)
		return true;
	for (size_t i = 0; type->config[i].name != NULL; i++) {
		if (str_eq(name, str_of(type->config[i].name)))
			return strcmp(type->config[i].type, "password") == 0;
	}
	return true;
}

/* The config with its secrets masked, and all of it if its type is gone. */
static void
config_put(
    struct arena *arena, struct buf *json, const struct service_record *r)
{
	const struct service_type *type = service_type_find(r->type);
	struct json config;
	struct json_walk walk;
	struct json_member member;

	buf_put_char(json, '{');
	if (json_parse(arena, r->config, &config, NULL) == ST_OK) {
		walk = json_walk(arena, config);
		while (json_next(&walk, &member)) {
			json_put_name(json, member.name);
			buf_put(json, is_secret(type, member.name)
					  ? STR("\"" MASK "\"")
					  : member.value.text);
		}
	}
	buf_put_char(json, '}');
}

static void
record_put(
    struct arena *arena, struct buf *json, const struct service_record *r)
{
	buf_put_char(json, '{');
	member_i64(json, "id", r->id);
	member_text(json, "name", r->name);
	member_text(json, "label", r->label);
	member_text(json, "description", r->description);
	member_text(json, "type", r->type);
	member_bool(json, "is_active", r->active);
	member_bool(json, "cache_enabled", r->cache_enabled);
	member_i64(json, "cache_ttl", r->cache_ttl);
	member_origin(json, r->place);
	json_put_name(json, STR("config"));
	config_put(arena, json, r);
	buf_put_char(json, '}');
}

static void
added_print(const struct command_call *call, const struct service_record *r)
{
	struct buf json = buf_in(call->arena);

	if (!command_switch(call, "--json")) {
		(void)printf("service \"%.*s\" added: /api/v2/%.*s\n",
		    STR_ARG(r->name), STR_ARG(r->name));
		return;
	}
	record_put(call->arena, &json, r);
	admin_print(&json);
}

/* The name as it is stored. */
static struct str
name_of(const struct command_call *call)
{
	struct str name = str_of(call->operands[0]);

	return lower_case(name, arena_alloc(call->arena, name.n + 1), name.n);
}

static int
service_add(struct command_call *call)
{
	struct service_record r = { .name = name_of(call),
		.label = str_of(command_value(call, "--label")),
		.description = str_of(command_value(call, "--description")),
		.type = str_of(command_value(call, "--type")),
		.active = true };
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!service_config_read(call, &r) || !admin_open(call, &db))
		return 1;
	st = service_record_add(&db, &r, &err);
	if (st == ST_OK)
		added_print(call, &r);
	return admin_close(&db, st, &err);
}

static struct str
cache_text(struct arena *arena, const struct service_record *r)
{
	if (!r->cache_enabled)
		return STR("off");
	if (r->cache_ttl == 0)
		return STR("default");
	return arena_printf(arena, "%llds", (long long)r->cache_ttl);
}

static void
records_print(struct arena *arena, const struct service_record *list, size_t n)
{
	struct columns c =
	    columns_new(arena, "NAME TYPE ACTIVE CACHE ORIGIN LABEL");

	for (size_t i = 0; i < n; i++) {
		columns_put(&c, list[i].name);
		columns_put(&c, list[i].type);
		columns_put(&c, list[i].active ? STR("yes") : STR("no"));
		columns_put(&c, cache_text(arena, &list[i]));
		columns_put(&c, origin_of(list[i].place));
		columns_put(&c, list[i].label);
	}
	columns_print(&c);
}

static void
records_print_json(
    struct arena *arena, const struct service_record *list, size_t n)
{
	struct buf json = buf_in(arena);

	buf_put_char(&json, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_put_char(&json, ',');
		record_put(arena, &json, &list[i]);
	}
	buf_put_char(&json, ']');
	admin_print(&json);
}

static int
service_list(struct command_call *call)
{
	struct all_records all;
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!admin_open(call, &db))
		return 1;
	st = admin_records(call, &db, &all, &err);
	if (st == ST_OK && command_switch(call, "--json"))
		records_print_json(call->arena, all.services, all.n_services);
	else if (st == ST_OK)
		records_print(call->arena, all.services, all.n_services);
	return admin_close(&db, st, &err);
}

static int
service_set(struct command_call *call)
{
	struct service_edit edit;
	struct service_order change = { str_of(call->operands[0]), service_edit,
		&edit };
	struct buf json = buf_in(call->arena);
	struct service_record r = { 0 };
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!service_edit_read(call, &edit) || !admin_open(call, &db))
		return 1;
	st = service_record_set(&db, call->arena, &change, &r, &err);
	if (st == ST_OK && command_switch(call, "--json")) {
		record_put(call->arena, &json, &r);
		admin_print(&json);
	} else if (st == ST_OK) {
		(void)printf("service \"%.*s\" changed\n", STR_ARG(r.name));
	}
	return admin_close(&db, st, &err);
}

static int
service_remove(struct command_call *call)
{
	return admin_remove(call, service_record_remove);
}

static const struct command_option add_options[] = {
	{ "--type", "TYPE", true,
	    "what it is: sqlite, mysql, mariadb, or a cache such as "
	    "cache_redis; "
	    "see weir-api(7)" },
	{ "--set", "NAME=VALUE", false,
	    "a member of its config, as in database=/srv/shop.sqlite; given as "
	    "often as needed" },
	{ "--secret", "MEMBER=FILE", false,
	    "a secret member of its config, as in password=/run/db-password: "
	    "the first line of the file, or of standard input for -" },
	{ "--config", "JSON", false,
	    "its config as one object, which may hold cache_enabled and "
	    "cache_ttl" },
	{ "--label", "TEXT", false, "its name for people" },
	{ "--description", "TEXT", false, "what it holds" },
	{ "--cache-ttl", "SECONDS", false,
	    "cache its answers so long, with 0 for CACHE_DEFAULT_TTL; without, "
	    "they are not cached" },
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

static const struct command_option set_options[] = {
	{ "--secret", "MEMBER=FILE", false,
	    "a secret member of its config, as in password=/run/db-password: "
	    "the first line of the file, or of standard input for -" },
	{ "--unset", "MEMBER", false,
	    "back to the default of a member; given as often as needed" },
	{ "--label", "TEXT", false, "its name for people" },
	{ "--description", "TEXT", false, "what it holds" },
	{ "--cache", "YES-OR-NO", false, "are its answers cached?" },
	{ "--cache-ttl", "SECONDS", false,
	    "cache its answers so long, with 0 for CACHE_DEFAULT_TTL" },
	{ "--active", "YES-OR-NO", false, "no: it answers nobody" },
	{ "--json", NULL, false, "print a JSON object" },
	{ 0 },
};

static const struct command_option list_options[] = {
	{ "--json", NULL, false, "print a JSON array" },
	{ 0 },
};

static const struct command_option types_options[] = {
	{ "--json", NULL, false, "as JSON" },
	{ "--mdoc", NULL, false, "as the list of the manual page" },
	{ 0 },
};

const struct command service_commands[] = {
	{ .noun = "service",
	    .verb = "add",
	    .operands = "NAME [MEMBER=VALUE...]",
	    .summary = "Add a service, which the API then answers for",
	    .options = add_options,
	    .needs_settings = true,
	    .run = service_add },
	{ .noun = "service",
	    .verb = "list",
	    .summary = "List services",
	    .options = list_options,
	    .needs_settings = true,
	    .run = service_list },
	{ .noun = "service",
	    .verb = "set",
	    .operands = "NAME [MEMBER=VALUE...]",
	    .summary = "Change what is given, members of its config as well; "
		       "the rest stays",
	    .options = set_options,
	    .needs_settings = true,
	    .run = service_set },
	{ .noun = "service",
	    .verb = "remove",
	    .operands = "NAME",
	    .summary = "Remove a service, its access rows and its limits",
	    .needs_settings = true,
	    .run = service_remove },
	{ .noun = "service",
	    .verb = "types",
	    .operands = "[TYPE]",
	    .summary = "List what a service may be, or the members of the "
		       "config of one type",
	    .options = types_options,
	    .run = service_types_run },
	{ 0 },
};
