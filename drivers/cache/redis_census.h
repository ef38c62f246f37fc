/*
 * The keys of a space in a cluster: master by master, in one round or two
 * (redis_survey.h).
 *
 * The cursor is "ROUND-MAP-RANK-REST": the map when the round began, 0 when
 * slots have moved since; the rank of the master to go on with; and the cursor
 * there (redis_scan.h).
 */
#ifndef WEIR_CACHE_REDIS_CENSUS_H
#define WEIR_CACHE_REDIS_CENSUS_H

#include <stdint.h>

#include "app/base/status.h"

struct cache_conn;
struct cache_page;
struct cache_space;

/* The driver's, see cache.h. */
enum status redis_census_list(struct cache_conn *conn,
    const struct cache_space *space, struct cache_page *page,
    int64_t deadline_ms, struct error *err);

#endif
