/*
 * Values in and out. SQLite types each value, not each column; the declared
 * type says how a value is meant, so both are looked at.
 */
#include "drivers/db/sqlite_conn.h"

#include <float.h>

static bool
holds(struct str text, struct str word)
{
	for (; text.n >= word.n; text = str_skip(text, 1)) {
		if (str_eq_nocase(str_make(text.p, word.n), word))
			return true;
	}
	return false;
}

/* The first row whose word is part of the declared type says the kind. */
static const struct {
	struct str word;
	enum column_kind kind;
} kind_words[] = {
	{ { "BOOL", 4 }, COLUMN_BOOLEAN },
	{ { "TINYINT(1)", 10 }, COLUMN_BOOLEAN },
	{ { "BIT(1)", 6 }, COLUMN_BOOLEAN },
	{ { "BIT(", 4 }, COLUMN_INTEGER },
	{ { "DATETIME", 8 }, COLUMN_DATETIME },
	{ { "TIMESTAMP", 9 }, COLUMN_DATETIME },
	{ { "DATE", 4 }, COLUMN_DATE },
	{ { "TIME", 4 }, COLUMN_TIME },
	{ { "JSON", 4 }, COLUMN_JSON },
	{ { "DEC", 3 }, COLUMN_DECIMAL },
	{ { "NUMERIC", 7 }, COLUMN_DECIMAL },
	{ { "MONEY", 5 }, COLUMN_DECIMAL },
	{ { "INT", 3 }, COLUMN_INTEGER },
	{ { "CHAR", 4 }, COLUMN_TEXT },
	{ { "CLOB", 4 }, COLUMN_TEXT },
	{ { "TEXT", 4 }, COLUMN_TEXT },
	{ { "BLOB", 4 }, COLUMN_BINARY },
	{ { "BINARY", 6 }, COLUMN_BINARY },
	{ { "REAL", 4 }, COLUMN_REAL },
	{ { "FLOA", 4 }, COLUMN_REAL },
	{ { "DOUB", 4 }, COLUMN_REAL },
};

enum column_kind
sqlite_kind(struct str declared)
{
	if (str_eq_nocase(declared, STR("BIT"))) /* of one, as elsewhere */
		return COLUMN_BOOLEAN;
	for (size_t i = 0; i < sizeof(kind_words) / sizeof(kind_words[0]);
	     i++) {
		if (holds(declared, kind_words[i].word))
			return kind_words[i].kind;
	}
	return COLUMN_ANY;
}

/* Only where the type says text or bytes does a number stay as written; else
 * it becomes a double when it is no integer. */
unsigned
sqlite_digits(struct str declared)
{
	static const struct str keep[] = { { "CHAR", 4 }, { "CLOB", 4 },
		{ "TEXT", 4 }, { "BLOB", 4 } };
	bool keeps = false;

	for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		keeps = keeps || holds(declared, keep[i]);
	return keeps && !holds(declared, STR("INT")) ? 0 : DBL_DIG;
}

static size_t
digits_skip(struct str s, size_t at)
{
	while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
		at++;
	return at;
}

/* Digits as JSON writes them, so that the text can go out as a number. */
static bool
is_decimal(struct str s)
{
	size_t from = s.n > 0 && s.p[0] == '-' ? 1 : 0;
	size_t at = digits_skip(s, from);

	if (at == from || (s.p[from] == '0' && at > from + 1))
		return false;
	if (at == s.n)
		return true;
	if (s.p[at] != '.')
		return false;
	from = at + 1;
	at = digits_skip(s, from);
	return at > from && at == s.n;
}

/* The bytes at p, of a value whose length is asked last: reading the text may
 * change it. */
static struct str
bytes_of(sqlite3_value *v, const void *p)
{
	return str_make(p == NULL ? "" : p, (size_t)sqlite3_value_bytes(v));
}

static struct db_value
value_int(int64_t i, enum column_kind kind)
{
	bool is_bool = kind == COLUMN_BOOLEAN && (i == 0 || i == 1);

	return (struct db_value){ .type = is_bool ? DB_BOOL : DB_INT, .i = i };
}

static struct db_value
value_text(struct str s, enum column_kind kind)
{
	enum db_type type = DB_TEXT;

	if (kind == COLUMN_BINARY)
		type = DB_BLOB;
	else if (kind == COLUMN_DECIMAL && is_decimal(s))
		type = DB_NUMBER;
	return (struct db_value){ .type = type, .s = s };
}

static struct db_value
value_read(sqlite3_value *v, enum column_kind kind)
{
	switch (sqlite3_value_type(v)) {
	case SQLITE_INTEGER:
		return value_int(sqlite3_value_int64(v), kind);
	case SQLITE_FLOAT:
		return (struct db_value){ .type = DB_REAL,
			.d = sqlite3_value_double(v) };
	case SQLITE_TEXT:
		return value_text(bytes_of(v, sqlite3_value_text(v)), kind);
	case SQLITE_BLOB:
		return (struct db_value){ .type = DB_BLOB,
			.s = bytes_of(v, sqlite3_value_blob(v)) };
	default:
		return (struct db_value){ .type = DB_NULL };
	}
}

/* A column is looked up once, not by each sqlite3_column_...(): a connection
 * without mutexes has no difference between its values and protected ones. */
void
sqlite_row_read(struct sqlite_kept *kept)
{
	for (size_t i = 0; i < kept->n_columns; i++)
		kept->row[i] = value_read(
		    sqlite3_column_value(kept->stmt, (int)i), kept->kinds[i]);
}

static int
value_bind(sqlite3_stmt *stmt, int i, const struct db_value *v)
{
	const char *p;

	switch (v->type) {
	case DB_NULL:
		return sqlite3_bind_null(stmt, i);
	case DB_INT:
	case DB_BOOL:
		return sqlite3_bind_int64(stmt, i, v->i);
	case DB_UINT:
		if (v->u > INT64_MAX)
			return SQLITE_MISMATCH;
		return sqlite3_bind_int64(stmt, i, (int64_t)v->u);
	case DB_REAL:
		return sqlite3_bind_double(stmt, i, v->d);
	case DB_NUMBER:
	case DB_TEXT:
		p = v->s.p == NULL ? "" : v->s.p;
		return sqlite3_bind_text64(
		    stmt, i, p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
	default:
		p = v->s.p == NULL ? "" : v->s.p;
		return sqlite3_bind_blob64(stmt, i, p, v->s.n, SQLITE_STATIC);
	}
}

enum status
sqlite_bind(struct db_conn *conn, sqlite3_stmt *stmt,
    const struct db_stmt *args, struct error *err)
{
	if ((int)args->n_args != sqlite3_bind_parameter_count(stmt))
		return error_set(err, ST_ERROR,
		    "%zu values are bound to %d places", args->n_args,
		    sqlite3_bind_parameter_count(stmt));
	for (size_t i = 0; i < args->n_args; i++) {
		int rc = value_bind(stmt, (int)i + 1, &args->args[i]);

		if (rc == SQLITE_MISMATCH)
			return error_set(err, ST_INVALID,
			    "a number is beyond 64 bits with sign");
		if (rc != SQLITE_OK)
			return sqlite_fail(conn, rc, err);
	}
	return ST_OK;
}
