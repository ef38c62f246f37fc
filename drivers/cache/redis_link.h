/*
 * A stream of bytes to one server, plain or over TLS, that never blocks. The
 * caller watches fd: while it is being set up for what redis_link_ready()
 * says, afterwards for reading, and for writing when a write fell short.
 */
#ifndef WEIR_CACHE_REDIS_LINK_H
#define WEIR_CACHE_REDIS_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"

struct buf;
struct redis_place;
struct ssl_ctx_st;
struct ssl_st;

struct redis_link {
	int fd;             /* -1: none */
	struct ssl_st *ssl; /* NULL: plain */
	bool connected;     /* TLS may still be missing */
	bool writes;        /* being set up, it waits until it can write */
};

#define REDIS_LINK_NONE ((struct redis_link){ .fd = -1 })

/*
 * Begins to connect. tls NULL: plain; else the certificate must name the host.
 * ST_UNAVAILABLE with err, and the link stays none.
 */
enum status redis_link_open(struct redis_link *link,
    const struct redis_place *place, struct ssl_ctx_st *tls, const char *host,
    struct error *err);

/* Goes on setting it up. ST_OK: done; ST_TIMEOUT: not yet; ST_UNAVAILABLE. */
enum status redis_link_ready(struct redis_link *link, struct error *err);

/* ST_OK: *got bytes, more than 0; ST_MISSING: none now; ST_UNAVAILABLE: the
 * link has ended. */
enum status redis_link_read(
    struct redis_link *link, char *p, size_t n, size_t *got, struct error *err);

/* The same of writing. */
enum status redis_link_write(struct redis_link *link, const char *p, size_t n,
    size_t *put, struct error *err);

/* Writes the bytes of buf from *at on, and moves it. ST_OK: that was all;
 * ST_MISSING: no more can be written now; ST_UNAVAILABLE. */
enum status redis_link_drain(struct redis_link *link, const struct buf *buf,
    size_t *at, struct error *err);

/* Whether bytes can be read although fd may not be readable. */
bool redis_link_holds(const struct redis_link *link);

/* Leaves it none. */
void redis_link_close(struct redis_link *link);

#endif
