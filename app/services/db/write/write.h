/*
 * The frame of every write: the tags of what it makes outdated are deleted
 * before its first statement and again after its commit, before the answer.
 */
#ifndef WEIR_SERVICES_DB_WRITE_H
#define WEIR_SERVICES_DB_WRITE_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/services/db/db.h"

/*
 * Deletes the tags, takes a connection and begins a transaction; deletes more
 * tags when the schema has changed meanwhile. When that fails the response
 * says so; verb is what was to be done ("create").
 */
enum status write_begin(struct table_call *c, const char *verb);

/* How often a call is run at most, see write_again(). */
#define WRITE_RUNS 4

/*
 * Begins the transaction anew when st came of a deadlock, for which the
 * database has undone all of it in favour of another's. False: st stands.
 */
bool write_again(struct table_call *c, enum status st);

/*
 * Commits when st is ST_OK and `keep`, else rolls back; gives the connection
 * back and deletes the tags again. Returns st, or why the commit failed.
 */
enum status write_end(
    struct table_call *c, enum status st, bool keep, struct error *err);

/* Is st about this record alone, so that the next may be tried? */
bool write_may_go_on(enum status st);

#endif
