#include "app/services/db/filter/filter_value.h"

#include <float.h>
#include <math.h>

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/base/uri.h"
#include "app/services/db/filter/filter.h"
#include "app/services/db/value/decimal.h"
#include "app/services/db/value/value.h"
#include "drivers/db/catalog.h"

/* Up to here every integer is a double. */
#define INTEGERS_END 9007199254740992.0

static const struct param *
param_find(const struct params *params, struct str name)
{
	for (size_t i = 0; params != NULL && i < params->n; i++) {
		if (str_eq(params->list[i].name, name))
			return &params->list[i];
	}
	return NULL;
}

enum status
filter_value_resolve(const struct filter_text *t, const struct params *params,
    struct filter_raw *raw)
{
	const struct param *param;

	if (raw->form != FILTER_PARAM)
		return ST_OK;
	param = param_find(params, raw->text);
	if (param == NULL)
		return filter_fault(t, raw->at,
		    "Parameter ':%.*s' of the filter is not among 'params'.",
		    STR_ARG(raw->text));
	raw->form = str_is_null(param->value) ? FILTER_BARE : FILTER_QUOTED;
	raw->text = str_is_null(param->value) ? STR("null") : param->value;
	return ST_OK;
}

bool
filter_value_is_null(const struct filter_raw *raw)
{
	return raw->form == FILTER_BARE &&
	       str_eq_nocase(raw->text, STR("null"));
}

/* Does a column take JSON's numbers and words besides texts? */
static bool
takes_typed(const struct column *column, enum filter_form form)
{
	switch (column->kind) {
	case COLUMN_INTEGER:
		return true;
	case COLUMN_ANY:
	case COLUMN_DATE:
	case COLUMN_TIME:
	case COLUMN_DATETIME:
		return form == FILTER_BARE;
	default:
		return false;
	}
}

static bool
is_typed(struct arena *arena, const struct column *column,
    const struct filter_raw *raw, struct json *out)
{
	if (!takes_typed(column, raw->form) ||
	    json_parse(arena, raw->text, out, NULL) != ST_OK)
		return false;
	return json_kind(*out) == JSON_NUMBER || json_kind(*out) == JSON_BOOL;
}

/*
 * An integer can be compared with any number. Of one with so few digits no
 * integer lies between it and its double, so that databases, which compare
 * integers with doubles as the numbers they are, round nothing.
 */
static bool
is_beside_integers(struct arena *arena, const struct column *column,
    struct json v, struct db_value *out)
{
	bool whole;
	double d;

	if (column->kind != COLUMN_INTEGER || json_kind(v) != JSON_NUMBER ||
	    decimal_digits(v.text) > DBL_DIG || !json_to_double(arena, v, &d) ||
	    fabs(d) >= INTEGERS_END)
		return false;
	whole = decimal_places(v.text) == 0;
	if (whole != (d == floor(d)))
		return false;
	*out = whole ? (struct db_value){ .type = DB_INT, .i = (int64_t)d }
		     : (struct db_value){ .type = DB_REAL, .d = d };
	return true;
}

enum status
filter_value_read(const struct filter_text *t, const struct column *column,
    const struct filter_raw *raw, struct db_value *out)
{
	struct error why = { .text = "" };
	struct json value;

	if (!is_typed(t->arena, column, raw, &value)) {
		struct buf quoted = buf_in(t->arena);

		json_put_str(&quoted, raw->text);
		value = (struct json){ buf_str(&quoted) };
	}
	if (value_read(t->arena, column, value, out, &why) == ST_OK ||
	    is_beside_integers(t->arena, column, value, out))
		return ST_OK;
	return filter_fault(t, raw->at, "%s", why.text);
}

/* Behind a backslash a wildcard, or a backslash, is meant as it stands. */
static bool
is_literal(struct str text, size_t at)
{
	return text.p[at] == '\\' && at + 1 < text.n &&
	       strchr("%_\\", text.p[at + 1]) != NULL;
}

static void
put_literal(struct buf *out, char c)
{
	if (c == '%' || c == '_' || c == FILTER_ESCAPE)
		buf_put_char(out, FILTER_ESCAPE);
	buf_put_char(out, c);
}

static void
put_pattern(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (is_literal(text, i))
			put_literal(out, text.p[++i]);
		else if (text.p[i] == '%' || text.p[i] == '_')
			buf_put_char(out, text.p[i]);
		else
			put_literal(out, text.p[i]);
	}
}

enum status
filter_value_pattern(const struct filter_text *t, enum filter_match match,
    const struct filter_raw *raw, struct db_value *out)
{
	struct buf pattern = buf_in(t->arena);

	if (raw->text.n > FILTER_PATTERN_MAX)
		return filter_fault(t, raw->at,
		    "A filter may look for at most %u bytes.",
		    FILTER_PATTERN_MAX);
	if (match == FILTER_MATCH_END || match == FILTER_MATCH_PART)
		buf_put_char(&pattern, '%');
	if (match == FILTER_MATCH_PATTERN)
		put_pattern(&pattern, raw->text);
	for (size_t i = 0; match != FILTER_MATCH_PATTERN && i < raw->text.n;
	     i++)
		put_literal(&pattern, raw->text.p[i]);
	if (match == FILTER_MATCH_START || match == FILTER_MATCH_PART)
		buf_put_char(&pattern, '%');
	*out = (struct db_value){ .type = DB_TEXT, .s = buf_str(&pattern) };
	return ST_OK;
}
