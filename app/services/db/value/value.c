#include "app/services/db/value/value.h"

#include <math.h>

#include "app/base/arena.h"
#include "app/base/jsoncheck.h"
#include "app/base/jsonout.h"
#include "app/services/db/value/value_take.h"
#include "drivers/db/catalog.h"

/* From here on a float is infinite. */
#define FLOAT_END 0x1.ffffffp127

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

/* SQLite knows no type of what a function gives: MAX(done). */
static bool
is_bare_boolean(const struct column *column, const struct db_value *v)
{
	return v->type == DB_INT && column->kind == COLUMN_BOOLEAN &&
	       (v->i == 0 || v->i == 1);
}

void
value_put_field(
    struct buf *out, const struct column *column, const struct db_value *v)
{
	if (is_bare_boolean(column, v))
		json_put_bool(out, v->i != 0);
	else if (column->form == FORM_OBJECT && v->type == DB_TEXT &&
		 json_is_text(v->s))
		buf_put(out, v->s);
	else
		value_put(out, v);
}

/* "ab " of a CHAR is "ab". */
static struct str
blanks_strip(struct str s)
{
	while (s.n > 0 && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

static struct str
zeros_add(struct arena *arena, struct str s, size_t length)
{
	char *p;

	if (s.n >= length)
		return s;
	p = arena_zalloc(arena, length);
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return str_make(p, length);
}

void
value_as_kept(
    struct arena *arena, const struct column *column, struct db_value *v)
{
	bool fixed = column->form == FORM_FIXED;

	if (column->form == FORM_FLOAT && v->type == DB_REAL &&
	    fabs(v->d) < FLOAT_END)
		v->d = (double)(float)v->d;
	else if (fixed && v->type == DB_TEXT)
		v->s = blanks_strip(v->s);
	else if (fixed && v->type == DB_BLOB)
		v->s = zeros_add(arena, v->s, (size_t)column->length);
}

static bool
is_expression(struct arena *arena, struct json v)
{
	return json_kind(json_get(arena, v, STR("expression"))) != JSON_NONE;
}

static enum status
refuse(struct arena *arena, const struct column *column, struct json v,
    struct error *err)
{
	if (is_expression(arena, v))
		return error_set(err, ST_INVALID,
		    "Field '%.*s' must be a value: SQL expressions are not "
		    "offered.",
		    STR_ARG(column->name));
	return error_set(err, ST_INVALID, "Field '%.*s' must be %s.",
	    STR_ARG(column->name), value_must_be(column));
}

enum status
value_read(struct arena *arena, const struct column *column, struct json v,
    struct db_value *out, struct error *err)
{
	*out = (struct db_value){ .type = DB_NULL };
	if (json_kind(v) == JSON_NULL)
		return ST_OK;
	if (!value_take(arena, column, v, out))
		return refuse(arena, column, v, err);
	if (out->type == DB_UINT && !column->is_unsigned)
		return error_set(err, ST_INVALID,
		    "Field '%.*s' must be an integer of 64 bits with sign.",
		    STR_ARG(column->name));
	value_as_kept(arena, column, out);
	return ST_OK;
}
