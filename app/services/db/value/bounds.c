#include "app/services/db/value/bounds.h"

#include <float.h>
#include <math.h>

#include "app/base/jsoncheck.h"
#include "app/base/jsonread.h"
#include "app/services/db/value/choice.h"
#include "app/services/db/value/date.h"
#include "app/services/db/value/decimal.h"
#include "drivers/db/catalog.h"

#define YEAR_FIRST 1901

/* SRID, byte order, type, and an empty list behind them. */
#define GEOMETRY_LEAST  13u
#define GEOMETRY_ORDER  4u
#define GEOMETRY_LITTLE 1

/* So many digits alone are far from what a double cannot hold. */
#define PLAIN_DIGITS 300

#define REFUSE(...) error_set(err, ST_INVALID, __VA_ARGS__)

static const char *
plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

/* The value of a year or integer column. */
static enum status
integer_check(
    const struct column *c, const struct db_value *v, struct error *err)
{
	bool above = v->type == DB_UINT || v->i > 0;
	bool fits = above ? v->u <= c->most : v->i >= c->least;

	if (c->width == 0)
		return ST_OK;
	if (c->form == FORM_YEAR && (!fits || (above && v->i < YEAR_FIRST)))
		return REFUSE("Field '%.*s' must be a year from %d to %llu, "
			      "or 0.",
		    STR_ARG(c->name), YEAR_FIRST, (unsigned long long)c->most);
	if (!fits)
		return REFUSE("Field '%.*s' must be an integer from %lld to "
			      "%llu.",
		    STR_ARG(c->name), (long long)c->least,
		    (unsigned long long)c->most);
	return ST_OK;
}

static enum status
sign_check(const struct column *c, bool negative, struct error *err)
{
	if (!negative || !c->is_unsigned)
		return ST_OK;
	return REFUSE("Field '%.*s' must not be below 0.", STR_ARG(c->name));
}

static enum status
real_check(const struct column *c, double d, struct error *err)
{
	if (c->form == FORM_FLOAT && fabs(d) > (double)FLT_MAX)
		return REFUSE("Field '%.*s' must be a number from %.6g to "
			      "%.6g.",
		    STR_ARG(c->name), -(double)FLT_MAX, (double)FLT_MAX);
	return sign_check(c, d < 0, err);
}

static bool
has_double(struct arena *arena, struct str number)
{
	double d;

	if (number.n <= PLAIN_DIGITS && str_find(number, 'e') == number.n &&
	    str_find(number, 'E') == number.n)
		return true;
	return json_to_double(arena, (struct json){ number }, &d) &&
	       (fabs(d) >= DBL_MIN || decimal_digits(number) == 0);
}

/* For a column that keeps a double: nothing is rounded in silence. Integers
 * of 64 bits stay integers. */
static enum status
digits_check(struct arena *arena, const struct column *c, struct str number,
    struct error *err)
{
	int64_t i;

	if (json_to_i64((struct json){ number }, &i))
		return ST_OK;
	if (!has_double(arena, number))
		return REFUSE("Field '%.*s' is out of the range that the "
			      "database has.",
		    STR_ARG(c->name));
	if (decimal_digits(number) > c->digits)
		return REFUSE("Field '%.*s' has more than the %u significant "
			      "digits that the database keeps.",
		    STR_ARG(c->name), c->digits);
	return ST_OK;
}

static enum status
decimal_check(struct arena *arena, const struct column *c, struct str number,
    struct error *err)
{
	unsigned whole = c->precision - c->scale;

	if (c->precision > 0 && decimal_whole_digits(number) > whole)
		return REFUSE("Field '%.*s' must have at most %u digit%s "
			      "before the point.",
		    STR_ARG(c->name), whole, plural(whole));
	if (sign_check(c, decimal_is_negative(number), err) != ST_OK)
		return ST_INVALID;
	return c->digits == 0 ? ST_OK : digits_check(arena, c, number, err);
}

/* Bytes that do not go on with a character. */
static size_t
characters_count(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static enum status
text_check(const struct column *c, struct str s, struct error *err)
{
	bool bytes = c->form == FORM_BYTES;

	if (c->n_choices > 0)
		return choice_is_possible(c, s) ? ST_OK : choice_refuse(c, err);
	if (c->length == 0 || s.n <= (size_t)c->length ||
	    (!bytes && characters_count(s) <= (size_t)c->length))
		return ST_OK;
	return REFUSE("Field '%.*s' must have at most %lld %s%s.",
	    STR_ARG(c->name), (long long)c->length,
	    bytes ? "byte" : "character", plural(c->length));
}

static bool
is_geometry(struct str s)
{
	return s.n >= GEOMETRY_LEAST && s.p[GEOMETRY_ORDER] == GEOMETRY_LITTLE;
}

static enum status
binary_check(const struct column *c, struct str s, struct error *err)
{
	if (c->form == FORM_GEOMETRY && !is_geometry(s))
		return REFUSE("Field '%.*s' must be a geometry as it is read: "
			      "SRID and WKB in base64.",
		    STR_ARG(c->name));
	if (c->length > 0 && s.n > (size_t)c->length)
		return REFUSE("Field '%.*s' must have at most %lld byte%s.",
		    STR_ARG(c->name), (long long)c->length, plural(c->length));
	return ST_OK;
}

static enum status
moment_check(const struct column *c, struct str s, struct error *err)
{
	if (c->form == FORM_LOOSE)
		return ST_OK;
	if (c->kind == COLUMN_TIME && !date_is_in_time_range(s))
		return REFUSE("Field '%.*s' must be a time from -838:59:59 to "
			      "838:59:59.",
		    STR_ARG(c->name));
	if (c->kind == COLUMN_DATETIME && str_ends(s, STR("Z")))
		return REFUSE("Field '%.*s' must be a date and time without a "
			      "zone (YYYY-MM-DD HH:MM:SS).",
		    STR_ARG(c->name));
	return ST_OK;
}

static enum status
json_text_check(const struct column *c, struct str s, struct error *err)
{
	if (json_is_text(s))
		return ST_OK;
	return REFUSE("Field '%.*s' must be JSON.", STR_ARG(c->name));
}

enum status
bounds_check(struct arena *arena, const struct column *c,
    const struct db_value *v, struct error *err)
{
	bool integer = v->type == DB_INT || v->type == DB_UINT;

	if (integer && c->kind == COLUMN_INTEGER)
		return integer_check(c, v, err);
	if (v->type == DB_REAL && c->kind == COLUMN_REAL)
		return real_check(c, v->d, err);
	if (v->type == DB_NUMBER)
		return decimal_check(arena, c, v->s, err);
	if (v->type == DB_BLOB)
		return binary_check(c, v->s, err);
	if (v->type != DB_TEXT)
		return ST_OK;
	switch (c->kind) {
	case COLUMN_TEXT:
		return text_check(c, v->s, err);
	case COLUMN_JSON:
		return json_text_check(c, v->s, err);
	case COLUMN_DATE:
	case COLUMN_TIME:
	case COLUMN_DATETIME:
		return moment_check(c, v->s, err);
	default:
		return ST_OK;
	}
}
