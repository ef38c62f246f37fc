/*
 * Whatever JSON is meant for a column: it is refused with one sentence that
 * names the field, or what is read back of it can be written again and is the
 * same. The first byte chooses the column; the rest is the JSON, and an
 * identifier too.
 */
#include <math.h>

#include "app/base/arena.h"
#include "app/services/db/value/bounds.h"
#include "app/services/db/value/decimal.h"
#include "app/services/db/value/id_value.h"
#include "app/services/db/value/value.h"
#include "drivers/db/catalog.h"
#include "tests/fuzz/fuzz.h"

#define DIGITS_MAX 300u /* of numbers that a double has for sure */
#define NEARLY     1e-9

static struct str choices[] = { { "red", 3 }, { "it's", 4 }, { "", 0 },
	{ "\xc3\xa9", 2 }, { "7", 1 } };

static const struct column columns[] = {
	{ .kind = COLUMN_INTEGER, .width = 1, .least = -128, .most = 127 },
	{ .kind = COLUMN_INTEGER,
	    .is_unsigned = true,
	    .width = 8,
	    .most = UINT64_MAX },
	{ .kind = COLUMN_INTEGER, .form = FORM_YEAR, .width = 2, .most = 2155 },
	{ .kind = COLUMN_BOOLEAN },
	{ .kind = COLUMN_REAL },
	{ .kind = COLUMN_REAL, .form = FORM_FLOAT, .is_unsigned = true },
	{ .kind = COLUMN_DECIMAL, .precision = 65, .scale = 30 },
	{ .kind = COLUMN_DECIMAL, .precision = 5, .scale = 5, .digits = 15 },
	{ .kind = COLUMN_TEXT, .length = 3 },
	{ .kind = COLUMN_TEXT, .form = FORM_FIXED, .length = 3 },
	{ .kind = COLUMN_TEXT, .form = FORM_BYTES, .length = 3 },
	{ .kind = COLUMN_TEXT, .choices = choices, .n_choices = 5 },
	{ .kind = COLUMN_TEXT,
	    .choices = choices,
	    .n_choices = 5,
	    .is_set = true },
	{ .kind = COLUMN_BINARY, .length = 3 },
	{ .kind = COLUMN_BINARY, .form = FORM_FIXED, .length = 3 },
	{ .kind = COLUMN_BINARY, .form = FORM_GEOMETRY },
	{ .kind = COLUMN_DATE },
	{ .kind = COLUMN_TIME },
	{ .kind = COLUMN_DATETIME },
	{ .kind = COLUMN_DATE, .form = FORM_LOOSE },
	{ .kind = COLUMN_TIME, .form = FORM_LOOSE },
	{ .kind = COLUMN_DATETIME, .form = FORM_LOOSE },
	{ .kind = COLUMN_JSON },
	{ .kind = COLUMN_JSON, .form = FORM_OBJECT },
	{ .kind = COLUMN_ANY },
};

#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

static bool
is_kept(struct arena *a, const struct column *c, struct json json,
    struct db_value *v)
{
	struct error err = { .text = "" };

	if (value_read(a, c, json, v, &err) == ST_OK &&
	    bounds_check(a, c, v, &err) == ST_OK)
		return true;
	HOLDS(err.status == ST_INVALID);
	HOLDS(strstr(err.text, "Field 'f' ") != NULL);
	HOLDS(err.text[strlen(err.text) - 1] == '.');
	return false;
}

static struct json
read_back(struct arena *a, const struct column *c, const struct db_value *v)
{
	struct buf out = buf_in(a);
	struct json json;

	value_put_field(&out, c, v);
	/* What a database keeps may be nested deeper, or name twice. */
	if (c->form == FORM_OBJECT &&
	    json_parse(a, buf_str(&out), &json, NULL) != ST_OK)
		return (struct json){ STR_NULL };
	HOLDS(json_parse(a, buf_str(&out), &json, NULL) == ST_OK);
	return json;
}

/* -0 may come back as an integer, which has no such. */
static bool
is_same(struct str a, struct str b)
{
	return str_eq(a, b) || (str_eq(a, STR("-0")) && str_eq(b, STR("0")));
}

static void
value_returns(struct arena *a, const struct column *c, const struct db_value *v)
{
	struct json json = read_back(a, c, v);
	struct db_value again;

	if (json_kind(json) == JSON_NONE || c->form == FORM_OBJECT)
		return;
	HOLDS(is_kept(a, c, json, &again));
	HOLDS(is_same(json.text, read_back(a, c, &again).text));
}

/* The digits before the point say how large the number is. */
static void
digits_are_counted(struct arena *a, struct json json)
{
	size_t whole = decimal_whole_digits(json.text);
	double d;

	if (whole > DIGITS_MAX || !json_to_double(a, json, &d))
		return;
	HOLDS(fabs(d) <= pow(10, (double)whole) * (1 + NEARLY));
	HOLDS(
	    whole == 0 || fabs(d) >= pow(10, (double)whole - 1) * (1 - NEARLY));
	HOLDS(!decimal_is_negative(json.text) || d <= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text;
	struct column c;
	struct arena a;
	struct json json;
	struct db_value v;

	if (size == 0)
		return 0;
	arena_init(&a, 4096);
	text = str_make((const char *)data + 1, size - 1);
	c = columns[data[0] % N_COLUMNS];
	c.name = STR("f");
	(void)id_value(&a, &c, text);
	if (json_parse(&a, text, &json, NULL) == ST_OK) {
		if (json_kind(json) == JSON_NUMBER)
			digits_are_counted(&a, json);
		if (is_kept(&a, &c, json, &v))
			value_returns(&a, &c, &v);
	}
	arena_close(&a);
	return 0;
}
