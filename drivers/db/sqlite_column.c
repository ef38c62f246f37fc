/* Columns in SQLite's words. What it calls INTEGER has 64 bits, and a type is
 * no more than a hint, but the API goes by it. */
#include "drivers/db/reshape_sql.h"
#include "drivers/db/sqlite_text.h"

static const char *const words[COLUMN_TYPES] = {
	[TYPE_ID] = "INTEGER",
	[TYPE_BIGID] = "INTEGER",
	[TYPE_TINYINT] = "TINYINT",
	[TYPE_SMALLINT] = "SMALLINT",
	[TYPE_MEDIUMINT] = "MEDIUMINT",
	[TYPE_INTEGER] = "INTEGER",
	[TYPE_BIGINT] = "BIGINT",
	[TYPE_BOOLEAN] = "BOOLEAN",
	[TYPE_DECIMAL] = "DECIMAL",
	[TYPE_FLOAT] = "FLOAT",
	[TYPE_DOUBLE] = "DOUBLE",
	[TYPE_STRING] = "VARCHAR",
	[TYPE_TEXT] = "TEXT",
	[TYPE_MEDIUMTEXT] = "MEDIUMTEXT",
	[TYPE_LONGTEXT] = "LONGTEXT",
	[TYPE_BINARY] = "BLOB",
	[TYPE_DATE] = "DATE",
	[TYPE_TIME] = "TIME",
	[TYPE_DATETIME] = "DATETIME",
	[TYPE_TIMESTAMP] = "TIMESTAMP",
	[TYPE_JSON] = "JSON",
};

void
sqlite_put_type(struct buf *out, const struct reshape_column *c)
{
	sql_put_type(out, c, words);
}

void
sqlite_put_column(struct buf *out, const struct reshape_column *c)
{
	sql_put_name(out, c->name);
	buf_put_char(out, ' ');
	sqlite_put_type(out, c);
	if (c->type == TYPE_ID || c->type == TYPE_BIGID)
		buf_put_lit(out, " PRIMARY KEY AUTOINCREMENT");
	if (c->not_null)
		buf_put_lit(out, " NOT NULL");
	sql_put_default(out, c, false);
}
