/* Which types a field may get without a value being lost or rounded. */
#include "app/services/db/schema/field_compare.h"

enum family {
	FAMILY_NONE, /* stays as it is */
	FAMILY_INTEGER,
	FAMILY_DECIMAL,
	FAMILY_REAL,
	FAMILY_TEXT,
	FAMILY_TIME
};

static enum family
family_of(enum column_type type)
{
	if (type >= TYPE_TINYINT && type <= TYPE_BOOLEAN)
		return FAMILY_INTEGER;
	if (type == TYPE_DECIMAL)
		return FAMILY_DECIMAL;
	if (type == TYPE_FLOAT || type == TYPE_DOUBLE)
		return FAMILY_REAL;
	if (type >= TYPE_STRING && type <= TYPE_LONGTEXT)
		return FAMILY_TEXT;
	if (type >= TYPE_DATE && type <= TYPE_TIMESTAMP)
		return FAMILY_TIME;
	return FAMILY_NONE;
}

/* All that these hold has 24 bits, and 53. */
static bool
fits_real(enum column_type from, enum column_type to)
{
	if (to == TYPE_FLOAT)
		return from == TYPE_TINYINT || from == TYPE_SMALLINT ||
		       from == TYPE_MEDIUMINT || from == TYPE_BOOLEAN;
	return from != TYPE_BIGINT;
}

static bool
integer_becomes(enum column_type from, enum column_type to)
{
	enum family family = family_of(to);

	if (family == FAMILY_REAL)
		return fits_real(from, to);
	return family == FAMILY_INTEGER || family == FAMILY_DECIMAL ||
	       family == FAMILY_TEXT;
}

bool
field_converts(
    const struct reshape_column *from, const struct reshape_column *to)
{
	enum family family = family_of(to->type);

	if (from->type == to->type)
		return to->scale >= from->scale;
	switch (family_of(from->type)) {
	case FAMILY_INTEGER:
		return integer_becomes(from->type, to->type);
	case FAMILY_TEXT:
		return family == FAMILY_TEXT || family == FAMILY_INTEGER;
	case FAMILY_DECIMAL:
		return family == FAMILY_TEXT;
	case FAMILY_REAL:
		return to->type == TYPE_DOUBLE;
	case FAMILY_TIME:
		return family == FAMILY_TEXT ||
		       (from->type == TYPE_DATE && to->type == TYPE_DATETIME);
	default:
		return from->type == TYPE_JSON && family == FAMILY_TEXT;
	}
}
