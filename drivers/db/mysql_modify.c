#include "drivers/db/mysql_reshape.h"

#include "app/base/arena.h"
#include "drivers/db/catalog.h"
#include "drivers/db/reshape_sql.h"

/* What the catalogue does not hold of a column. */
struct more {
	struct arena *arena;
	struct str charset; /* STR_NULL: no text */
	struct str collation;
	struct str comment;
	bool is_odd; /* something that is not said again below */
	bool any;
};

/* A check of its own, other than that a JSON text is one, is refused; so is
 * what EXTRA says beyond counting and following updates (INVISIBLE). */
#define IS_EXTRA                                                               \
	"EXTRA NOT IN ('', 'auto_increment', 'DEFAULT_GENERATED') AND "        \
	"EXTRA NOT LIKE 'on update current_timestamp%' AND "                   \
	"EXTRA NOT LIKE 'DEFAULT_GENERATED on update current_timestamp%'"
#define IS_CHECKED                                                             \
	"EXISTS (SELECT 1 FROM information_schema.CHECK_CONSTRAINTS k "        \
	"WHERE k.CONSTRAINT_SCHEMA = DATABASE() AND k.TABLE_NAME = "           \
	"c.TABLE_NAME AND k.LEVEL = 'Column' AND k.CONSTRAINT_NAME = "         \
	"c.COLUMN_NAME AND k.CHECK_CLAUSE NOT LIKE 'json!_valid(%' "           \
	"ESCAPE '!')"
#define SQL_MORE(checked)                                                      \
	"SELECT CHARACTER_SET_NAME, COLLATION_NAME, COLUMN_COMMENT, "          \
	"(" IS_EXTRA ") OR " checked " FROM information_schema.COLUMNS c "     \
	"WHERE TABLE_SCHEMA = DATABASE() AND BINARY TABLE_NAME = ? "           \
	"AND BINARY COLUMN_NAME = ?"

static struct str
text_of(const struct more *m, const struct db_value *v)
{
	return v->type == DB_NULL ? STR_NULL : arena_dup(m->arena, v->s);
}

static enum status
on_more(void *ctx, const struct db_value *v, size_t n)
{
	struct more *m = ctx;

	(void)n;
	m->charset = text_of(m, &v[0]);
	m->collation = text_of(m, &v[1]);
	m->comment = text_of(m, &v[2]);
	m->is_odd = v[3].i != 0;
	m->any = true;
	return ST_OK;
}

/* MySQL keeps its checks beside the table, not in its columns. */
static enum status
more_read(struct reshaping *r, const struct db_table *table,
    const struct column *c, struct more *out, struct error *err)
{
	struct db_value args[] = { { .type = DB_TEXT, .s = table->name },
		{ .type = DB_TEXT, .s = c->name } };
	const char *sql =
	    r->conn->is_mariadb ? SQL_MORE(IS_CHECKED) : SQL_MORE("FALSE");
	struct db_stmt stmt = { str_of(sql), args, 2 };
	enum status st;

	*out = (struct more){ .arena = r->arena };
	st = mysql_run(r->conn, &stmt, r->deadline_ms, on_more, out, NULL, err);
	if (st == ST_OK && !out->any)
		return error_set(err, ST_STALE, "the schema has changed");
	return st;
}

/* What is stored in its characters stays so. */
static void
put_charset(struct buf *out, const struct more *m, bool is_text)
{
	if (str_is_null(m->charset) || !is_text)
		return;
	buf_put_lit(out, " CHARACTER SET ");
	buf_put(out, m->charset);
	buf_put_lit(out, " COLLATE ");
	buf_put(out, m->collation);
}

/* As the catalogue has it: a text, or an expression, which MySQL wants in
 * brackets unless it is the time. */
static void
put_kept_default(
    struct buf *out, const struct reshaping *r, const struct column *c)
{
	struct str sql = c->default_text;
	bool brackets = !r->conn->is_mariadb && sql.n > 0 &&
			sql.p[sql.n - 1] == ')' && c->kind != COLUMN_DATETIME;

	if (str_is_null(sql))
		return;
	buf_put_lit(out, " DEFAULT ");
	if (brackets)
		buf_put_char(out, '(');
	for (size_t i = 0; i < sql.n; i++) {
		if (sql.p[i] == '\\' && sql.p[0] == '\'')
			buf_put_char(out, '\\');
		buf_put_char(out, sql.p[i]);
	}
	if (brackets)
		buf_put_char(out, ')');
}

/* "(6)" of "timestamp(6)": the time has as many places. */
static void
put_follows(struct buf *out, const struct column *c)
{
	buf_put_lit(out, " ON UPDATE CURRENT_TIMESTAMP");
	buf_put(out, str_skip(c->db_type, str_find(c->db_type, '(')));
}

static bool
is_text_type(const struct reshape_change *change)
{
	if (!change->retypes)
		return true;
	return change->to.type >= TYPE_STRING &&
	       change->to.type <= TYPE_LONGTEXT;
}

static void
put_definition(struct buf *out, const struct reshaping *r,
    const struct reshape_change *change, const struct more *m)
{
	const struct column *c = change->column;
	bool not_null = change->renulls ? change->to.not_null : c->not_null;

	sql_put_name(out, c->name);
	buf_put_char(out, ' ');
	if (change->retypes)
		mysql_put_type(out, &change->to);
	else
		buf_put(out, c->db_type);
	put_charset(out, m, is_text_type(change));
	buf_put(out, not_null ? STR(" NOT NULL") : STR(" NULL"));
	if (change->redefaults)
		sql_put_default(out, &change->to, true);
	else
		put_kept_default(out, r, c);
	if (c->follows_update && !change->retypes)
		put_follows(out, c);
	if (c->auto_increment)
		buf_put_lit(out, " AUTO_INCREMENT");
	if (m->comment.n > 0) {
		buf_put_lit(out, " COMMENT ");
		sql_put_text(out, m->comment, true);
	}
}

static enum status
take_number(void *ctx, const struct db_value *v, size_t n)
{
	int64_t *out = ctx;

	if (n > 0)
		*out = v[0].i;
	return ST_OK;
}

/* The server would round 1.5, and forget the zeros of 007. */
static enum status
texts_check(struct reshaping *r, const struct db_table *table,
    const struct reshape_change *change, struct error *err)
{
	struct buf sql = buf_in(r->arena);
	struct db_stmt stmt = { .n_args = 0 };
	int64_t odd = 0;
	enum status st;

	if (!reshape_reads_texts(change))
		return ST_OK;
	sql_put_unlike(
	    &sql, table->name, change->column->name, "SIGNED", "CHAR");
	stmt.sql = buf_str(&sql);
	st = mysql_run(
	    r->conn, &stmt, r->deadline_ms, take_number, &odd, NULL, err);
	if (st != ST_OK || odd == 0)
		return st;
	return error_set(err, ST_INVALID,
	    "Field '%.*s' has a value that its column cannot hold.",
	    STR_ARG(change->to.name));
}

enum status
mysql_put_modify(struct reshaping *r, struct buf *out,
    const struct db_table *table, const struct reshape_change *change,
    struct error *err)
{
	struct more m;
	enum status st = more_read(r, table, change->column, &m, err);

	if (st == ST_OK)
		st = texts_check(r, table, change, err);
	if (st != ST_OK)
		return st;
	if (m.is_odd || change->column->generated) {
		r->unsupported = true;
		return error_set(err, ST_INVALID,
		    "Field '%.*s' is declared in a way that weir does not "
		    "change",
		    STR_ARG(change->column->name));
	}
	buf_put_lit(out, "MODIFY COLUMN ");
	put_definition(out, r, change, &m);
	return ST_OK;
}
