/* What stands in memcached behind a name, and how long it lives there. */
#ifndef WEIR_CACHE_MEMCACHED_ITEM_H
#define WEIR_CACHE_MEMCACHED_ITEM_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "app/base/str.h"

struct arena;

/* Flags of an item: its form. Those of others are none of these. */
#define MEMCACHED_FORM_BARE   0x7700U /* the value alone */
#define MEMCACHED_FORM_KEYED  0x7701U /* two bytes of length, key, value */
#define MEMCACHED_FORM_NUMBER 0x7702U /* a counter, or a generation */
#define MEMCACHED_FORM_WINDOW 0x7703U /* a counter, see memcached_state.h */

/* A date on which no memcached ran: with it an item is gone at once. */
#define MEMCACHED_GONE 2592001

/* The value with its key before it, in the arena. */
struct str memcached_item_keyed(
    struct arena *arena, struct str key, struct str value);

/* Takes an item apart, in place. False: it is not that key's. */
bool memcached_item_value(
    struct str raw, uint32_t flags, struct str key, struct str *value);

/*
 * memcached's expiry for a ttl in seconds, 0 = never. Its clock ticks once a
 * second, so it is told one second more: a value lives at least as long as was
 * said, and at most a second longer.
 */
time_t memcached_item_expiry(uint32_t ttl, int64_t now_ms);

#endif
