#include "app/services/db/value.h"

#include <float.h>
#include <math.h>

#include "app/base/base64.h"
#include "app/base/jsonout.h"
#include "app/services/db/date.h"
#include "drivers/db/catalog.h"

void
value_put(struct buf *out, const struct db_value *v)
{
	switch (v->type) {
	case DB_NULL:
		buf_put_lit(out, "null");
		break;
	case DB_INT:
		buf_put_i64(out, v->i);
		break;
	case DB_UINT:
		buf_put_u64(out, v->u);
		break;
	case DB_REAL:
		json_put_double(out, v->d);
		break;
	case DB_BOOL:
		json_put_bool(out, v->i != 0);
		break;
	case DB_NUMBER:
		buf_put(out, v->s);
		break;
	case DB_TEXT:
		json_put_str(out, v->s);
		break;
	case DB_BLOB:
		json_put_base64(out, v->s.p, v->s.n);
		break;
	}
}

typedef bool value_take_f(
    struct arena *arena, struct json v, struct db_value *out);

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
	if (json_kind(v) == JSON_STRING)
		return str_to_i64(json_to_str(arena, v), &out->i);
	out->type = DB_UINT;
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

/* Some databases keep moments as numbers; what was read can be written. */
static bool
take_moment(struct arena *arena, struct json v, struct db_value *out,
    bool (*check)(struct str))
{
	if (json_kind(v) == JSON_NUMBER)
		return take_integer(arena, v, out);
	return json_kind(v) == JSON_STRING && take_text(arena, v, out) &&
	       check(out->s);
}

static bool
take_date(struct arena *arena, struct json v, struct db_value *out)
{
	return take_moment(arena, v, out, date_is_date);
}

static bool
take_time(struct arena *arena, struct json v, struct db_value *out)
{
	return take_moment(arena, v, out, date_is_time);
}

static bool
take_datetime(struct arena *arena, struct json v, struct db_value *out)
{
	return take_moment(arena, v, out, date_is_datetime);
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

static const struct {
	value_take_f *take;
	const char *must_be;
} kinds[] = {
	[COLUMN_INTEGER] = { take_integer, "a valid integer" },
	[COLUMN_BOOLEAN] = { take_boolean, "true or false" },
	[COLUMN_REAL] = { take_real, "a valid number" },
	[COLUMN_DECIMAL] = { take_decimal, "a valid number" },
	[COLUMN_TEXT] = { take_text, "a string" },
	[COLUMN_BINARY] = { take_binary, "a string in base64" },
	[COLUMN_DATE] = { take_date, "a date (YYYY-MM-DD)" },
	[COLUMN_TIME] = { take_time, "a time (HH:MM:SS)" },
	[COLUMN_DATETIME] = { take_datetime,
	    "a date and time (YYYY-MM-DD HH:MM:SS)" },
	[COLUMN_JSON] = { take_json, "JSON" },
	[COLUMN_ANY] = { take_any, "a string, number or boolean" },
};

/* From the first digit that is not 0 to the last: "0.0120e5" has 2. */
static size_t
digits_count(struct str number)
{
	size_t seen = 0;
	size_t n = 0;

	for (size_t i = 0; i < number.n; i++) {
		char c = number.p[i];

		if (c == 'e' || c == 'E')
			break;
		if (c < '0' || c > '9' || (c == '0' && seen == 0))
			continue;
		seen++;
		if (c != '0')
			n = seen;
	}
	return n;
}

static bool
has_double(struct arena *arena, struct str number)
{
	double d;

	return json_to_double(arena, (struct json){ number }, &d) &&
	       (fabs(d) >= DBL_MIN || digits_count(number) == 0);
}

/* Nothing is rounded in silence. Integers of 64 bits stay integers. */
static enum status
decimal_check(struct arena *arena, const struct column *column,
    struct str number, struct error *err)
{
	int64_t i;

	if (json_to_i64((struct json){ number }, &i))
		return ST_OK;
	if (!has_double(arena, number))
		return error_set(err, ST_INVALID,
		    "Field '%.*s' is out of the range that the database has.",
		    STR_ARG(column->name));
	if (digits_count(number) > column->digits)
		return error_set(err, ST_INVALID,
		    "Field '%.*s' has more than the %u significant digits "
		    "that the database keeps.",
		    STR_ARG(column->name), column->digits);
	return ST_OK;
}

/* Would the database keep the value as it is? */
static enum status
value_check(struct arena *arena, const struct column *column,
    const struct db_value *v, struct error *err)
{
	if (v->type == DB_NUMBER && column->digits > 0)
		return decimal_check(arena, column, v->s, err);
	if (v->type == DB_UINT && v->u > INT64_MAX && !column->is_unsigned)
		return error_set(err, ST_INVALID,
		    "Field '%.*s' must be an integer of 64 bits with sign.",
		    STR_ARG(column->name));
	return ST_OK;
}

enum status
value_read(struct arena *arena, const struct column *column, struct json v,
    struct db_value *out, struct error *err)
{
	*out = (struct db_value){ .type = DB_NULL };
	if (json_kind(v) == JSON_NULL)
		return ST_OK;
	if (kinds[column->kind].take(arena, v, out))
		return value_check(arena, column, out, err);
	return error_set(err, ST_INVALID, "Field '%.*s' must be %s.",
	    STR_ARG(column->name), kinds[column->kind].must_be);
}
