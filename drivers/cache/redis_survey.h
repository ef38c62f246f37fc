/*
 * The calls that concern every master of a cluster; redis_census.h has the list
 * of keys.
 *
 * Keys may move from one master to another meanwhile. A round visits the
 * masters by their ranks; when the slots were not the same throughout, a second
 * follows in the same order: a key that moves once is met in one of the two.
 */
#ifndef WEIR_CACHE_REDIS_SURVEY_H
#define WEIR_CACHE_REDIS_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"

struct cache_conn;
struct cache_space;
struct cache_stats;

#define REDIS_SURVEY_ROUNDS 2

/* The driver's, see cache.h. */
enum status redis_survey_flush(struct cache_conn *conn,
    const struct cache_space *space, int64_t deadline_ms, struct error *err);
enum status redis_survey_stats(struct cache_conn *conn, struct cache_stats *out,
    int64_t deadline_ms, struct error *err);
enum status redis_survey_ping(
    struct cache_conn *conn, int64_t deadline_ms, struct error *err);

/* The first master whose rank is not below *rank becomes the one that is asked;
 * *rank: its own. False: there is none. */
bool redis_survey_visit(struct cache_conn *conn, uint64_t *rank);

/* Waits until the map is what each master says of itself; those that receive
 * keys are visited from now on. */
enum status redis_survey_settle(
    struct cache_conn *conn, int64_t deadline_ms, struct error *err);

/* Whether slots have moved since the map was this, or are on their way now. */
enum status redis_survey_moved(struct cache_conn *conn, uint64_t map,
    int64_t deadline_ms, bool *moved, struct error *err);

#endif
