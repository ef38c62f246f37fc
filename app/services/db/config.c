#include "app/services/db/config.h"

#include "app/base/settings.h"
#include "app/services/db/db.h"
#include "middleware/json_config.h"
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
	    .min = 1,
	    .max = INT32_MAX,
	    .help = "Most records of one answer, and its size when the "
		    "client sets no limit; DB_MAX_RECORDS_RETURNED bounds "
		    "it." },
	{ .name = "allow_upsert",
	    .type = "boolean",
	    .label = "Allow upsert",
	    .fallback = "false",
	    .help = "Let PUT and PATCH of a missing record make it." },
	{ .name = "read_only",
	    .type = "boolean",
	    .label = "Read only",
	    .fallback = "false",
	    .help = "Refuse every write through this service." },
	{ .name = NULL },
};

/* A form may have sent any value as a string, so all are kept as text. */
struct config_text {
	struct str database;
	struct str max_records;
	struct str allow_upsert;
	struct str read_only;
};

/* Members for other engines or of other days are left alone. */
static bool
member_take(void *ctx, struct str name, struct str text)
{
	struct config_text *config = ctx;

	if (str_eq(name, STR("database")))
		config->database = text;
	else if (str_eq(name, STR("max_records")))
		config->max_records = text;
	else if (str_eq(name, STR("allow_upsert")))
		config->allow_upsert = text;
	else if (str_eq(name, STR("read_only")))
		config->read_only = text;
	return true;
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
	struct config_text config = { .database = STR_NULL };
	enum status st =
	    json_config_each(arena, record->config, member_take, &config, err);

	if (st != ST_OK)
		return st;
	service->driver = db_driver_find(record->type_name);
	if (service->driver == NULL)
		return error_set(err, ST_INVALID, "no driver for '%.*s'",
		    STR_ARG(record->type_name));
	if (config.database.n == 0)
		return error_set(err, ST_INVALID, "database is missing");
	service->config = (struct db_config){
		.driver = service->driver->name,
		.database = config.database.p,
		.read_only = str_to_bool(config.read_only),
	};
	service->allow_upsert = str_to_bool(config.allow_upsert);
	return max_records_read(
	    service, config.max_records, settings->db_max_records, err);
}
