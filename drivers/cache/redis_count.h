/*
 * Counters. All of a batch are counted by one call of one script, in order:
 * that is exact for groups and for counts that are refused, which plain INCRs
 * leave counted, so that a limit that is raised finds them. Where one of them
 * is not plain, a second script counts them all (redis_pace.h). Measured on
 * Redis 7.0 the first costs the server 2.4 us a counter in batches of 32,
 * against 2.1 us of SET NX, INCR and PTTL, and one answer instead of three.
 *
 * A count is added first and taken back when it was one too many, so that the
 * ordinary one costs two calls within the script. A counter without an end,
 * which others may have made, gets one; so does one whose end is further away
 * than that of a new one, after the server's clock was set back.
 */
#ifndef WEIR_CACHE_REDIS_COUNT_H
#define WEIR_CACHE_REDIS_COUNT_H

#include <stdbool.h>
#include <stddef.h>

struct cache_op;
struct redis_node;
struct redis_reply;
struct redis_run;
struct redis_script;

#define REDIS_COUNT_WORDS 3 /* in and out, of a counter */

const struct redis_script *redis_count_script(void);

/* Fills run->counts with the operations of run->batch that count or end
 * counters, the members of a group next to each other. False: there are none
 * that are valid. */
bool redis_count_gather(struct redis_run *run);

/* Sends all of run->counts. */
void redis_count_send(struct redis_node *node, struct redis_run *run);

/* The members of the group that begins at run->counts[i]. */
size_t redis_count_group(const struct redis_run *run, size_t i);

/* Whether a script's answer is so many numbers; and what three of them say of
 * one counter. */
bool redis_count_sound(const struct redis_reply *reply, size_t words);
void redis_count_answer(struct cache_op *op, const struct redis_reply *words);

#endif
