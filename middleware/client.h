/*
 * Whose request it is: the address of the client behind the proxies that an
 * operator trusts (TRUSTED_PROXIES). What anybody else says of himself counts
 * for nothing.
 */
#ifndef WEIR_CLIENT_H
#define WEIR_CLIENT_H

#include "app/base/str.h"

struct arena;
struct networks;
struct request;

/* How many addresses of X-Forwarded-For are read, and how much of it is kept
 * where it was sent as several lines. */
#define CLIENT_HOPS_MAX      16
#define CLIENT_FORWARDED_MAX 1024

/*
 * `peer` is who called the web server, `forwarded` the X-Forwarded-For, to
 * which each proxy has added whom it was called by, at the right. The client is
 * the first from the right that is no trusted proxy, beginning with the peer;
 * where that is nobody, or something that is no address, or further away than
 * CLIENT_HOPS_MAX, it is the proxy that is the last known. The text is the peer
 * as it was given, or in the arena.
 */
struct str client_find(struct arena *arena, const struct networks *trusted,
    struct str peer, struct str forwarded);

/* Two lines of X-Forwarded-For as one; of what would be too long the second
 * alone, which is of the nearer proxies. */
struct str client_forwarded(
    struct arena *arena, struct str first, struct str second);

/* Makes the client's address the request's, once, on arrival: from then on it
 * is PARAM_REMOTE_ADDR. */
void client_set(struct request *req, const struct networks *trusted);

#endif
