/* How far a replica is behind, by what it says of its own replication. */
#include "drivers/db/mysql_conn.h"

#include <stdlib.h>

/* The user may not ask: he has no REPLICA MONITOR or REPLICATION CLIENT. */
#define NOT_ALLOWED 1227u

/* MySQL has other words for it since 8.0.22. */
#define MYSQL_NEW_WORDS 80022u

static const char *
asking_of(const struct db_conn *conn)
{
	if (conn->is_mariadb)
		return "SHOW ALL SLAVES STATUS";
	return conn->version >= MYSQL_NEW_WORDS ? "SHOW REPLICA STATUS"
						: "SHOW SLAVE STATUS";
}

/* Which column says it; as many as there are: none does. */
static unsigned
column_of(MYSQL_RES *result)
{
	const MYSQL_FIELD *fields = mysql_fetch_fields(result);
	unsigned n = mysql_num_fields(result);
	unsigned i = 0;

	while (i < n &&
	       !str_eq(str_of(fields[i].name), STR("Seconds_Behind_Master")) &&
	       !str_eq(str_of(fields[i].name), STR("Seconds_Behind_Source")))
		i++;
	return i;
}

/* The furthest of several; NULL is said of one that stands still. */
static int64_t
seconds_of(MYSQL_RES *result)
{
	unsigned column = column_of(result);
	int64_t most = 0;
	MYSQL_ROW row;

	if (column == mysql_num_fields(result))
		return 0;
	while ((row = mysql_fetch_row(result)) != NULL) {
		int64_t seconds = DB_BEHIND_FOREVER;

		if (row[column] != NULL)
			(void)str_to_i64(str_of(row[column]), &seconds);
		if (seconds > most)
			most = seconds;
	}
	return most;
}

static enum status
behind_ask(struct db_conn *conn, int64_t *seconds, struct error *err)
{
	const char *sql = asking_of(conn);
	MYSQL_RES *result;

	if (mysql_real_query(conn->link, sql, (unsigned long)strlen(sql)) !=
	    0) {
		if (mysql_errno(conn->link) == NOT_ALLOWED)
			return ST_OK;
		return mysql_fail(conn, mysql_errno(conn->link),
		    mysql_error(conn->link), err);
	}
	result = mysql_store_result(conn->link);
	if (result == NULL)
		return mysql_fail(conn, mysql_errno(conn->link),
		    mysql_error(conn->link), err);
	*seconds = seconds_of(result);
	mysql_free_result(result);
	return ST_OK;
}

enum status
mysql_behind(struct db_conn *conn, int64_t deadline_ms, int64_t *seconds,
    struct error *err)
{
	enum status st = mysql_begin_question(conn, deadline_ms, err);

	*seconds = 0;
	if (st != ST_OK)
		return st;
	return mysql_end_question(conn, behind_ask(conn, seconds, err), err);
}
