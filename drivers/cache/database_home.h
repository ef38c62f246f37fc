/* Which database a connection has reached, and whether it is still that. */
#ifndef WEIR_CACHE_DATABASE_HOME_H
#define WEIR_CACHE_DATABASE_HOME_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_conn;

/* After a connect: sets conn->home, and how commits wait for the disk. */
enum status database_home_enter(struct cache_conn *conn, int64_t deadline_ms);

/* The file of the database has been removed or replaced; looks once a second.
 * A server is always in its place. */
bool database_home_left(struct cache_conn *conn);

#endif
