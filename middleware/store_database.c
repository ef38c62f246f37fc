#include "middleware/store_database.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/secret.h"
#include "app/base/settings.h"
#include "drivers/db/db.h"
#include "middleware/registry/app_keys.h"
#include "middleware/registry/config_seal.h"
#include "middleware/registry/declared.h"
#include "middleware/registry/lookups.h"
#include "middleware/registry/service_records.h"
#include "middleware/registry/system_db.h"
#include "middleware/service.h"

#define ARENA_BYTES 4096
#define SETTING     "DB_CACHE_CONNECTION"

/* The search for a service. */
struct search {
	const struct settings *settings;
	struct arena arena;
	struct str name;
	struct lookups lookups; /* of the system */
};

/* The record of that name, or NULL. Names of records are in lower case. */
static const struct service_record *
among(const struct search *s, const struct service_record *records, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(records[i].name, s->name))
			return &records[i];
	return NULL;
}

/* What is wrong with declarations is said where all of them are read. */
static const struct service_record *
declared_find(struct search *s)
{
	struct buf problems = buf_in(&s->arena), warnings = buf_in(&s->arena);
	struct declared declared = { 0 };

	if (declared_read(&s->arena, s->settings, &declared, &problems,
		&warnings) != ST_OK)
		return NULL;
	return among(s, declared.services, declared.n_services);
}

static enum status
recorded_find(
    struct search *s, const struct service_record **out, struct error *err)
{
	struct service_record *records = NULL;
	struct error why = { .text = "" };
	struct system_db db;
	size_t n = 0;
	enum status st = system_db_open(s->settings, false, &db, &why);

	if (st == ST_OK) {
		st = service_records_list(&db, &s->arena, &records, &n, &why);
		if (st == ST_OK)
			st = lookups_read(&db, &s->arena, &s->lookups, &why);
		system_db_close(&db);
	}
	if (st != ST_OK)
		return error_set(err, st,
		    SETTING " \"%.*s\" cannot be looked up: %s",
		    STR_ARG(s->name), why.text);
	*out = among(s, records, n);
	return ST_OK;
}

static enum status
record_find(
    struct search *s, const struct service_record **out, struct error *err)
{
	enum status st = ST_OK;

	*out = declared_find(s);
	if (*out == NULL)
		st = recorded_find(s, out, err);
	if (st == ST_OK && *out == NULL)
		return error_set(err, ST_INVALID,
		    SETTING ": there is no service \"%.*s\"; name a database "
			    "service, or nothing for the system database",
		    STR_ARG(s->name));
	return st;
}

static void
wipe(struct str text)
{
	secret_wipe((char *)(uintptr_t)text.p, text.n);
}

static void
lookups_fill(struct search *s, const struct app_keys *keys, struct str *config)
{
	struct str filled = lookups_fill_config(&s->arena, keys, &s->lookups,
	    s->settings->lookup_modifiers, *config);

	if (filled.p != config->p)
		wipe(*config);
	*config = filled;
}

/* Its config in clear, which the caller wipes. */
static enum status
config_open(struct search *s, const struct service_record *record,
    const struct service_type *type, struct str *config, struct error *err)
{
	const struct config_owner owner = { record->name, type };
	struct app_keys keys;
	enum status st = app_keys_read(s->settings, &keys, err);

	if (st != ST_OK)
		return st;
	*config = arena_dup(&s->arena, record->config);
	st = config_unseal(&s->arena, &keys, &owner, config, err);
	if (st == ST_OK)
		st = lookups_check_config(
		    &s->arena, &s->lookups, type->config, *config, err);
	if (st == ST_OK)
		lookups_fill(s, &keys, config);
	app_keys_wipe(&keys);
	return st;
}

static enum status
record_read(struct search *s, const struct service_record *record,
    const struct service_type *type, struct db_config *out, struct error *err)
{
	struct db_config found = { 0 };
	struct str config;
	enum status st = config_open(s, record, type, &config, err);

	if (st != ST_OK)
		return st;
	st = type->database(type, config, &s->arena, &found, err);
	if (st == ST_OK && found.read_only)
		st = error_set(err, ST_INVALID,
		    "it is read_only, and the store has to write");
	if (st == ST_OK)
		db_config_copy(out, &found);
	if (found.password != NULL)
		wipe(str_of(found.password));
	wipe(config);
	return st;
}

static enum status
service_find(struct search *s, struct db_config *out, struct error *err)
{
	const struct service_record *record;
	const struct service_type *type;
	struct error why = { .text = "" };
	enum status st = record_find(s, &record, err);

	if (st != ST_OK)
		return st;
	type = service_type_find(record->type);
	if (type == NULL || type->database == NULL)
		return error_set(err, ST_INVALID,
		    SETTING ": the service \"%.*s\" is of the type %.*s, which "
			    "stands on no database",
		    STR_ARG(s->name), STR_ARG(record->type));
	st = record_read(s, record, type, out, &why);
	if (st != ST_OK)
		return error_set(err, st, SETTING ": the service \"%.*s\": %s",
		    STR_ARG(s->name), why.text);
	return ST_OK;
}

enum status
store_database_find(
    const struct settings *settings, struct db_config *out, struct error *err)
{
	struct search s = {
		.settings = settings,
		.name = str_of(settings->db_cache_connection),
	};
	struct db_config system;
	enum status st;

	*out = (struct db_config){ 0 };
	if (s.name.n == 0) {
		st = system_db_config(settings, &system, err);
		if (st == ST_OK)
			db_config_copy(out, &system);
		return st;
	}
	arena_init(&s.arena, ARENA_BYTES);
	st = service_find(&s, out, err);
	arena_close(&s.arena);
	return st;
}
