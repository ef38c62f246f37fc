/* Values on their way to the server: bound, never part of a text. */
#include "drivers/db/mysql_conn.h"

/* Digits of a DECIMAL at most; a longer text is judged by the column. */
#define DECIMAL_DIGITS 65

/* What a packet holds beside the values, and more. */
#define PACKET_SLACK 1024

static void
bind_number(MYSQL_BIND *b, const void *p, enum enum_field_types type)
{
	b->buffer_type = type;
	b->buffer = (void *)(uintptr_t)p; /* it is only read */
}

static void
bind_bytes(MYSQL_BIND *b, struct str s, enum enum_field_types type)
{
	b->buffer_type = type;
	b->buffer = (void *)(uintptr_t)(s.p == NULL ? "" : s.p);
	b->buffer_length = (unsigned long)s.n;
}

static void
bind_value(MYSQL_BIND *b, const struct db_value *v)
{
	*b = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_NULL };
	switch (v->type) {
	case DB_NULL:
		break;
	case DB_INT:
	case DB_BOOL:
		bind_number(b, &v->i, MYSQL_TYPE_LONGLONG);
		break;
	case DB_UINT:
		bind_number(b, &v->u, MYSQL_TYPE_LONGLONG);
		b->is_unsigned = 1;
		break;
	case DB_REAL:
		bind_number(b, &v->d, MYSQL_TYPE_DOUBLE);
		break;
	case DB_NUMBER:
		bind_bytes(b, v->s,
		    v->s.n <= DECIMAL_DIGITS ? MYSQL_TYPE_NEWDECIMAL
					     : MYSQL_TYPE_STRING);
		break;
	case DB_TEXT:
		bind_bytes(b, v->s, MYSQL_TYPE_STRING);
		break;
	case DB_BLOB:
		bind_bytes(b, v->s, MYSQL_TYPE_BLOB);
		break;
	}
}

enum status
mysql_bind(struct db_conn *conn, struct mysql_kept *kept,
    const struct db_stmt *args, struct error *err)
{
	uint64_t bytes = PACKET_SLACK;

	if (args->n_args != kept->n_args)
		return error_set(err, ST_ERROR,
		    "%zu values are bound to %zu places", args->n_args,
		    kept->n_args);
	for (size_t i = 0; i < args->n_args; i++) {
		bind_value(&kept->args[i], &args->args[i]);
		bytes += 16 + kept->args[i].buffer_length;
	}
	/* The server would hang up, and nobody would know why. */
	if (conn->packet_max > 0 && bytes > conn->packet_max)
		return error_set(err, ST_TOO_BIG,
		    "the values are larger than the database takes "
		    "(max_allowed_packet)");
	if (kept->n_args == 0 ||
	    mysql_stmt_bind_param(kept->stmt, kept->args) == 0)
		return ST_OK;
	return mysql_fail(conn, mysql_stmt_errno(kept->stmt),
	    mysql_stmt_error(kept->stmt), err);
}
