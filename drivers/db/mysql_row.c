/*
 * Rows on their way out. Each column is fetched into a small buffer of its
 * own; a text that does not fit is fetched once more into a larger one, so
 * that no result is measured or held whole.
 */
#include "drivers/db/mysql_conn.h"

#include <assert.h>
#include <stdlib.h>

#include "drivers/db/mysql_time.h"

#define SMALL_BYTES    256u
#define KEEP_BYTES     65536u /* of a big value, until the next */
#define CHARSET_BINARY 63u
#define BIT_BYTES      8
#define BIT_DIGITS     20 /* of 64 bits */

enum read_as {
	READ_NULL,
	READ_INTEGER,
	READ_UNSIGNED,
	READ_BOOLEAN,
	READ_BITS,
	READ_FLOAT,
	READ_DOUBLE,
	READ_DECIMAL,
	READ_TIME,
	READ_TEXT,
	READ_BLOB
};

struct mysql_column {
	/* As described: when any of it changes, so does the rest. */
	enum enum_field_types type;
	unsigned flags;
	unsigned charset;
	unsigned decimals;
	unsigned long width;

	enum read_as as;
	my_bool is_null;
	my_bool is_cut;
	unsigned long n; /* bytes of the value, whether they fitted or not */
	union {
		int64_t i;
		float f;
		double d;
		MYSQL_TIME time;
		char *small; /* room bytes */
	};
	unsigned long room;
	char *large;
	unsigned long large_room;
	char text[MYSQL_TIME_BYTES];
};

static bool
has_small(const struct mysql_column *c)
{
	return c->as == READ_BITS || c->as == READ_DECIMAL ||
	       c->as == READ_TEXT || c->as == READ_BLOB;
}

void
mysql_columns_free(struct mysql_kept *kept)
{
	for (size_t i = 0; i < kept->n_columns; i++) {
		if (has_small(&kept->columns[i]))
			free(kept->columns[i].small);
		free(kept->columns[i].large);
	}
	free(kept->columns);
	free(kept->binds);
	free(kept->row);
	kept->columns = NULL;
	kept->binds = NULL;
	kept->row = NULL;
	kept->n_columns = 0;
}

static enum read_as
read_integer(const MYSQL_FIELD *field)
{
	if ((field->flags & UNSIGNED_FLAG) != 0)
		return READ_UNSIGNED;
	return field->type == MYSQL_TYPE_TINY && field->length == 1
		   ? READ_BOOLEAN
		   : READ_INTEGER;
}

static enum read_as
read_as(const MYSQL_FIELD *field)
{
	switch (field->type) {
	case MYSQL_TYPE_NULL:
		return READ_NULL;
	case MYSQL_TYPE_TINY:
	case MYSQL_TYPE_SHORT:
	case MYSQL_TYPE_INT24:
	case MYSQL_TYPE_LONG:
	case MYSQL_TYPE_LONGLONG:
	case MYSQL_TYPE_YEAR:
		return read_integer(field);
	case MYSQL_TYPE_BIT:
		return READ_BITS;
	case MYSQL_TYPE_FLOAT:
		return READ_FLOAT;
	case MYSQL_TYPE_DOUBLE:
		return READ_DOUBLE;
	case MYSQL_TYPE_DECIMAL:
	case MYSQL_TYPE_NEWDECIMAL:
		return READ_DECIMAL;
	case MYSQL_TYPE_DATE:
	case MYSQL_TYPE_TIME:
	case MYSQL_TYPE_DATETIME:
	case MYSQL_TYPE_TIMESTAMP:
		return READ_TIME;
	case MYSQL_TYPE_JSON:
		return READ_TEXT; /* MySQL says that it is binary */
	default:
		return field->charsetnr == CHARSET_BINARY ? READ_BLOB
							  : READ_TEXT;
	}
}

static void
column_bind(struct mysql_column *c, MYSQL_BIND *b)
{
	*b = (MYSQL_BIND){ .is_null = &c->is_null,
		.error = &c->is_cut,
		.length = &c->n,
		.buffer = &c->i };
	switch (c->as) {
	case READ_NULL:
		b->buffer_type = MYSQL_TYPE_NULL;
		break;
	case READ_INTEGER:
	case READ_UNSIGNED:
	case READ_BOOLEAN:
		b->buffer_type = MYSQL_TYPE_LONGLONG;
		b->is_unsigned = c->as == READ_UNSIGNED;
		break;
	case READ_FLOAT:
		b->buffer_type = MYSQL_TYPE_FLOAT;
		break;
	case READ_DOUBLE:
		b->buffer_type = MYSQL_TYPE_DOUBLE;
		break;
	case READ_TIME:
		b->buffer_type = c->type;
		b->buffer_length = sizeof(c->time);
		break;
	default:
		b->buffer_type = c->as == READ_TEXT || c->as == READ_DECIMAL
				     ? MYSQL_TYPE_STRING
				     : MYSQL_TYPE_BLOB;
		b->buffer = c->small;
		b->buffer_length = c->room;
	}
}

static void
column_describe(struct mysql_column *c, const MYSQL_FIELD *field)
{
	*c = (struct mysql_column){ .type = field->type,
		.flags = field->flags,
		.charset = field->charsetnr,
		.decimals = field->decimals,
		.width = field->length,
		.as = read_as(field) };
	if (!has_small(c))
		return;
	c->room = field->length < SMALL_BYTES ? field->length + 1 : SMALL_BYTES;
	if (c->as == READ_BITS)
		c->room = BIT_DIGITS;
	c->small = malloc(c->room);
	if (c->small == NULL)
		abort();
}

static bool
is_described(const struct mysql_kept *kept, const MYSQL_FIELD *fields, size_t n)
{
	if (n != kept->n_columns)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct mysql_column *c = &kept->columns[i];
		const MYSQL_FIELD *f = &fields[i];

		if (c->type != f->type || c->flags != f->flags ||
		    c->charset != f->charsetnr || c->decimals != f->decimals ||
		    c->width != f->length)
			return false;
	}
	return true;
}

static void *
array_make(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL)
		abort();
	return p;
}

enum status
mysql_kept_describe(
    struct db_conn *conn, struct mysql_kept *kept, struct error *err)
{
	size_t n = mysql_stmt_field_count(kept->stmt);
	const MYSQL_FIELD *fields = kept->stmt->fields;

	if (!is_described(kept, fields, n)) {
		mysql_columns_free(kept);
		kept->n_columns = n;
		kept->columns = array_make(n, sizeof(kept->columns[0]));
		kept->binds = array_make(n, sizeof(kept->binds[0]));
		kept->row = array_make(n, sizeof(kept->row[0]));
		for (size_t i = 0; i < n; i++) {
			column_describe(&kept->columns[i], &fields[i]);
			column_bind(&kept->columns[i], &kept->binds[i]);
		}
	}
	if (mysql_stmt_bind_result(kept->stmt, kept->binds) == 0)
		return ST_OK;
	return mysql_fail(conn, mysql_stmt_errno(kept->stmt),
	    mysql_stmt_error(kept->stmt), err);
}

/* The whole of a value that did not fit. */
static struct str
value_refetch(struct mysql_kept *kept, size_t i)
{
	struct mysql_column *c = &kept->columns[i];
	unsigned long n = c->n;
	my_bool is_null = 0, is_cut = 0;
	MYSQL_BIND b = kept->binds[i];

	if (c->large_room < n) {
		free(c->large);
		c->large = malloc(n);
		c->large_room = n;
		if (c->large == NULL)
			abort();
	}
	b.buffer = c->large;
	b.buffer_length = n;
	b.is_null = &is_null;
	b.error = &is_cut;
	b.length = &n;
	if (mysql_stmt_fetch_column(kept->stmt, &b, (unsigned)i, 0) != 0)
		return STR_NULL;
	return str_make(c->large, c->n);
}

static struct str
bytes_of(struct mysql_kept *kept, size_t i)
{
	const struct mysql_column *c = &kept->columns[i];

	return c->n <= c->room ? str_make(c->small, c->n)
			       : value_refetch(kept, i);
}

/* BIT(n) comes as bytes, the highest first, or in digits. */
static struct db_value
bits_value(const struct mysql_kept *kept, const struct mysql_column *c)
{
	uint64_t u = 0;

	for (size_t i = 0; i < c->n && i < BIT_BYTES && !kept->is_out; i++)
		u = u << 8 | (unsigned char)c->small[i];
	if (kept->is_out && c->n <= c->room)
		(void)str_to_u64(str_make(c->small, c->n), &u);
	if (c->width == 1)
		return (struct db_value){ .type = DB_BOOL, .i = (int64_t)u };
	if (u <= INT64_MAX)
		return (struct db_value){ .type = DB_INT, .i = (int64_t)u };
	return (struct db_value){ .type = DB_UINT, .u = u };
}

static struct db_value
integer_value(const struct mysql_column *c)
{
	struct db_value v = { .type = DB_INT, .i = c->i };

	if (c->as == READ_UNSIGNED && c->i < 0)
		v = (struct db_value){ .type = DB_UINT, .u = (uint64_t)c->i };
	else if (c->as == READ_BOOLEAN && (c->i == 0 || c->i == 1))
		v.type = DB_BOOL;
	return v;
}

/* ZEROFILL puts zeros before a number; JSON does not know such numbers. */
static struct db_value
decimal_value(struct str s)
{
	while (s.n > 1 && s.p[0] == '0' && s.p[1] >= '0' && s.p[1] <= '9')
		s = str_skip(s, 1);
	return (struct db_value){ .type = DB_NUMBER, .s = s };
}

static struct db_value
value_of(struct mysql_kept *kept, size_t i)
{
	struct mysql_column *c = &kept->columns[i];
	struct db_value v = { .type = DB_NULL };

	if (c->is_null)
		return v;
	switch (c->as) {
	case READ_NULL:
		return v;
	case READ_INTEGER:
	case READ_UNSIGNED:
	case READ_BOOLEAN:
		return integer_value(c);
	case READ_BITS:
		return bits_value(kept, c);
	case READ_FLOAT:
		v.type = DB_REAL;
		v.d = mysql_float_widen(c->f);
		return v;
	case READ_DOUBLE:
		v.type = DB_REAL;
		v.d = c->d;
		return v;
	case READ_DECIMAL:
		return decimal_value(bytes_of(kept, i));
	case READ_TIME:
		v.type = DB_TEXT;
		v.s = mysql_time_text(&c->time, c->type, c->decimals, c->text);
		return v;
	default:
		v.type = c->as == READ_TEXT ? DB_TEXT : DB_BLOB;
		v.s = bytes_of(kept, i);
		return v;
	}
}

/* What the server said in place of a row: MariaDB's library leaves that with
 * the link, not the statement. */
static enum status
fetch_fail(struct db_conn *conn, struct mysql_kept *kept, struct error *err)
{
	unsigned code = mysql_stmt_errno(kept->stmt);

	if (code == 0 && mysql_errno(conn->link) != 0)
		return mysql_fail(conn, mysql_errno(conn->link),
		    mysql_error(conn->link), err);
	return mysql_fail(conn, code, mysql_stmt_error(kept->stmt), err);
}

enum status
mysql_row_read(struct db_conn *conn, struct mysql_kept *kept, bool *more,
    struct error *err)
{
	int rc = mysql_stmt_fetch(kept->stmt);

	*more = rc == 0 || rc == MYSQL_DATA_TRUNCATED;
	if (rc == MYSQL_NO_DATA)
		return ST_OK;
	if (!*more)
		return fetch_fail(conn, kept, err);
	for (size_t i = 0; i < kept->n_columns; i++) {
		kept->row[i] = value_of(kept, i);
		if (kept->row[i].type >= DB_NUMBER &&
		    str_is_null(kept->row[i].s))
			return error_set(err, ST_ERROR,
			    "the library does not give the value it has");
	}
	return ST_OK;
}

void
mysql_row_shrink(struct mysql_kept *kept)
{
	for (size_t i = 0; i < kept->n_columns; i++) {
		struct mysql_column *c = &kept->columns[i];

		if (c->large_room <= KEEP_BYTES)
			continue;
		free(c->large);
		c->large = NULL;
		c->large_room = 0;
	}
}
