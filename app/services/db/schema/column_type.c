#include "app/services/db/schema/column_type.h"

#include "drivers/db/catalog.h"

/* The first word of a declared type, as either engine spells it. */
static const struct {
	const char *word;
	const char *type;
} words[] = {
	{ "tinyint", "tinyint" },
	{ "smallint", "smallint" },
	{ "mediumint", "mediumint" },
	{ "bigint", "bigint" },
	{ "double", "double" },
	{ "money", "money" },
	{ "tinytext", "text" },
	{ "text", "text" },
	{ "mediumtext", "mediumtext" },
	{ "longtext", "longtext" },
	{ "clob", "longtext" },
	{ "timestamp", "timestamp" },
	{ "uuid", "uuid" },
};

/* What else it is by its kind. */
static const char *const kinds[] = {
	[COLUMN_INTEGER] = "integer",
	[COLUMN_BOOLEAN] = "boolean",
	[COLUMN_REAL] = "float",
	[COLUMN_DECIMAL] = "decimal",
	[COLUMN_TEXT] = "string",
	[COLUMN_BINARY] = "binary",
	[COLUMN_DATE] = "date",
	[COLUMN_TIME] = "time",
	[COLUMN_DATETIME] = "datetime",
	[COLUMN_JSON] = "json",
	[COLUMN_ANY] = "string",
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "VARCHAR" of "VARCHAR(80) unsigned". */
static struct str
word_of(const struct column *c)
{
	struct str word = c->db_type;
	size_t n = 0;

	while (n < word.n && is_letter(word.p[n]))
		n++;
	return str_make(word.p, n);
}

static bool
word_is(const struct column *c, const char *word)
{
	return str_eq_nocase(word_of(c), str_of(word));
}

/* A boolean or a JSON text is that, whatever it is stored as. */
static const char *
type_of(const struct column *c)
{
	bool meant = c->kind == COLUMN_BOOLEAN || c->kind == COLUMN_JSON;

	for (size_t i = 0; !meant && i < sizeof(words) / sizeof(words[0]);
	     i++) {
		if (word_is(c, words[i].word))
			return words[i].type;
	}
	return kinds[c->kind];
}

const struct foreign_key *
column_key(const struct db_table *table, const struct column *c, size_t *place)
{
	for (size_t k = 0; k < table->n_foreign_keys; k++) {
		const struct foreign_key *key = &table->foreign_keys[k];

		for (size_t i = 0; i < key->n; i++) {
			*place = i;
			if (str_eq_nocase(key->columns[i], c->name))
				return key;
		}
	}
	return NULL;
}

static bool
is_now(struct str sql)
{
	static const struct str now = { "current_timestamp", 17 };

	return sql.n >= now.n && str_eq_nocase(str_make(sql.p, now.n), now);
}

/* Filled in by the database itself. */
static struct str
clock_type(const struct column *c)
{
	if (c->follows_update)
		return STR("timestamp_on_update");
	return is_now(c->default_text) ? STR("timestamp_on_create") : STR_NULL;
}

struct str
column_type(const struct db_table *table, const struct column *c)
{
	struct str type = c->kind == COLUMN_DATETIME ? clock_type(c) : STR_NULL;
	size_t place;

	if (!str_is_null(type))
		return type;
	if (c->auto_increment)
		return word_is(c, "bigint") ? STR("bigid") : STR("id");
	if (c->kind == COLUMN_INTEGER && column_key(table, c, &place) != NULL)
		return STR("reference");
	return str_of(type_of(c));
}

bool
column_may_be_null(const struct column *c)
{
	return !c->not_null && c->key_part == 0;
}

bool
column_is_fixed(const struct column *c)
{
	return word_is(c, "char") || word_is(c, "character") ||
	       word_is(c, "nchar") || word_is(c, "binary");
}

bool
column_is_national(const struct column *c)
{
	return word_is(c, "nchar") || word_is(c, "nvarchar") ||
	       word_is(c, "national") || word_is(c, "native");
}
