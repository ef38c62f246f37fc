/*
 * Which database this is, whichever way it was reached, and whether its schema
 * is still the one that was read.
 */
#include "drivers/db/mysql_conn.h"

#include "app/base/buf.h"
#include "app/base/clock.h"

/* Long for a question about names; a server that takes longer is not well. */
#define ASK_MS 2000

/* It opens every table: a server that has just started takes seconds over a
 * thousand of them. */
#define ASK_SCHEMA_MS 20000

/* How long it may take, and what the row callbacks fill in. */
struct answer {
	struct buf *out;
	int64_t may_take_ms;
	int64_t number;
	size_t rows;
};

static enum status
ask(struct db_conn *conn, const char *sql, db_row_f *row, struct answer *answer,
    struct error *err)
{
	int64_t deadline_ms = clock_boot_ms() + answer->may_take_ms;
	struct db_stmt stmt = { .sql = str_of(sql) };

	answer->rows = 0;
	return mysql_run(conn, &stmt, deadline_ms, row, answer, NULL, err);
}

/*
 * MySQL has a server_uuid. MariaDB has none: its server_uid is made of the
 * hardware address and the port, which containers may share, so that the host
 * and the folder are added. None of it depends on the socket or the address
 * through which the server was reached, and none changes while it runs.
 */
#define SQL_SERVER                                                             \
	"SHOW GLOBAL VARIABLES WHERE Variable_name IN ("                       \
	"'server_uuid', 'server_uid', 'hostname', 'port', 'datadir')"

static enum status
on_variable(void *ctx, const struct db_value *v, size_t n)
{
	struct answer *answer = ctx;

	answer->rows++;
	for (size_t i = 0; i < n; i++) {
		if (v[i].type != DB_NULL)
			buf_put(answer->out, v[i].s);
		buf_put_char(answer->out, i == 0 ? '=' : ';');
	}
	return ST_OK;
}

/* Where the case of names does not matter, one way to write it is kept. No
 * row: the database was dropped. */
#define SQL_DATABASE                                                           \
	"SELECT IF(@@lower_case_table_names = 0, DATABASE(), "                 \
	"LOWER(DATABASE())) FROM information_schema.SCHEMATA "                 \
	"WHERE SCHEMA_NAME = DATABASE() LIMIT 1"

enum status
mysql_identity(struct db_conn *conn, struct buf *out, struct error *err)
{
	struct answer answer = { .out = out, .may_take_ms = ASK_MS };
	enum status st;

	buf_put_lit(out, "mysql:");
	st = ask(conn, SQL_SERVER, on_variable, &answer, err);
	if (st == ST_OK)
		st = ask(conn, SQL_DATABASE, on_variable, &answer, err);
	if (st == ST_OK && answer.rows == 0)
		return error_set(
		    err, ST_MISSING, "the database does not exist any more");
	return st;
}

/* The rows of a view as a number that no order of rows changes. */
#define HASH     "SELECT COALESCE(SUM(CAST(CONV(LEFT(MD5(CONCAT_WS('|', "
#define HASH_END ")), 12), 16, 10) AS UNSIGNED)), 0) AS part "

#define SQL_TABLES                                                             \
	HASH "TABLE_NAME, TABLE_TYPE, ENGINE" HASH_END                         \
	     "FROM information_schema.TABLES "                                 \
	     "WHERE TABLE_SCHEMA = DATABASE()"

#define SQL_COLUMNS                                                            \
	HASH "TABLE_NAME, ORDINAL_POSITION, COLUMN_NAME, COLUMN_TYPE, "        \
	     "COLLATION_NAME, IS_NULLABLE, COLUMN_KEY, EXTRA, "                \
	     "COLUMN_DEFAULT" HASH_END "FROM information_schema.COLUMNS "      \
	     "WHERE TABLE_SCHEMA = DATABASE()"

#define SQL_KEYS                                                               \
	HASH "TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION, COLUMN_NAME, "    \
	     "REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME" HASH_END          \
	     "FROM information_schema.KEY_COLUMN_USAGE "                       \
	     "WHERE TABLE_SCHEMA = DATABASE()"

#define SQL_RULES                                                              \
	HASH "TABLE_NAME, CONSTRAINT_NAME, UPDATE_RULE, DELETE_RULE" HASH_END  \
	     "FROM information_schema.REFERENTIAL_CONSTRAINTS "                \
	     "WHERE CONSTRAINT_SCHEMA = DATABASE()"

#define SQL_INDEXES                                                            \
	HASH "TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, "             \
	     "NON_UNIQUE" HASH_END "FROM information_schema.STATISTICS "       \
	     "WHERE TABLE_SCHEMA = DATABASE()"

#define SQL_TRIGGERS                                                           \
	HASH "TRIGGER_NAME, EVENT_OBJECT_TABLE, EVENT_MANIPULATION" HASH_END   \
	     "FROM information_schema.TRIGGERS "                               \
	     "WHERE EVENT_OBJECT_SCHEMA = DATABASE()"

#define SQL_VIEWS                                                              \
	HASH "TABLE_NAME, MD5(VIEW_DEFINITION)" HASH_END                       \
	     "FROM information_schema.VIEWS "                                  \
	     "WHERE TABLE_SCHEMA = DATABASE()"

/* All that the catalogue is made of, and what the views say. */
#define SQL_SCHEMA                                                             \
	"SELECT CAST(CONV(LEFT(MD5(GROUP_CONCAT(part ORDER BY place)), 15), "  \
	"16, 10) AS SIGNED) FROM ("                                            \
	"SELECT 1 AS place, t.part FROM (" SQL_TABLES ") t UNION ALL "         \
	"SELECT 2, c.part FROM (" SQL_COLUMNS ") c UNION ALL "                 \
	"SELECT 3, k.part FROM (" SQL_KEYS ") k UNION ALL "                    \
	"SELECT 4, r.part FROM (" SQL_RULES ") r UNION ALL "                   \
	"SELECT 5, g.part FROM (" SQL_TRIGGERS ") g UNION ALL "                \
	"SELECT 6, v.part FROM (" SQL_VIEWS ") v UNION ALL "                   \
	"SELECT 7, i.part FROM (" SQL_INDEXES ") i) parts"

static enum status
on_number(void *ctx, const struct db_value *v, size_t n)
{
	struct answer *answer = ctx;

	(void)n;
	answer->rows++;
	answer->number = v[0].i;
	return ST_OK;
}

/* Nothing tells of others' commits, so there may always have been one. */
enum status
mysql_versions(
    struct db_conn *conn, int64_t *schema, int64_t *data, struct error *err)
{
	struct answer answer = { .may_take_ms = ASK_SCHEMA_MS };
	enum status st;

	*data = ++conn->asked;
	if (schema == NULL)
		return ST_OK;
	st = ask(conn, SQL_SCHEMA, on_number, &answer, err);
	*schema = answer.number;
	return st;
}
