#include "app/services/db/value/id_value.h"

#include "app/base/base64.h"
#include "app/base/buf.h"
#include "app/base/jsonout.h"
#include "app/base/jsonread.h"
#include "app/services/db/value/value.h"
#include "app/services/db/value/value_take.h"
#include "drivers/db/catalog.h"

#define YEAR_FIRST 1901

static struct db_value
text_of(struct str text)
{
	return (struct db_value){ .type = DB_TEXT, .s = text };
}

static struct db_value
integer_of(const struct column *column, struct str text)
{
	struct db_value v = { .type = DB_NULL };
	int64_t i;
	uint64_t u;

	if (str_to_i64(text, &i))
		v = (struct db_value){ .type = DB_INT, .i = i };
	else if (column->is_unsigned && str_to_u64(text, &u))
		v = (struct db_value){ .type = DB_UINT, .u = u };
	return v;
}

static struct db_value
boolean_of(const struct column *column, struct str text)
{
	struct db_value v = integer_of(column, text);

	if (v.type == DB_NULL && (str_to_bool(text) || str_is_no(text)))
		v = (struct db_value){ .type = DB_INT, .i = str_to_bool(text) };
	return v;
}

static bool
is_number(struct arena *arena, struct str text, struct json *out)
{
	return json_parse(arena, text, out, NULL) == ST_OK &&
	       json_kind(*out) == JSON_NUMBER;
}

static struct db_value
decimal_of(struct arena *arena, struct str text)
{
	struct db_value v = { .type = DB_NULL };
	struct json number;

	if (is_number(arena, text, &number))
		v = (struct db_value){ .type = DB_NUMBER, .s = number.text };
	return v;
}

static struct db_value
real_of(struct arena *arena, struct str text)
{
	struct db_value v = { .type = DB_NULL };
	struct json number;
	double d;

	if (is_number(arena, text, &number) &&
	    json_to_double(arena, number, &d))
		v = (struct db_value){ .type = DB_REAL, .d = d };
	return v;
}

static struct db_value
binary_of(struct arena *arena, struct str text)
{
	struct db_value v = { .type = DB_NULL };
	struct str bytes;

	if (base64_decode(arena, text, &bytes))
		v = (struct db_value){ .type = DB_BLOB, .s = bytes };
	return v;
}

/* Some databases keep moments as numbers. */
static struct db_value
moment_of(struct arena *arena, const struct column *column, struct str text)
{
	struct json number;
	struct db_value v = { .type = DB_NULL };
	struct buf quoted = buf_in(arena);
	struct json json;

	json_put_str(&quoted, text);
	json = (struct json){ buf_str(&quoted) };
	if (is_number(arena, text, &number))
		json = number;
	if (!value_take(arena, column, json, &v))
		v = (struct db_value){ .type = DB_NULL };
	return v;
}

static struct db_value
loose_of(const struct column *column, struct str text)
{
	struct db_value v = integer_of(column, text);

	return v.type == DB_INT ? v : text_of(text);
}

static struct db_value
value_of(struct arena *arena, const struct column *column, struct str text)
{
	switch (column->kind) {
	case COLUMN_INTEGER:
		return integer_of(column, text);
	case COLUMN_BOOLEAN:
		return boolean_of(column, text);
	case COLUMN_REAL:
		return real_of(arena, text);
	case COLUMN_DECIMAL:
		return decimal_of(arena, text);
	case COLUMN_BINARY:
		return binary_of(arena, text);
	case COLUMN_DATE:
	case COLUMN_TIME:
	case COLUMN_DATETIME:
		return moment_of(arena, column, text);
	case COLUMN_ANY:
		return loose_of(column, text);
	case COLUMN_TEXT:
	case COLUMN_JSON:
		break;
	}
	return text_of(text);
}

struct db_value
id_value(struct arena *arena, const struct column *column, struct str text)
{
	struct db_value v = value_of(arena, column, text);

	/* To MySQL 24 is the year 2024. */
	if (column->form == FORM_YEAR && v.type == DB_INT && v.i > 0 &&
	    v.i < YEAR_FIRST)
		return (struct db_value){ .type = DB_NULL };
	value_as_kept(arena, column, &v);
	return v;
}
