#include "tests/support/odd_table.h"

#include "app/base/arena.h"
#include "app/base/buf.h"

#define N_COLUMNS 5

struct column odd_columns[N_COLUMNS] = {
	{ .name = { "id", 2 }, .kind = COLUMN_INTEGER, .key_part = 1 },
	{ .name = { "a`b", 3 }, .kind = COLUMN_TEXT },
	{ .name = { "x; DROP TABLE t", 15 }, .kind = COLUMN_ANY },
	{ .name = { "c desc", 6 }, .kind = COLUMN_REAL },
	{ .name = { "\"q\"", 3 }, .kind = COLUMN_TEXT },
};

static struct column *key[] = { &odd_columns[0] };

const struct db_table odd_table = {
	.name = { "t`t", 3 },
	.columns = odd_columns,
	.n_columns = N_COLUMNS,
	.key = key,
	.n_key = 1,
};

/* Does the name of a function stand before it (SUM_amount)? */
static struct str
function_strip(struct str name)
{
	static const char *const functions[] = { "AVG_", "COUNT_", "MAX_",
		"MIN_", "SUM_" };

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (str_starts(name, str_of(functions[i])))
			return str_skip(name, strlen(functions[i]));
	}
	return name;
}

static bool
is_known(const struct db_table *table, struct str name)
{
	bool known =
	    str_eq(name, table->name) || str_eq(name, STR("COUNT_ALL"));

	for (size_t i = 0; i < table->n_columns; i++)
		known = known ||
			str_eq(function_strip(name), table->columns[i].name);
	return known;
}

/* "r1", "j2_": what filters on related records call their tables. */
static bool
is_alias(struct str name)
{
	if (name.n == 3 && name.p[2] == '_')
		name.n = 2;
	return name.n == 2 && (name.p[0] == 'r' || name.p[0] == 'j') &&
	       (name.p[1] == '1' || name.p[1] == '2');
}

static bool
is_known_in(const struct catalog *catalog, struct str name)
{
	for (size_t i = 0; i < catalog->n_tables; i++) {
		if (is_known(&catalog->tables[i], name))
			return true;
	}
	return is_alias(name);
}

/* Takes a quoted name off the front; false when it is not the catalogue's. */
static bool
name_skip(struct arena *arena, struct str *sql, const struct catalog *catalog)
{
	struct buf name = buf_in(arena);
	size_t at = 1;

	while (at < sql->n) {
		if (sql->p[at] == '`' &&
		    (at + 1 == sql->n || sql->p[at + 1] != '`')) {
			*sql = str_skip(*sql, at + 1);
			return is_known_in(catalog, buf_str(&name));
		}
		if (sql->p[at] == '`')
			at++;
		buf_put_char(&name, sql->p[at++]);
	}
	return false;
}

static bool
word_skip(struct str *sql)
{
	static const char *const words[] = { "SELECT", "FROM", "WHERE", "ORDER",
		"BY", "LIMIT", "OFFSET", "DESC", "IS", "NOT", "NULL", "AND",
		"count", "INSERT", "INTO", "VALUES", "UPDATE", "SET", "DELETE",
		"RETURNING", "OR", "IN", "LIKE", "ESCAPE", "GROUP", "AS",
		"grouped", "AVG", "COUNT", "MAX", "MIN", "SUM", "EXISTS",
		"JOIN", "ON", "p", "j", "r", "k", "w", "n", "DISTINCT", "UNION",
		"ALL", "ROW_NUMBER", "OVER", "PARTITION" };
	size_t n = 0;
	struct str word;

	while (n < sql->n &&
	       ((sql->p[n] >= 'A' && sql->p[n] <= 'Z') ||
		   (sql->p[n] >= 'a' && sql->p[n] <= 'z') || sql->p[n] == '_'))
		n++;
	word = str_make(sql->p, n);
	*sql = str_skip(*sql, n);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_eq(word, str_of(words[i])))
			return true;
	}
	return false;
}

static size_t
digits_of(struct str sql)
{
	size_t n = 0;

	while (n < sql.n && sql.p[n] >= '0' && sql.p[n] <= '9')
		n++;
	return n;
}

/* "a0", "f12": columns that have no name of the catalogue. */
static bool
nth_skip(struct str *sql)
{
	size_t n = digits_of(str_skip(*sql, 1));
	char c = sql->p[0];

	if (n == 0 || (c != 'a' && c != 'b' && c != 'f'))
		return false;
	*sql = str_skip(*sql, 1 + n);
	return true;
}

/* The place of a key: "12 AS a0". */
static bool
place_skip(struct str *sql)
{
	size_t n = digits_of(*sql);

	if (!str_starts(str_skip(*sql, n), STR(" AS a0,")))
		return false;
	*sql = str_skip(*sql, n);
	return true;
}

static bool
number_skip(struct str *sql)
{
	static const char *const numbers[] = { "1)", "1 ",
		"9223372036854775807)" };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (!str_starts(*sql, str_of(numbers[i])))
			continue;
		*sql = str_skip(*sql, strlen(numbers[i]));
		return true;
	}
	return false;
}

bool
sql_is_ours(struct arena *arena, struct str sql, const struct db_table *table)
{
	struct db_table copy = *table;
	struct catalog catalog = { .tables = &copy, .n_tables = 1 };

	return sql_is_of(arena, sql, &catalog);
}

bool
sql_is_of(struct arena *arena, struct str sql, const struct catalog *catalog)
{
	bool ours = true;

	while (ours && sql.n > 0) {
		if (sql.p[0] == '`')
			ours = name_skip(arena, &sql, catalog);
		else if (str_find(STR(" ,?()=*<>."), sql.p[0]) < 10)
			sql = str_skip(sql, 1);
		else if (str_starts(sql, STR("'!'")))
			sql = str_skip(sql, 3);
		else if (sql.p[0] >= '0' && sql.p[0] <= '9')
			ours = place_skip(&sql) || number_skip(&sql);
		else
			ours = nth_skip(&sql) || word_skip(&sql);
	}
	return ours;
}
