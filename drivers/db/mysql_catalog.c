/* What the server says of a database: its tables, its name, its versions. */
#include "drivers/db/mysql_conn.h"

enum status
mysql_catalog(struct db_conn *conn, struct arena *arena, int64_t deadline_ms,
    struct catalog *out, struct error *err)
{
	(void)conn;
	(void)arena;
	(void)deadline_ms;
	(void)out;
	return error_set(err, ST_ERROR, "the catalogue cannot be read");
}

enum status
mysql_identity(struct db_conn *conn, struct buf *out, struct error *err)
{
	(void)conn;
	(void)out;
	return error_set(err, ST_ERROR, "the identity cannot be read");
}

enum status
mysql_versions(
    struct db_conn *conn, int64_t *schema, int64_t *data, struct error *err)
{
	(void)conn;
	(void)schema;
	(void)data;
	return error_set(err, ST_ERROR, "the versions cannot be read");
}
