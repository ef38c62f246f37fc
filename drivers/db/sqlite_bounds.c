/*
 * What a declared type bounds. SQLite keeps to none of it; who calls a column
 * VARCHAR(80) tells the API what to refuse.
 */
#include "drivers/db/sqlite_catalog.h"

#include "drivers/db/catalog_build.h"

/* Beyond this a number between brackets is no bound. */
#define BOUND_MAX 1000000000

#define INTEGER_BYTES 8

/* The number at the head of *rest, which goes behind the comma; 0: none. */
static int64_t
number_cut(struct str *rest)
{
	int64_t n = 0;

	if (!str_to_i64(str_trim(str_cut(rest, ',')), &n))
		return 0;
	return n > 0 && n <= BOUND_MAX ? n : 0;
}

/* "10,2" of "DECIMAL(10,2)". */
static struct str
between_brackets(struct str type)
{
	struct str inside = str_skip(type, str_find(type, '(') + 1);

	return str_make(inside.p, str_find(inside, ')'));
}

void
sqlite_bounds(struct column *c)
{
	struct str inside = between_brackets(c->db_type);
	int64_t first = number_cut(&inside);
	int64_t second = number_cut(&inside);

	switch (c->kind) {
	case COLUMN_TEXT:
	case COLUMN_BINARY:
		c->length = first;
		break;
	case COLUMN_DECIMAL:
		c->precision = (unsigned)first;
		c->scale = (unsigned)second;
		break;
	case COLUMN_INTEGER:
	case COLUMN_BOOLEAN:
		c->width = INTEGER_BYTES;
		column_range(c, 8 * INTEGER_BYTES);
		break;
	case COLUMN_DATE:
	case COLUMN_TIME:
	case COLUMN_DATETIME:
		c->form = FORM_LOOSE;
		break;
	default:
		break;
	}
}
