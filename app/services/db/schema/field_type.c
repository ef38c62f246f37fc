/* Types and defaults of fields to be: within what both engines take. */
#include "app/services/db/schema/schema_order.h"

#include "app/services/db/schema/simple_type.h"
#include "app/services/db/value/bounds.h"
#include "app/services/db/value/value.h"
#include "drivers/db/catalog.h"
#include "drivers/db/catalog_build.h"

#define STRING_MAX    16383 /* characters of four bytes, of a row of 64 KiB */
#define BINARY_MAX    65532
#define FIXED_MAX     255
#define PRECISION_MAX 65
#define SCALE_MAX     30

static enum status
bound_check(const struct field_draft *d, const char *member, int64_t n,
    int64_t least, int64_t most, struct error *err)
{
	if (n >= least && n <= most)
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "Field '%.*s': '%s' must be from %lld to %lld.", STR_ARG(d->name),
	    member, (long long)least, (long long)most);
}

static enum status
length_set(
    const struct field_draft *d, struct reshape_column *out, struct error *err)
{
	bool is_text = out->type == TYPE_STRING;
	int64_t most = is_text ? STRING_MAX : BINARY_MAX;

	out->length = d->length >= 0 ? d->length : d->type->length;
	out->fixed = d->type->fixed || d->is_fixed == SAID_YES;
	if (out->fixed)
		most = FIXED_MAX;
	if (!is_text && out->length == 0 && d->length < 0)
		return ST_OK; /* as many bytes as there are */
	return bound_check(d, "length", out->length, 1, most, err);
}

static enum status
digits_set(
    const struct field_draft *d, struct reshape_column *out, struct error *err)
{
	int64_t precision = d->type->precision, scale = d->type->scale;
	enum status st;

	if (d->precision > 0)
		precision = d->precision;
	if (d->scale >= 0)
		scale = d->scale;
	st = bound_check(d, "precision", precision, 1, PRECISION_MAX, err);
	if (st == ST_OK)
		st = bound_check(d, "scale", scale, 0,
		    precision < SCALE_MAX ? precision : SCALE_MAX, err);
	out->precision = (unsigned)precision;
	out->scale = (unsigned)scale;
	return st;
}

enum status
field_type_set(
    const struct field_draft *d, struct reshape_column *out, struct error *err)
{
	out->type = d->type->type;
	if (out->type == TYPE_STRING || out->type == TYPE_BINARY)
		return length_set(d, out, err);
	if (out->type == TYPE_DECIMAL)
		return digits_set(d, out, err);
	return ST_OK;
}

enum status
field_index_check(const struct reshape_column *c, struct error *err)
{
	bool endless = c->type == TYPE_TEXT || c->type == TYPE_MEDIUMTEXT ||
		       c->type == TYPE_LONGTEXT || c->type == TYPE_JSON ||
		       (c->type == TYPE_BINARY && c->length == 0);

	if (!endless)
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "Field '%.*s' cannot be part of a key or an index: its type has "
	    "no length.",
	    STR_ARG(c->name));
}

/* What the column's values are to the API. */
static const struct {
	enum column_kind kind;
	unsigned bits; /* of an integer */
} kinds[COLUMN_TYPES] = {
	[TYPE_KEEP] = { COLUMN_INTEGER, 64 },
	[TYPE_ID] = { COLUMN_INTEGER, 32 },
	[TYPE_BIGID] = { COLUMN_INTEGER, 64 },
	[TYPE_TINYINT] = { COLUMN_INTEGER, 8 },
	[TYPE_SMALLINT] = { COLUMN_INTEGER, 16 },
	[TYPE_MEDIUMINT] = { COLUMN_INTEGER, 24 },
	[TYPE_INTEGER] = { COLUMN_INTEGER, 32 },
	[TYPE_BIGINT] = { COLUMN_INTEGER, 64 },
	[TYPE_BOOLEAN] = { COLUMN_BOOLEAN, 8 },
	[TYPE_DECIMAL] = { COLUMN_DECIMAL, 0 },
	[TYPE_FLOAT] = { COLUMN_REAL, 0 },
	[TYPE_DOUBLE] = { COLUMN_REAL, 0 },
	[TYPE_STRING] = { COLUMN_TEXT, 0 },
	[TYPE_TEXT] = { COLUMN_TEXT, 0 },
	[TYPE_MEDIUMTEXT] = { COLUMN_TEXT, 0 },
	[TYPE_LONGTEXT] = { COLUMN_TEXT, 0 },
	[TYPE_BINARY] = { COLUMN_BINARY, 0 },
	[TYPE_DATE] = { COLUMN_DATE, 0 },
	[TYPE_TIME] = { COLUMN_TIME, 0 },
	[TYPE_DATETIME] = { COLUMN_DATETIME, 0 },
	[TYPE_TIMESTAMP] = { COLUMN_DATETIME, 0 },
	[TYPE_JSON] = { COLUMN_JSON, 0 },
};

/* As the catalogue will have it, as far as bounds go. */
static struct column
column_of(const struct reshape_column *c)
{
	struct column column = { .name = c->name,
		.kind = kinds[c->type].kind,
		.length = c->length,
		.precision = c->precision,
		.scale = c->scale,
		.width = (kinds[c->type].bits + 7) / 8 };

	if (column.width > 0)
		column_range(&column, kinds[c->type].bits);
	return column;
}

static bool
is_time(const struct reshape_column *c)
{
	return c->type == TYPE_DATETIME || c->type == TYPE_TIMESTAMP;
}

/* {"expression":"CURRENT_TIMESTAMP"}, and its names. */
static bool
is_now(struct arena *arena, struct json v)
{
	static const char *const names[] = { "CURRENT_TIMESTAMP",
		"CURRENT_TIMESTAMP()", "NOW()" };
	struct str text =
	    json_kind(v) == JSON_OBJECT
		? json_to_str(arena, json_get(arena, v, STR("expression")))
		: json_to_str(arena, v);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_eq_nocase(text, str_of(names[i])))
			return true;
	}
	return false;
}

/* As it stands between quotes, or as a number. */
static enum status
literal_of(struct arena *arena, const struct field_draft *d, struct db_value *v,
    struct error *err)
{
	if (v->type == DB_INT || v->type == DB_UINT || v->type == DB_REAL) {
		struct buf text = buf_in(arena);

		value_put(&text, v);
		*v =
		    (struct db_value){ .type = DB_NUMBER, .s = buf_str(&text) };
	}
	if (v->type == DB_BOOL || v->type == DB_NUMBER ||
	    (v->type == DB_TEXT && str_find(v->s, '\0') == v->s.n))
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "Field '%.*s' cannot have that default.", STR_ARG(d->name));
}

static enum status
value_set(struct arena *arena, const struct field_draft *d,
    struct reshape_column *out, struct error *err)
{
	struct column column = column_of(out);
	enum status st =
	    value_read(arena, &column, d->fallback, &out->value, err);

	if (st == ST_OK)
		st = bounds_check(arena, &column, &out->value, err);
	if (st == ST_OK)
		st = literal_of(arena, d, &out->value, err);
	out->default_kind = DEFAULT_VALUE;
	return st;
}

enum status
field_default_set(struct arena *arena, const struct field_draft *d,
    struct reshape_column *out, struct error *err)
{
	enum json_kind kind = json_kind(d->fallback);

	if (kind == JSON_NONE)
		return ST_OK;
	out->default_kind = DEFAULT_NONE;
	if (kind == JSON_NULL)
		return ST_OK;
	if (is_time(out) && is_now(arena, d->fallback)) {
		out->default_kind = DEFAULT_NOW;
		return ST_OK;
	}
	if (kind == JSON_OBJECT && out->type != TYPE_JSON)
		return error_set(err, ST_DENIED,
		    "Field '%.*s': the only expression that can be a default "
		    "is CURRENT_TIMESTAMP, of a date and time.",
		    STR_ARG(d->name));
	if (out->type == TYPE_ID || out->type == TYPE_BIGID ||
	    out->type == TYPE_BINARY)
		return error_set(err, ST_INVALID,
		    "Field '%.*s' cannot have a default.", STR_ARG(d->name));
	return value_set(arena, d, out, err);
}
