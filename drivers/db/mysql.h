/* The driver "mysql": MariaDB and MySQL, through either's client library. */
#ifndef WEIR_DB_MYSQL_H
#define WEIR_DB_MYSQL_H

struct db_driver;

extern const struct db_driver db_mysql;

#endif
