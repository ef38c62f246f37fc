/* How a column takes its values, beyond what its kind says. */
#include "drivers/db/mysql_catalog.h"

#include "drivers/db/catalog_build.h"

#define YEAR_LAST 2155

static const struct {
	const char *word;
	enum column_form form;
} forms[] = {
	{ "year", FORM_YEAR },
	{ "float", FORM_FLOAT },
	{ "char", FORM_FIXED },
	{ "binary", FORM_FIXED },
	{ "tinytext", FORM_BYTES },
	{ "text", FORM_BYTES },
	{ "mediumtext", FORM_BYTES },
	{ "longtext", FORM_BYTES },
	{ "geometry", FORM_GEOMETRY },
	{ "point", FORM_GEOMETRY },
	{ "linestring", FORM_GEOMETRY },
	{ "polygon", FORM_GEOMETRY },
	{ "multipoint", FORM_GEOMETRY },
	{ "multilinestring", FORM_GEOMETRY },
	{ "multipolygon", FORM_GEOMETRY },
	{ "geometrycollection", FORM_GEOMETRY },
	{ "geomcollection", FORM_GEOMETRY },
};

static enum column_form
form_of(struct str word)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (str_eq(word, str_of(forms[i].word)))
			return forms[i].form;
	}
	return FORM_PLAIN;
}

void
mysql_form(struct column *c, struct str word, unsigned bits, struct str charset)
{
	c->form = form_of(word);
	/* How many bytes another character set makes of it is not known. */
	if (c->form == FORM_BYTES && !str_starts(charset, STR("utf8")))
		c->form = FORM_PLAIN;
	if (c->width == 0)
		return;
	column_range(c, str_eq(word, STR("bit")) ? bits : 8 * c->width);
	if (c->form != FORM_YEAR)
		return;
	c->least = 0;
	c->most = YEAR_LAST;
}
