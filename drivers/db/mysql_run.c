/* Running a statement within its deadline. */
#include "drivers/db/mysql_conn.h"

enum status
mysql_run(struct db_conn *conn, const struct db_stmt *stmt, int64_t deadline_ms,
    db_row_f *row, void *ctx, struct db_result *result, struct error *err)
{
	(void)conn;
	(void)stmt;
	(void)deadline_ms;
	(void)row;
	(void)ctx;
	(void)result;
	return error_set(err, ST_ERROR, "no statement can be run");
}
