/*
 * The store in a table of a database, SQLite or MySQL and MariaDB: it needs no
 * server beside the one that is there. The table is made when it is missing
 * (database_table.h); installations that share it are told apart by their
 * CACHE_PREFIX. It is bounded by the disk of the database alone: when that is
 * full, a file of SQLite cannot be deleted from either, and then the store is
 * away (ST_UNAVAILABLE) until there is room.
 *
 * SQLite alone may exceed a deadline, by seconds: when another process stands
 * still within the microseconds in which it changes the index of the log.
 *
 * Times are those of the database's clock, so that hosts need not agree.
 *
 * Each life of the store has an incarnation: a digest of the server (its host
 * name, port, folder and server_id) or the file, and of a number drawn when the
 * table is made. A server that is taken over by another is noticed so, and a
 * table that is made anew. What is not: a dump or a copy of the files put back
 * where it was taken, which brings back what was deleted since. Whoever does
 * that empties the table before weir asks it again.
 */
#ifndef WEIR_CACHE_DATABASE_H
#define WEIR_CACHE_DATABASE_H

#include "drivers/cache/cache.h"

extern const struct cache_driver database_driver;

#endif
