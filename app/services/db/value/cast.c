#include "app/services/db/value/cast.h"

#include <math.h>

#include "app/base/arena.h"
#include "app/base/jsonread.h"
#include "app/services/db/value/value.h"

static const struct {
	const char *word;
	enum cast cast;
} words[] = {
	{ "int", CAST_INTEGER },
	{ "integer", CAST_INTEGER },
	{ "tinyint", CAST_INTEGER },
	{ "smallint", CAST_INTEGER },
	{ "mediumint", CAST_INTEGER },
	{ "bigint", CAST_INTEGER },
	{ "id", CAST_INTEGER },
	{ "number", CAST_NUMBER },
	{ "decimal", CAST_NUMBER },
	{ "float", CAST_NUMBER },
	{ "double", CAST_NUMBER },
	{ "money", CAST_NUMBER },
	{ "bool", CAST_BOOLEAN },
	{ "boolean", CAST_BOOLEAN },
	{ "string", CAST_STRING },
	{ "text", CAST_STRING },
};

enum cast
cast_of(struct str type)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_eq_nocase(type, str_of(words[i].word)))
			return words[i].cast;
	}
	return CAST_NONE;
}

/* The value as a number: an integer, a double, or as it is. */
static struct db_value
number_of(struct arena *arena, const struct db_value *v)
{
	struct db_value number = { .type = DB_INT };
	struct json json;

	if (v->type == DB_BOOL)
		number.i = v->i;
	if (v->type == DB_BOOL ||
	    ((v->type == DB_TEXT || v->type == DB_NUMBER) &&
		str_to_i64(v->s, &number.i)))
		return number;
	if (v->type != DB_TEXT ||
	    json_parse(arena, str_trim(v->s), &json, NULL) != ST_OK ||
	    json_kind(json) != JSON_NUMBER)
		return *v;
	return (struct db_value){ .type = DB_NUMBER, .s = json.text };
}

/* Integers of doubles end where those of 64 bits do. */
#define INTEGER_END 9223372036854775808.0

static struct db_value
integer_of(struct arena *arena, const struct db_value *v)
{
	struct db_value number = number_of(arena, v);
	double d = INTEGER_END;

	if (number.type == DB_NUMBER)
		(void)json_to_double(arena, (struct json){ number.s }, &d);
	else if (number.type == DB_REAL)
		d = number.d;
	if (!(fabs(d) < INTEGER_END))
		return number;
	return (struct db_value){ .type = DB_INT, .i = (int64_t)d };
}

static bool
is_zero(struct arena *arena, const struct db_value *v)
{
	double d = 1;

	if (v->type == DB_NUMBER)
		(void)json_to_double(arena, (struct json){ v->s }, &d);
	else if (v->type == DB_REAL)
		d = v->d;
	else
		return v->u == 0;
	return d == 0;
}

static struct db_value
boolean_of(struct arena *arena, const struct db_value *v)
{
	struct db_value b = { .type = DB_BOOL };

	if (v->type == DB_BLOB ||
	    (v->type == DB_TEXT && !str_to_bool(v->s) && !str_is_no(v->s)))
		return *v;
	b.i = v->type == DB_TEXT ? str_to_bool(v->s) : !is_zero(arena, v);
	return v->type == DB_BOOL ? *v : b;
}

static struct db_value
string_of(struct arena *arena, const struct db_value *v)
{
	struct db_value number = *v;
	struct buf text = buf_in(arena);

	if (v->type >= DB_NUMBER) {
		number.type = v->type == DB_NUMBER ? DB_TEXT : v->type;
		return number;
	}
	if (v->type == DB_BOOL)
		number.type = DB_INT;
	value_put(&text, &number);
	return (struct db_value){ .type = DB_TEXT, .s = buf_str(&text) };
}

struct db_value
cast_value(struct arena *arena, enum cast cast, const struct db_value *v)
{
	if (v->type == DB_NULL)
		return *v;
	switch (cast) {
	case CAST_INTEGER:
		return integer_of(arena, v);
	case CAST_NUMBER:
		return number_of(arena, v);
	case CAST_BOOLEAN:
		return boolean_of(arena, v);
	case CAST_STRING:
		return string_of(arena, v);
	default:
		return *v;
	}
}
