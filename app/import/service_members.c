#include "app/import/service_members.h"

#include "app/base/arena.h"
#include "app/base/jsonread.h"
#include "app/import/import.h"
#include "app/import/service_tls.h"
#include "middleware/registry/service_config.h"
#include "middleware/service.h"

/* Where a type keeps its config; the first column names the service. */
static const struct {
	const char *type;
	const char *table;
	const char *columns;
} tables[] = {
	{ "mysql", "sql_db_config",
	    "service_id connection options attributes "
	    "statements dsn username password" },
	{ "mariadb", "sql_db_config",
	    "service_id connection options "
	    "attributes statements dsn username "
	    "password" },
	{ "sqlite", "sql_db_config",
	    "service_id connection options attributes "
	    "statements dsn" },
	{ "cache_redis", "redis_config",
	    "service_id host port password "
	    "database_index default_ttl options" },
	{ "cache_memcached", "memcached_config",
	    "service_id host port username password default_ttl options" },
	{ "cache_local", "local_cache_config", "service_id store default_ttl" },
	{ "local_file", "file_service_config", "service_id container" },
};

struct reading {
	struct import *imp;
	const struct service_type *type;
	struct buf list; /* struct config_member */
	struct error *err;
};

static bool
is_listed(const struct reading *r, struct str name)
{
	const struct config_member *list =
	    (const struct config_member *)(const void *)r->list.p;

	for (size_t i = 0; i < r->list.n / sizeof(*list); i++) {
		if (str_eq(list[i].name, name))
			return true;
	}
	return false;
}

/* A text that says no, or nothing. */
static bool
says_nothing(struct str value)
{
	static const char *const words[] = { "", "0", "false", "null", "[]",
		"{}" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_eq(value, str_of(words[i])))
			return true;
	}
	return false;
}

static bool
is_choice(const char *choices, struct str value)
{
	struct str rest = str_of(choices);

	while (rest.p != NULL) {
		if (str_eq(str_cut(&rest, '|'), value))
			return true;
	}
	return false;
}

/* A file of SQLite may be named as it lies in the platform's own folder. */
static struct str
path_make(const struct reading *r, struct str value)
{
	struct str dir = r->imp->sqlite_dir;

	if (str_is_null(dir) || value.p[0] == '/' || value.p[0] == '{' ||
	    strcmp(r->type->name, "sqlite") != 0)
		return value;
	while (dir.n > 1 && dir.p[dir.n - 1] == '/')
		dir.n--;
	return arena_printf(
	    r->imp->arena, "%.*s/%.*s", STR_ARG(dir), STR_ARG(value));
}

static enum status
relative_refuse(const struct reading *r, struct str value)
{
	if (strcmp(r->type->name, "local_file") == 0)
		return error_set(r->err, ST_INVALID,
		    "its folder \"%.*s\" is in DreamFactory's own storage, or "
		    "a disk that its settings name: make it here with the "
		    "absolute path as root",
		    STR_ARG(value));
	return error_set(r->err, ST_INVALID,
	    "its database \"%.*s\" lies in DreamFactory's own folder: name "
	    "that with --sqlite-dir",
	    STR_ARG(value));
}

static enum status
known_put(struct reading *r, const struct config_field *field, struct str value)
{
	struct config_member member = { str_of(field->name), value };

	if (field->choices != NULL && !is_choice(field->choices, value)) {
		if (!str_starts(value, STR("utf8")))
			report_note(&r->imp->report,
			    "its %s \"%.*s\" is the default here", field->name,
			    STR_ARG(value));
		return ST_OK;
	}
	if (field->is_path)
		member.value = path_make(r, value);
	if (field->is_path && member.value.p[0] != '/' &&
	    member.value.p[0] != '{')
		return relative_refuse(r, value);
	buf_put(&r->list, str_make((const char *)&member, sizeof(member)));
	return ST_OK;
}

/* Options of a driver, among them how its line is encrypted. */
static enum status
options_put(struct reading *r, struct str text)
{
	struct str type = str_of(r->type->name);
	struct service_tls tls;
	enum status st = ST_OK;

	service_tls_read(&tls, r->imp->arena, type, text);
	for (size_t i = 0; st == ST_OK && i < tls.n; i++) {
		const struct config_field *field =
		    config_field_find(r->type->config, tls.list[i].name);

		if (field != NULL && !is_listed(r, tls.list[i].name))
			st = known_put(r, field, tls.list[i].value);
	}
	if (tls.n > 0)
		report_note(&r->imp->report, "its line is encrypted by tls, "
					     "not by options of a driver");
	return st;
}

/* What a member is called here. */
static struct str
name_here(const struct reading *r, struct str name)
{
	return strcmp(r->type->name, "local_file") == 0 &&
		       str_eq(name, STR("container"))
		   ? STR("root")
		   : name;
}

/* One member as it stands there. */
static enum status
member_put(struct reading *r, struct str named, struct str text)
{
	struct str name = name_here(r, named);
	const struct config_field *field =
	    config_field_find(r->type->config, name);
	struct str value;

	if (is_listed(r, name) || str_eq(name, STR("service_id")))
		return ST_OK;
	if (laravel_open(&r->imp->laravel, r->imp->arena, text, &value) ==
	    LARAVEL_REFUSED)
		return error_set(r->err, ST_INVALID,
		    "its %.*s cannot be decrypted: it is damaged, or of "
		    "another APP_KEY",
		    STR_ARG(name));
	if (value.n == 0)
		return ST_OK;
	if (str_eq(name, STR("options")) || str_eq(name, STR("attributes"))) {
		enum status st = options_put(r, value);

		if (st != ST_OK)
			return st;
	}
	if (field != NULL)
		return known_put(r, field, value);
	if (!says_nothing(value) && !str_starts(name, STR("cache_")))
		report_note(&r->imp->report, "its %.*s is not known here",
		    STR_ARG(name));
	return ST_OK;
}

static enum status
json_put(struct reading *r, struct str text)
{
	struct json_walk walk;
	struct json_member member;
	struct json json;
	enum status st = ST_OK;

	if (str_trim(text).n == 0)
		return ST_OK;
	if (json_parse(r->imp->arena, text, &json, NULL) != ST_OK)
		return error_set(
		    r->err, ST_INVALID, "its config is damaged: it is no JSON");
	walk = json_walk(r->imp->arena, json);
	while (st == ST_OK && json_next(&walk, &member)) {
		struct str value = member.value.text;

		if (json_kind(member.value) == JSON_STRING)
			value = json_to_str(r->imp->arena, member.value);
		else if (json_kind(member.value) == JSON_NULL)
			value = STR("");
		st = member_put(r, member.name, value);
	}
	return st;
}

static enum status
row_put(struct reading *r, const struct str *row, const char *columns)
{
	struct str rest = str_of(columns);
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && rest.n > 0; i++) {
		struct str name = str_cut(&rest, ' ');

		if (i == 0 || str_trim(row[i]).n == 0)
			continue;
		st = str_eq(name, STR("connection"))
			 ? json_put(r, row[i])
			 : member_put(r, name, row[i]);
	}
	return st;
}

/* The row of the service, if there is one. */
static enum status
table_put(
    struct reading *r, struct str id, const char *table, const char *columns)
{
	struct source_rows rows;
	enum status st =
	    source_read(&r->imp->source, table, columns, &rows, r->err);

	for (size_t i = 0; st == ST_OK && i < rows.n; i++) {
		const struct str *row = source_row(&rows, i);

		if (str_eq(row[0], id))
			st = row_put(r, row, columns);
	}
	return st;
}

enum status
service_members_read(struct import *imp, const struct service_type *type,
    struct str id, struct str config, struct config_given *given,
    struct error *err)
{
	struct reading r = { imp, type, buf_in(imp->arena), err };
	enum status st = ST_OK;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (st == ST_OK && strcmp(tables[i].type, type->name) == 0)
			st = table_put(
			    &r, id, tables[i].table, tables[i].columns);
	}
	if (st == ST_OK)
		st = json_put(&r, config);
	given->list = (const struct config_member *)(const void *)r.list.p;
	given->n = r.list.n / sizeof(*given->list);
	return st;
}
