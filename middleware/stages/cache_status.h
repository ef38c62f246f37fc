/*
 * How the answer of a cacheable request came about: Cache-Status (RFC 9211) and
 * Age (RFC 9111 section 5.1).
 */
#ifndef WEIR_CACHE_STATUS_H
#define WEIR_CACHE_STATUS_H

#include "app/base/buf.h"

struct cache_slot;

/* Adds the header lines. The lookup is not LOOKUP_NONE. */
void cache_status_put(struct buf *head, const struct cache_slot *slot);

#endif
