#include "app/services/db/schema/column_default.h"

#include "app/base/arena.h"
#include "app/base/jsonout.h"
#include "app/base/jsonread.h"
#include "drivers/db/catalog.h"

/* 'it''s' without its quotes; false when it is no such text. */
static bool
unquote(struct arena *arena, struct str sql, struct str *out)
{
	struct buf text = buf_in(arena);

	if (sql.n < 2 || sql.p[0] != '\'' || sql.p[sql.n - 1] != '\'')
		return false;
	sql = str_make(sql.p + 1, sql.n - 2);
	for (size_t i = 0; i < sql.n; i++) {
		if (sql.p[i] == '\'' && (++i == sql.n || sql.p[i] != '\''))
			return false;
		buf_put_char(&text, sql.p[i]);
	}
	*out = buf_str(&text);
	return true;
}

static bool
is_number(struct arena *arena, struct str text)
{
	struct json v;

	return text.n > 0 && json_parse(arena, text, &v, NULL) == ST_OK &&
	       json_kind(v) == JSON_NUMBER;
}

bool
column_default_literal(
    struct arena *arena, const struct column *c, struct db_value *out)
{
	struct str sql = c->default_text;

	*out = (struct db_value){ .type = DB_NULL };
	if (str_is_null(sql))
		return true;
	out->s = sql;
	if (is_number(arena, sql))
		out->type = DB_NUMBER;
	else if (unquote(arena, sql, &out->s))
		out->type = DB_TEXT;
	return out->type != DB_NULL;
}

static bool
is_numeric(const struct column *c)
{
	return c->kind == COLUMN_INTEGER || c->kind == COLUMN_REAL ||
	       c->kind == COLUMN_DECIMAL;
}

/* True and false as either engine writes them. */
static bool
flag_of(struct str sql, bool *out)
{
	static const char *const yes[] = { "1", "'1'", "b'1'", "true" };
	static const char *const no[] = { "0", "'0'", "b'0'", "false" };

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		*out = str_eq_nocase(sql, str_of(yes[i]));
		if (*out || str_eq_nocase(sql, str_of(no[i])))
			return true;
	}
	return false;
}

static void
put_literal(struct buf *out, struct arena *arena, const struct column *c,
    const struct db_value *v)
{
	if (v->type == DB_NULL)
		buf_put_lit(out, "null");
	else if (v->type == DB_NUMBER ||
		 (is_numeric(c) && is_number(arena, v->s)))
		buf_put(out, v->s);
	else
		json_put_str(out, v->s);
}

void
column_default_put(struct buf *out, struct arena *arena, const struct column *c)
{
	struct db_value v;
	bool flag;

	if (c->kind == COLUMN_BOOLEAN && flag_of(c->default_text, &flag)) {
		json_put_bool(out, flag);
	} else if (column_default_literal(arena, c, &v)) {
		put_literal(out, arena, c, &v);
	} else {
		buf_put_lit(out, "{\"expression\":");
		json_put_str(out, c->default_text);
		buf_put_char(out, '}');
	}
}
