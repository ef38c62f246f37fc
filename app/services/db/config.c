#include "app/services/db/config.h"

#include "app/base/jsonread.h"
#include "app/base/settings.h"
#include "app/services/db/db.h"
#include "middleware/registry/snapshot.h"

#define MAX_RECORDS_DEFAULT 1000

const struct config_field config_fields[] = {
	{ .name = "database",
	    .type = "string",
	    .label = "Database file",
	    .required = true,
	    .help = "Path of the SQLite database. It must exist." },
	{ .name = "max_records",
	    .type = "integer",
	    .label = "Maximum records",
	    .fallback = "1000",
	    .help = "Most records of one answer, and its size when the "
		    "client sets no limit; DB_MAX_RECORDS_RETURNED bounds "
		    "it." },
	{ .name = "read_only",
	    .type = "boolean",
	    .label = "Read only",
	    .fallback = "false",
	    .help = "Refuse every write through this service." },
	{ .name = NULL },
};

/* A form may have sent any scalar as a string. */
static struct str
scalar_text(struct arena *arena, struct json config, const char *name)
{
	struct json v = json_get(arena, config, str_of(name));

	switch (json_kind(v)) {
	case JSON_STRING:
		return json_to_str(arena, v);
	case JSON_NUMBER:
	case JSON_BOOL:
		return v.text;
	default:
		return STR_NULL;
	}
}

static enum status
max_records_read(struct db_service *service, struct str text, int64_t bound,
    struct error *err)
{
	int64_t max = MAX_RECORDS_DEFAULT;

	if (text.n > 0 && (!str_to_i64(text, &max) || max < 1))
		return error_set(err, ST_INVALID,
		    "max_records must be an integer of at least 1");
	service->max_records = max < bound ? max : bound;
	return ST_OK;
}

enum status
config_read(struct db_service *service, const struct service *record,
    const struct settings *settings, struct error *err)
{
	struct arena *arena = &service->arena;
	struct str text = arena_dup(arena, record->config);
	struct json config;
	struct str database;
	enum status st = json_parse(arena, text, &config, err);

	if (st != ST_OK)
		return st;
	service->driver = db_driver_find(record->type_name);
	if (service->driver == NULL)
		return error_set(err, ST_INVALID, "no driver for '%.*s'",
		    STR_ARG(record->type_name));
	database = scalar_text(arena, config, "database");
	if (database.n == 0)
		return error_set(err, ST_INVALID, "database is missing");
	service->config = (struct db_config){
		.driver = service->driver->name,
		.database = arena_dup(arena, database).p,
		.read_only =
		    str_to_bool(scalar_text(arena, config, "read_only")),
	};
	return max_records_read(service,
	    scalar_text(arena, config, "max_records"), settings->db_max_records,
	    err);
}
