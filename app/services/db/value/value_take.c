#include "app/services/db/value/value_take.h"

#include "app/base/base64.h"
#include "app/services/db/value/date.h"
#include "drivers/db/catalog.h"

static bool
take_text(struct arena *arena, struct json v, struct db_value *out)
{
	out->type = DB_TEXT;
	out->s = json_kind(v) == JSON_NUMBER ? v.text : json_to_str(arena, v);
	return !str_is_null(out->s);
}

static bool
take_integer(struct arena *arena, struct json v, struct db_value *out)
{
	out->type = DB_INT;
	if (json_to_i64(v, &out->i))
		return true;
	if (json_kind(v) == JSON_STRING &&
	    str_to_i64(json_to_str(arena, v), &out->i))
		return true;
	out->type = DB_UINT;
	if (json_kind(v) == JSON_STRING)
		return str_to_u64(json_to_str(arena, v), &out->u);
	return json_to_u64(v, &out->u);
}

/* true, 1, "yes" and the like; anything that says neither is refused. */
static bool
take_boolean(struct arena *arena, struct json v, struct db_value *out)
{
	struct str word =
	    json_kind(v) == JSON_STRING ? json_to_str(arena, v) : v.text;

	out->type = DB_BOOL;
	out->i = str_to_bool(word);
	return out->i != 0 || str_is_no(word);
}

/* A number in a string must be one that JSON would take. */
static bool
number_of(struct arena *arena, struct json v, struct json *number)
{
	*number = v;
	if (json_kind(v) == JSON_NUMBER)
		return true;
	return json_kind(v) == JSON_STRING &&
	       json_parse(arena, json_to_str(arena, v), number, NULL) ==
		   ST_OK &&
	       json_kind(*number) == JSON_NUMBER;
}

static bool
take_real(struct arena *arena, struct json v, struct db_value *out)
{
	struct json number;

	out->type = DB_REAL;
	return number_of(arena, v, &number) &&
	       json_to_double(arena, number, &out->d);
}

static bool
take_decimal(struct arena *arena, struct json v, struct db_value *out)
{
	struct json number;

	if (!number_of(arena, v, &number))
		return false;
	*out = (struct db_value){ .type = DB_NUMBER, .s = number.text };
	return true;
}

static bool
take_binary(struct arena *arena, struct json v, struct db_value *out)
{
	out->type = DB_BLOB;
	return json_kind(v) == JSON_STRING &&
	       base64_decode(arena, json_to_str(arena, v), &out->s);
}

/* A string is taken for JSON text already; the rest is its own text. */
static bool
take_json(struct arena *arena, struct json v, struct db_value *out)
{
	out->type = DB_TEXT;
	out->s = json_kind(v) == JSON_STRING ? json_to_str(arena, v) : v.text;
	return true;
}

/* Dates as numbers: what was read can be written. */
static bool
take_moment_number(struct arena *arena, const struct column *column,
    struct json v, struct db_value *out)
{
	return take_integer(arena, v, out) ||
	       (column->form == FORM_LOOSE && take_real(arena, v, out));
}

static bool
is_moment(const struct column *column, struct str s)
{
	bool partial = column->form != FORM_LOOSE;

	switch (column->kind) {
	case COLUMN_DATE:
		return date_is_date(s) || (partial && date_is_partial(s));
	case COLUMN_TIME:
		return date_is_time(s);
	default:
		return date_is_datetime(s) ||
		       (partial && date_is_partial_datetime(s));
	}
}

static bool
take_moment(struct arena *arena, const struct column *column, struct json v,
    struct db_value *out)
{
	if (json_kind(v) == JSON_NUMBER)
		return take_moment_number(arena, column, v, out);
	return json_kind(v) == JSON_STRING && take_text(arena, v, out) &&
	       is_moment(column, out->s);
}

static bool
take_any(struct arena *arena, struct json v, struct db_value *out)
{
	switch (json_kind(v)) {
	case JSON_BOOL:
		return take_boolean(arena, v, out);
	case JSON_NUMBER:
		return take_integer(arena, v, out) || take_real(arena, v, out);
	default:
		return take_text(arena, v, out);
	}
}

/* take is NULL for dates and times. */
static const struct {
	bool (*take)(struct arena *arena, struct json v, struct db_value *out);
	const char *must_be;
} kinds[] = {
	[COLUMN_INTEGER] = { take_integer, "a valid integer" },
	[COLUMN_BOOLEAN] = { take_boolean, "true or false" },
	[COLUMN_REAL] = { take_real, "a valid number" },
	[COLUMN_DECIMAL] = { take_decimal, "a valid number" },
	[COLUMN_TEXT] = { take_text, "a string" },
	[COLUMN_BINARY] = { take_binary, "a string in base64" },
	[COLUMN_DATE] = { NULL, "a date (YYYY-MM-DD)" },
	[COLUMN_TIME] = { NULL, "a time (HH:MM:SS)" },
	[COLUMN_DATETIME] = { NULL, "a date and time (YYYY-MM-DD HH:MM:SS)" },
	[COLUMN_JSON] = { take_json, "JSON" },
	[COLUMN_ANY] = { take_any, "a string, number or boolean" },
};

bool
value_take(struct arena *arena, const struct column *column, struct json v,
    struct db_value *out)
{
	if (kinds[column->kind].take == NULL)
		return take_moment(arena, column, v, out);
	return kinds[column->kind].take(arena, v, out);
}

const char *
value_must_be(const struct column *column)
{
	return kinds[column->kind].must_be;
}
