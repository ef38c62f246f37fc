/*
 * The table of a database store. It is made when it is missing; one of that
 * name that is another's is never touched. A row of its own says when it was
 * made: with the place of the database that is the incarnation.
 *
 * What a restart of a server loses is not told by it: InnoDB keeps what was
 * committed, unless its administrator has allowed it to lose the last second
 * (innodb_flush_log_at_trx_commit), and a server tells when it started only to
 * about a second.
 */
#ifndef WEIR_CACHE_DATABASE_TABLE_H
#define WEIR_CACHE_DATABASE_TABLE_H

#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct cache_conn;

/* Makes sure that the table is there and ours, and reads the incarnation.
 * ST_INVALID: it is another's; conn->why names DB_CACHE_TABLE. */
enum status database_table_ready(struct cache_conn *conn, int64_t deadline_ms);

/* Sets conn->incarnation from the row that says when the table was made. */
void database_table_born(struct cache_conn *conn, struct str birth);

#endif
