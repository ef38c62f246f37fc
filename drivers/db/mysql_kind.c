/* What kind a column is, from its type as information_schema writes it. */
#include "drivers/db/mysql_conn.h"

#include "app/base/str.h"

/* Flags; longer ones are numbers. */
static const char *const booleans[] = { "tinyint(1)", "bit(1)" };

/* Types not listed (enum, uuid, inet6) are texts. */
static const struct {
	const char *word;
	enum column_kind kind;
} words[] = {
	{ "tinyint", COLUMN_INTEGER },
	{ "smallint", COLUMN_INTEGER },
	{ "mediumint", COLUMN_INTEGER },
	{ "int", COLUMN_INTEGER },
	{ "bigint", COLUMN_INTEGER },
	{ "year", COLUMN_INTEGER },
	{ "bit", COLUMN_INTEGER },
	{ "decimal", COLUMN_DECIMAL },
	{ "float", COLUMN_REAL },
	{ "double", COLUMN_REAL },
	{ "date", COLUMN_DATE },
	{ "time", COLUMN_TIME },
	{ "datetime", COLUMN_DATETIME },
	{ "timestamp", COLUMN_DATETIME },
	{ "json", COLUMN_JSON },
	{ "binary", COLUMN_BINARY },
	{ "varbinary", COLUMN_BINARY },
	{ "tinyblob", COLUMN_BINARY },
	{ "blob", COLUMN_BINARY },
	{ "mediumblob", COLUMN_BINARY },
	{ "longblob", COLUMN_BINARY },
	{ "geometry", COLUMN_BINARY },
	{ "point", COLUMN_BINARY },
	{ "linestring", COLUMN_BINARY },
	{ "polygon", COLUMN_BINARY },
	{ "multipoint", COLUMN_BINARY },
	{ "multilinestring", COLUMN_BINARY },
	{ "multipolygon", COLUMN_BINARY },
	{ "geometrycollection", COLUMN_BINARY },
	{ "geomcollection", COLUMN_BINARY },
	{ "vector", COLUMN_BINARY },
};

/* "int" of "int(11) unsigned". */
static struct str
word_of(struct str type)
{
	size_t n = str_find(type, '(');
	size_t blank = str_find(type, ' ');

	return str_make(type.p, n < blank ? n : blank);
}

enum column_kind
mysql_kind(struct str type)
{
	struct str word = word_of(type);

	for (size_t i = 0; i < sizeof(booleans) / sizeof(booleans[0]); i++) {
		if (str_eq(type, str_of(booleans[i])))
			return COLUMN_BOOLEAN;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_eq(word, str_of(words[i].word)))
			return words[i].kind;
	}
	return COLUMN_TEXT;
}
