#include "drivers/db/mysql_reshape.h"
#include "drivers/db/reshape_sql.h"

static const char *const words[COLUMN_TYPES] = {
	[TYPE_ID] = "INT",
	[TYPE_BIGID] = "BIGINT",
	[TYPE_TINYINT] = "TINYINT",
	[TYPE_SMALLINT] = "SMALLINT",
	[TYPE_MEDIUMINT] = "MEDIUMINT",
	[TYPE_INTEGER] = "INT",
	[TYPE_BIGINT] = "BIGINT",
	[TYPE_BOOLEAN] = "TINYINT(1)",
	[TYPE_DECIMAL] = "DECIMAL",
	[TYPE_FLOAT] = "FLOAT",
	[TYPE_DOUBLE] = "DOUBLE",
	[TYPE_STRING] = "VARCHAR",
	[TYPE_TEXT] = "TEXT",
	[TYPE_MEDIUMTEXT] = "MEDIUMTEXT",
	[TYPE_LONGTEXT] = "LONGTEXT",
	[TYPE_BINARY] = "LONGBLOB",
	[TYPE_DATE] = "DATE",
	[TYPE_TIME] = "TIME",
	[TYPE_DATETIME] = "DATETIME",
	[TYPE_TIMESTAMP] = "TIMESTAMP",
	[TYPE_JSON] = "JSON",
};

void
mysql_put_type(struct buf *out, const struct reshape_column *c)
{
	sql_put_type(out, c, words);
}

/* NULL is said too: a TIMESTAMP may be NOT NULL by itself. */
void
mysql_put_column(struct buf *out, const struct reshape_column *c)
{
	sql_put_name(out, c->name);
	buf_put_char(out, ' ');
	mysql_put_type(out, c);
	buf_put(out, c->not_null ? STR(" NOT NULL") : STR(" NULL"));
	sql_put_default(out, c, true);
	if (c->follows_update)
		buf_put_lit(out, " ON UPDATE CURRENT_TIMESTAMP");
	if (c->type == TYPE_ID || c->type == TYPE_BIGID)
		buf_put_lit(out, " AUTO_INCREMENT PRIMARY KEY");
}
