/*
 * What a database store asks, in the words of each engine. All is prepared;
 * lists come in a few sizes, filled up by repeating, so that the texts stay
 * few and each is prepared but once.
 *
 *   id       digest of space and key: the primary key
 *   space    the space and what kind of it, see database_key.h
 *   name     the key
 *   value    of counters: empty, or all of the window (cache_record.h)
 *   expires  milliseconds of Unix time by the engine's clock, 0: never
 *   n        what a counter of a fixed window stands at, else 0
 */
#ifndef WEIR_CACHE_DATABASE_SQL_H
#define WEIR_CACHE_DATABASE_SQL_H

#include <stddef.h>

#include "app/base/arena.h"
#include "app/base/str.h"

struct db_driver;

#define DATABASE_SIZES   4   /* of lists */
#define DATABASE_LARGEST 64  /* rows of the largest */
#define DATABASE_CHUNK   500 /* rows that one DELETE removes */

enum database_query {
	DATABASE_CREATE,
	DATABASE_BY_NAME,   /* indices, where the table comes without them */
	DATABASE_BY_EXPIRY, /* the same */
	DATABASE_CHECK,
	DATABASE_BIRTH,  /* id, value */
	DATABASE_SERVER, /* which one it is; none for SQLite */
	DATABASE_SET,    /* id, space, name, value, from now, milliseconds */
	DATABASE_INSERT, /* the same */
	DATABASE_TOUCH,  /* from now, milliseconds, id */
	DATABASE_DEL,    /* id; a live row */
	DATABASE_DROP,   /* id; any row */
	DATABASE_PASS,   /* id; a row that has expired */
	DATABASE_PULL,   /* id; name, value */
	DATABASE_LOOK,   /* the same, which stays, and is locked */
	DATABASE_LIST,   /* space, from, but not, below, rows; name */
	DATABASE_FLUSH,  /* space */
	DATABASE_PASSED, /* is there anything to sweep? */
	DATABASE_SWEEP,
	DATABASE_SIZE,  /* of a part of the table: rows, bytes */
	DATABASE_ITEMS, /* rows, up to a bound */
	DATABASE_QUERIES
};

/* Queries with a list. */
enum database_list_query {
	DATABASE_GET,          /* ids; id, name, value */
	DATABASE_CLAIM,        /* id, space, name each; not for SQLite */
	DATABASE_WINDOWS,      /* ids; id, n, expires, value, now */
	DATABASE_WINDOWS_HELD, /* the same, which are locked */
	DATABASE_SAVE,         /* id, space, name, value, expires, n each */
	DATABASE_LIST_QUERIES
};

/* Rows that DATABASE_SIZE looks at, and at most DATABASE_ITEMS. */
#define DATABASE_SIZE_ROWS  10000
#define DATABASE_ITEMS_MOST 1000000

struct database_sql {
	struct arena arena;
	struct str text[DATABASE_QUERIES];
	struct str list[DATABASE_LIST_QUERIES][DATABASE_SIZES];
};

/* The texts for a table whose name is valid. */
void database_sql_open(struct database_sql *sql, const struct db_driver *driver,
    const char *table);
void database_sql_close(struct database_sql *sql);

/* The smallest size of lists that holds n, or the largest; *rows is its. */
size_t database_size(size_t n, size_t *rows);

#endif
