#include "app/services/db/id_value.h"

#include "app/base/base64.h"
#include "app/base/jsonread.h"
#include "app/services/db/date.h"
#include "drivers/db/catalog.h"

static struct db_value
text_if(bool fits, struct str text)
{
	struct db_value v = { .type = fits ? DB_TEXT : DB_NULL };

	if (fits)
		v.s = text;
	return v;
}

static struct db_value
integer_of(struct str text)
{
	struct db_value v = { .type = DB_NULL };
	int64_t i;
	uint64_t u;

	if (str_to_i64(text, &i))
		v = (struct db_value){ .type = DB_INT, .i = i };
	else if (str_to_u64(text, &u))
		v = (struct db_value){ .type = DB_UINT, .u = u };
	return v;
}

static struct db_value
boolean_of(struct str text)
{
	struct db_value v = integer_of(text);

	if (v.type == DB_NULL && (str_to_bool(text) || str_is_no(text)))
		v = (struct db_value){ .type = DB_INT, .i = str_to_bool(text) };
	return v;
}

static struct db_value
number_of(struct arena *arena, struct str text)
{
	struct db_value v = { .type = DB_NULL };
	struct json number;

	if (json_parse(arena, text, &number, NULL) == ST_OK &&
	    json_kind(number) == JSON_NUMBER)
		v = (struct db_value){ .type = DB_NUMBER, .s = number.text };
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
moment_of(struct str text, bool (*check)(struct str))
{
	int64_t i;

	return text_if(check(text) || str_to_i64(text, &i), text);
}

struct db_value
id_value(struct arena *arena, const struct column *column, struct str text)
{
	struct db_value v;

	switch (column->kind) {
	case COLUMN_INTEGER:
		return integer_of(text);
	case COLUMN_BOOLEAN:
		return boolean_of(text);
	case COLUMN_REAL:
	case COLUMN_DECIMAL:
		return number_of(arena, text);
	case COLUMN_BINARY:
		return binary_of(arena, text);
	case COLUMN_DATE:
		return moment_of(text, date_is_date);
	case COLUMN_TIME:
		return moment_of(text, date_is_time);
	case COLUMN_DATETIME:
		return moment_of(text, date_is_datetime);
	case COLUMN_ANY:
		v = integer_of(text);
		return v.type == DB_INT ? v : text_if(true, text);
	case COLUMN_TEXT:
	case COLUMN_JSON:
		break;
	}
	return text_if(true, text);
}
