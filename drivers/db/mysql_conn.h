/*
 * What the files of the mysql driver share: the connection, its cache of
 * prepared statements, and the translation of values and errors.
 */
#ifndef WEIR_DB_MYSQL_CONN_H
#define WEIR_DB_MYSQL_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/db/catalog.h"
#include "drivers/db/db.h"
#include "drivers/db/mysql_lib.h"

struct arena;
struct buf;

struct db_conn {
	MYSQL *link;
	bool is_mariadb;  /* else MySQL */
	unsigned version; /* 101106 is 10.11.6 */
	int64_t asked;    /* how often for versions */
};

/* What a column of that declared type is. */
enum column_kind mysql_kind(struct str type);

/* run of struct db_driver. */
enum status mysql_run(struct db_conn *conn, const struct db_stmt *stmt,
    int64_t deadline_ms, db_row_f *row, void *ctx, struct db_result *result,
    struct error *err);

/* catalog, identity and versions of struct db_driver; they ask mysql_run(). */
enum status mysql_catalog(struct db_conn *conn, struct arena *arena,
    int64_t deadline_ms, struct catalog *out, struct error *err);
enum status mysql_identity(
    struct db_conn *conn, struct buf *out, struct error *err);
enum status mysql_versions(
    struct db_conn *conn, int64_t *schema, int64_t *data, struct error *err);

#endif
