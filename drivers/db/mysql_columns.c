/*
 * Columns as information_schema.COLUMNS has them. The server refuses, cuts or
 * rounds what passes their bounds, as its mode says.
 */
#include "drivers/db/mysql_catalog.h"

#include "app/base/arena.h"
#include "drivers/db/catalog_build.h"

/* A column that may be NULL and has no default has the default NULL. MySQL
 * writes a default that is no expression without its quotes. */
#define HAS_DEFAULT                                                            \
	"COLUMN_DEFAULT IS NOT NULL AND "                                      \
	"(IS_NULLABLE = 'NO' OR COLUMN_DEFAULT <> 'NULL')"
#define SQL_COLUMNS(quoted)                                                    \
	"SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE = 'NO', "    \
	"IF(" HAS_DEFAULT ", " quoted ", NULL), "                              \
	"EXTRA LIKE '%auto_increment%', "                                      \
	"EXTRA LIKE '%VIRTUAL GENERATED%' OR EXTRA LIKE '%STORED GENERATED%'," \
	"DATA_TYPE = 'bit' OR "                                                \
	"(NUMERIC_PRECISION IS NOT NULL AND COLUMN_TYPE LIKE '%unsigned%'), "  \
	"CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, "         \
	"DATA_TYPE, CHARACTER_SET_NAME, "                                      \
	"EXTRA LIKE '%on update current_timestamp%' "                          \
	"FROM information_schema.COLUMNS "                                     \
	"WHERE TABLE_SCHEMA = DATABASE() "                                     \
	"ORDER BY CAST(TABLE_NAME AS BINARY), ORDINAL_POSITION"
#define MARIADB_DEFAULT "COLUMN_DEFAULT"
#define MYSQL_DEFAULT                                                          \
	"IF(EXTRA LIKE '%DEFAULT_GENERATED%' OR NUMERIC_PRECISION IS NOT "     \
	"NULL, COLUMN_DEFAULT, QUOTE(COLUMN_DEFAULT))"

/* Types of whole numbers and their bytes. */
static const struct {
	const char *word;
	unsigned width;
} widths[] = {
	{ "tinyint", 1 },
	{ "smallint", 2 },
	{ "mediumint", 3 },
	{ "int", 4 },
	{ "bigint", 8 },
	{ "year", 2 },
};

static unsigned
width_of(struct str word, int64_t precision)
{
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		if (str_eq(word, str_of(widths[i].word)))
			return widths[i].width;
	}
	return str_eq(word, STR("bit")) ? ((unsigned)precision + 7) / 8 : 0;
}

static int64_t
number_of(const struct db_value *v)
{
	if (v->type == DB_UINT && v->u > INT64_MAX)
		return INT64_MAX;
	return v->type == DB_NULL ? 0 : v->i;
}

/* One byte of a choice, as it stands between quotes, at *at. */
static char
choice_char(struct str type, size_t *at)
{
	char c = type.p[(*at)++];

	if (*at >= type.n || (c != '\'' && c != '\\'))
		return c;
	if (c == '\'')
		return type.p[(*at)++]; /* doubled */
	c = type.p[(*at)++];
	switch (c) {
	case '0':
		return '\0';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	default:
		return c;
	}
}

/* The choice whose opening quote is at *at, which goes behind its end. */
static struct str
choice_read(struct arena *arena, struct str type, size_t *at)
{
	struct buf choice = buf_in(arena);

	for ((*at)++; *at < type.n;) {
		bool quote = type.p[*at] == '\'';

		if (quote && (*at + 1 == type.n || type.p[*at + 1] != '\''))
			break;
		buf_put_char(&choice, choice_char(type, at));
	}
	(*at)++;
	return buf_str(&choice);
}

/* enum('a','b''c'): what is between the brackets. */
static void
choices_read(struct arena *arena, struct column *c)
{
	struct buf list = buf_in(arena);
	size_t at = str_find(c->db_type, '(') + 1;

	while (at < c->db_type.n && c->db_type.p[at] == '\'') {
		struct str choice = choice_read(arena, c->db_type, &at);

		items_add(&list, &choice, sizeof(choice));
		at++; /* the comma */
	}
	c->choices = (struct str *)list.p;
	c->n_choices = list.n / sizeof(struct str);
}

void
mysql_bounds_read(
    struct arena *arena, struct column *c, const struct db_value *v)
{
	struct str word = v[3].s;

	c->is_set = str_eq(word, STR("set"));
	if (c->is_set || str_eq(word, STR("enum"))) {
		choices_read(arena, c);
		return;
	}
	if (c->kind == COLUMN_DECIMAL) {
		c->precision = (unsigned)number_of(&v[1]);
		c->scale = (unsigned)number_of(&v[2]);
	}
	c->length = number_of(&v[0]);
	c->width = width_of(word, number_of(&v[1]));
	mysql_form(c, word, (unsigned)number_of(&v[1]),
	    v[4].type == DB_NULL ? STR_NULL : v[4].s);
}

/* The server may escape with backslashes; the catalogue only doubles quotes. */
static struct str
default_of(const struct mysql_reading *r, const struct db_value *v)
{
	struct str sql = mysql_text(r, v);
	struct buf text = buf_in(r->arena);
	struct str meant;
	size_t at = 0;

	if (!str_starts(sql, STR("'")))
		return sql;
	meant = choice_read(r->arena, sql, &at);
	if (at != sql.n)
		return sql;
	buf_put_char(&text, '\'');
	for (size_t i = 0; i < meant.n; i++) {
		if (meant.p[i] == '\'')
			buf_put_char(&text, '\'');
		buf_put_char(&text, meant.p[i]);
	}
	buf_put_char(&text, '\'');
	return buf_str(&text);
}

static void
columns_end(struct mysql_reading *r)
{
	if (r->table == NULL)
		return;
	r->table->columns = (struct column *)r->list.p;
	r->table->n_columns = r->list.n / sizeof(struct column);
}

static enum status
on_column(void *ctx, const struct db_value *v, size_t n)
{
	struct mysql_reading *r = ctx;
	struct db_table *t = mysql_table(r, v[0].s);
	struct str db_type = mysql_text(r, &v[2]);
	struct column c = {
		.name = mysql_text(r, &v[1]),
		.db_type = db_type,
		.kind = mysql_kind(db_type),
		.not_null = v[3].i != 0,
		.has_default = v[4].type != DB_NULL,
		.default_text = default_of(r, &v[4]),
		.auto_increment = v[5].i != 0,
		.generated = v[6].i != 0,
		.is_unsigned = v[7].i != 0,
		.follows_update = v[13].i != 0,
	};

	(void)n;
	if (t != r->table) {
		columns_end(r);
		r->table = t;
		r->list = buf_in(r->arena);
	}
	mysql_bounds_read(r->arena, &c, &v[8]);
	items_add(&r->list, &c, sizeof(c));
	return ST_OK;
}

/* MariaDB's type json is a longtext that is checked. */
#define SQL_JSON                                                               \
	"SELECT TABLE_NAME, CONSTRAINT_NAME "                                  \
	"FROM information_schema.CHECK_CONSTRAINTS "                           \
	"WHERE CONSTRAINT_SCHEMA = DATABASE() AND LEVEL = 'Column' "           \
	"AND CHECK_CLAUSE LIKE 'json!_valid(%' ESCAPE '!'"

static enum status
on_json(void *ctx, const struct db_value *v, size_t n)
{
	struct column *c = mysql_column(ctx, v);

	(void)n;
	if (c == NULL || !str_eq(c->db_type, STR("longtext")))
		return ST_OK;
	c->kind = COLUMN_JSON;
	c->form = FORM_PLAIN;
	return ST_OK;
}

enum status
mysql_columns_read(struct mysql_reading *r, struct error *err)
{
	const char *sql = r->conn->is_mariadb ? SQL_COLUMNS(MARIADB_DEFAULT)
					      : SQL_COLUMNS(MYSQL_DEFAULT);
	enum status st;

	r->table = NULL;
	r->list = buf_in(r->arena);
	st = mysql_ask(r, sql, on_column, err);
	columns_end(r);
	for (size_t i = 0; i < r->catalog->n_tables; i++)
		table_link(&r->catalog->tables[i], r->arena);
	if (st == ST_OK && r->conn->is_mariadb)
		st = mysql_ask(r, SQL_JSON, on_json, err);
	return st;
}
