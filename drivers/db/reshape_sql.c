#include "drivers/db/reshape_sql.h"

#include "drivers/db/catalog.h"

bool
reshape_reads_texts(const struct reshape_change *change)
{
	return change->retypes && change->column->kind == COLUMN_TEXT &&
	       change->to.type >= TYPE_TINYINT &&
	       change->to.type <= TYPE_BOOLEAN;
}

void
sql_put_unlike(struct buf *out, struct str table, struct str column,
    const char *as_integer, const char *as_text)
{
	buf_put_lit(out, "SELECT EXISTS (SELECT 1 FROM ");
	sql_put_name(out, table);
	buf_put_lit(out, " WHERE ");
	sql_put_name(out, column);
	buf_printf(out, " IS NOT NULL AND CAST(CAST(CAST(");
	sql_put_name(out, column);
	buf_printf(
	    out, " AS %s) AS %s) AS BINARY) <> CAST(", as_integer, as_text);
	sql_put_name(out, column);
	buf_put_lit(out, " AS BINARY))");
}

void
sql_put_name(struct buf *out, struct str name)
{
	buf_put_char(out, '`');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '`')
			buf_put_char(out, '`');
		buf_put_char(out, name.p[i]);
	}
	buf_put_char(out, '`');
}

void
sql_put_names(struct buf *out, const struct str *names, size_t n)
{
	buf_put_char(out, '(');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_put_char(out, ',');
		sql_put_name(out, names[i]);
	}
	buf_put_char(out, ')');
}

void
sql_put_text(struct buf *out, struct str text, bool escapes)
{
	buf_put_char(out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'' || (escapes && text.p[i] == '\\'))
			buf_put_char(out, text.p[i]);
		buf_put_char(out, text.p[i]);
	}
	buf_put_char(out, '\'');
}

static void
put_length(struct buf *out, const char *word, int64_t length)
{
	buf_put(out, str_of(word));
	buf_printf(out, "(%lld)", (long long)length);
}

void
sql_put_type(struct buf *out, const struct reshape_column *c,
    const char *const words[COLUMN_TYPES])
{
	if (c->type == TYPE_KEEP)
		buf_put(out, c->declared);
	else if (c->type == TYPE_STRING)
		put_length(out, c->fixed ? "CHAR" : "VARCHAR", c->length);
	else if (c->type == TYPE_BINARY && c->length > 0)
		put_length(out, c->fixed ? "BINARY" : "VARBINARY", c->length);
	else if (c->type == TYPE_DECIMAL)
		buf_printf(out, "DECIMAL(%u,%u)", c->precision, c->scale);
	else
		buf_put(out, str_of(words[c->type]));
}

static void
put_value(struct buf *out, const struct db_value *v, bool escapes)
{
	if (v->type == DB_BOOL)
		buf_put_char(out, v->i != 0 ? '1' : '0');
	else if (v->type == DB_NUMBER)
		buf_put(out, v->s);
	else
		sql_put_text(out, v->s, escapes);
}

void
sql_put_default(struct buf *out, const struct reshape_column *c, bool escapes)
{
	if (c->default_kind == DEFAULT_NOW)
		buf_put_lit(out, " DEFAULT CURRENT_TIMESTAMP");
	if (c->default_kind != DEFAULT_VALUE)
		return;
	buf_put_lit(out, " DEFAULT ");
	put_value(out, &c->value, escapes);
}

void
sql_put_table(
    struct buf *out, const struct reshape_create *c, put_column_f *put_column)
{
	buf_put_lit(out, "CREATE TABLE ");
	sql_put_name(out, c->name);
	buf_put_lit(out, " (");
	for (size_t i = 0; i < c->n_columns; i++) {
		if (i > 0)
			buf_put_lit(out, ", ");
		put_column(out, &c->columns[i]);
	}
	if (c->n_key > 0) {
		buf_put_lit(out, ", PRIMARY KEY ");
		sql_put_names(out, c->key, c->n_key);
	}
}

static void
put_action(struct buf *out, const char *when, struct str action)
{
	if (str_is_null(action))
		return;
	buf_put(out, str_of(when));
	buf_put(out, action);
}

void
sql_put_key(struct buf *out, const struct reshape_key *key)
{
	buf_put_lit(out, "CONSTRAINT ");
	sql_put_name(out, key->name);
	buf_put_lit(out, " FOREIGN KEY ");
	sql_put_names(out, key->columns, key->n);
	buf_put_lit(out, " REFERENCES ");
	sql_put_name(out, key->ref_table);
	buf_put_char(out, ' ');
	sql_put_names(out, key->ref_columns, key->n);
	put_action(out, " ON UPDATE ", key->on_update);
	put_action(out, " ON DELETE ", key->on_delete);
}

void
sql_put_index(
    struct buf *out, struct str table, const struct reshape_index *index)
{
	buf_put_lit(out, "CREATE ");
	if (index->is_unique)
		buf_put_lit(out, "UNIQUE ");
	buf_put_lit(out, "INDEX ");
	sql_put_name(out, index->name);
	buf_put_lit(out, " ON ");
	sql_put_name(out, table);
	buf_put_char(out, ' ');
	sql_put_names(out, index->columns, index->n);
}
