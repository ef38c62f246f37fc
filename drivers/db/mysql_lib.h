/*
 * The client library, MariaDB's or Oracle's. MYSQL_VERSION_ID is the line of
 * the server in the former, so only MARIADB_BASE_VERSION tells them apart.
 */
#ifndef WEIR_DB_MYSQL_LIB_H
#define WEIR_DB_MYSQL_LIB_H

#include <mysql.h>
#include <mysqld_error.h>

#include <errmsg.h>
#include <stdbool.h>

/* The columns of a result are others than those of the statement. */
#define MYSQL_NEW_METADATA 2057u

#if !defined(MARIADB_BASE_VERSION) && MYSQL_VERSION_ID >= 80001
typedef bool my_bool;
#endif

#endif
