/*
 * A connection to a server on its way, in a thread of its own: it may take
 * longer than any batch has time, and goes on when nobody waits for it.
 */
#ifndef WEIR_CACHE_DATABASE_DIAL_H
#define WEIR_CACHE_DATABASE_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache;
struct cache_conn;
struct database_dial;

/* NULL: the system has no thread left. It ends after the cache's timeout at
 * the latest. */
struct database_dial *database_dial_begin(struct cache *cache);

/* Whether it has ended, until deadline_ms (clock_boot_ms() time). */
bool database_dial_ended(struct database_dial *dial, int64_t deadline_ms);

/* Once it has ended: gives the connection to conn, which has none, or the
 * reason to conn->why. */
enum status database_dial_take(
    struct database_dial *dial, struct cache_conn *conn);

/* Instead: nobody wants it any more. */
void database_dial_leave(struct database_dial *dial);

#endif
