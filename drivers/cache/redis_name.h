/*
 * What keys are called in the server:
 *
 *	PREFIX:SPACE:KEY            a value
 *	PREFIX:{SHARD}:SPACE:KEY    a value of a shard
 *	PREFIX:#{SHARD}:SPACE:KEY   a counter, fixed and without a lock-out
 *	PREFIX:#f{SHARD}:SPACE:KEY  one that is fixed and locks out
 *	PREFIX:#s{SHARD}:SPACE:KEY  one that slides
 *	PREFIX:#g{SHARD}:SPACE:KEY  one of CACHE_GCRA
 *
 * No space begins with a brace or "#", so none of them is ever another.
 * Redis Cluster places a key by what stands in the first braces: a shard's keys
 * are together. Counters without a shard share one, "#", since all counters of
 * a batch are counted by one script. The values of an open space have no shard,
 * so that one pattern finds them all; braces in such a key only choose where it
 * lies.
 */
#ifndef WEIR_CACHE_REDIS_NAME_H
#define WEIR_CACHE_REDIS_NAME_H

#include <stdbool.h>

#include "app/base/str.h"

struct buf;
struct cache_op;
struct cache_space;

/* Appends the name of the operation's key. */
void redis_name_append(
    struct buf *out, struct str prefix, const struct cache_op *op);

/* The same as a word of a command. */
void redis_name_put(
    struct buf *out, struct str prefix, const struct cache_op *op);

/* What the names of an open space's values begin with. */
void redis_name_space(
    struct buf *out, struct str prefix, const struct cache_space *space);

/* The same as a pattern of SCAN, of keys that begin with `begins`. */
void redis_name_pattern(struct buf *out, struct str prefix,
    const struct cache_space *space, struct str begins);

#endif
