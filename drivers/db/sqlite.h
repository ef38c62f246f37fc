/* The driver "sqlite". */
#ifndef WEIR_DB_SQLITE_H
#define WEIR_DB_SQLITE_H

struct db_driver;

extern const struct db_driver db_sqlite;

#endif
