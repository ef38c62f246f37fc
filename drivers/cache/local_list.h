/* The keys of a space in a local store, in the order of their hashes. */
#ifndef WEIR_CACHE_LOCAL_LIST_H
#define WEIR_CACHE_LOCAL_LIST_H

#include <stdint.h>

#include "app/base/status.h"

struct cache_conn;
struct cache_page;
struct cache_space;

/*
 * The driver's list(), see cache.h. A cursor is the hash to go on at, as 16
 * digits: no key comes twice, and a store that began another life meanwhile
 * just goes on. Looks at a bounded number of entries, whosever they are.
 */
enum status local_list(struct cache_conn *conn, const struct cache_space *space,
    struct cache_page *page, int64_t deadline_ms, struct error *err);

#endif
