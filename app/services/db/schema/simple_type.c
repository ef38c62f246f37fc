#include "app/services/db/schema/simple_type.h"

#define LENGTH_USUAL    255
#define PRECISION_USUAL 10
#define UUID_LENGTH     36

#define TYPE(text, kind) .name = { text, sizeof(text) - 1 }, .type = (kind)

static const struct simple_type types[] = {
	{ TYPE("id", TYPE_ID) },
	{ TYPE("bigid", TYPE_BIGID) },
	{ TYPE("integer", TYPE_INTEGER) },
	{ TYPE("int", TYPE_INTEGER) },
	{ TYPE("bigint", TYPE_BIGINT) },
	{ TYPE("smallint", TYPE_SMALLINT) },
	{ TYPE("tinyint", TYPE_TINYINT) },
	{ TYPE("mediumint", TYPE_MEDIUMINT) },
	{ TYPE("boolean", TYPE_BOOLEAN) },
	{ TYPE("bool", TYPE_BOOLEAN) },
	{ TYPE("decimal", TYPE_DECIMAL), .precision = PRECISION_USUAL },
	{ TYPE("money", TYPE_DECIMAL), .precision = 19, .scale = 4 },
	{ TYPE("double", TYPE_DOUBLE) },
	{ TYPE("float", TYPE_FLOAT) },
	{ TYPE("string", TYPE_STRING), .length = LENGTH_USUAL },
	{ TYPE("text", TYPE_TEXT) },
	{ TYPE("mediumtext", TYPE_MEDIUMTEXT) },
	{ TYPE("longtext", TYPE_LONGTEXT) },
	{ TYPE("binary", TYPE_BINARY) },
	{ TYPE("date", TYPE_DATE) },
	{ TYPE("time", TYPE_TIME) },
	{ TYPE("datetime", TYPE_DATETIME) },
	{ TYPE("timestamp", TYPE_TIMESTAMP) },
	{ TYPE("timestamp_on_create", TYPE_TIMESTAMP), .is_now = true },
	{ TYPE("timestamp_on_update", TYPE_TIMESTAMP), .is_now = true,
	    .follows_update = true },
	{ TYPE("reference", TYPE_INTEGER), .is_reference = true },
	{ TYPE("user_id", TYPE_INTEGER) },
	{ TYPE("json", TYPE_JSON) },
	{ TYPE("jsonb", TYPE_JSON) },
	{ TYPE("uuid", TYPE_STRING), .length = UUID_LENGTH, .fixed = true },
};

/* Types of other engines, or filled in by what weir does not keep. */
static const char *const strange[] = { "array", "object", "datetimetz",
	"timestamptz", "timestamp_tz", "timetz", "user_id_on_create",
	"user_id_on_update", "virtual" };

enum status
simple_type_find(
    struct str name, const struct simple_type **out, struct error *err)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		*out = &types[i];
		if (str_eq_nocase(types[i].name, name))
			return ST_OK;
	}
	*out = NULL;
	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		if (str_eq_nocase(name, str_of(strange[i])))
			return error_set(err, ST_DENIED,
			    "Type '%s' is not supported by this database.",
			    strange[i]);
	}
	return error_set(
	    err, ST_INVALID, "There is no type '%.*s'.", STR_ARG(name));
}
