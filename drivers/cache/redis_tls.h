/*
 * TLS to a server, over a socket that never blocks. Of weir's builds without
 * OpenSSL redis_no_tls.c takes this one's place, which refuses all.
 */
#ifndef WEIR_CACHE_REDIS_TLS_H
#define WEIR_CACHE_REDIS_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"

struct cache_config;
struct ssl_ctx_st;
struct ssl_st;

/* What all connections of a store share. ST_INVALID with err. */
enum status redis_tls_open(const struct cache_config *config,
    struct ssl_ctx_st **out, struct error *err);
void redis_tls_close(struct ssl_ctx_st *ctx);

/*
 * A connection over fd, which stays the caller's. The certificate must name
 * the host, a name or a numeric address, unless ctx verifies nothing. NULL:
 * no memory.
 */
struct ssl_st *redis_tls_begin(
    struct ssl_ctx_st *ctx, int fd, const char *host);
void redis_tls_end(struct ssl_st *ssl);

/* ST_OK: it is set up; ST_TIMEOUT: it goes on when the socket can be read or,
 * with *writes, written; ST_UNAVAILABLE with err. */
enum status redis_tls_shake(
    struct ssl_st *ssl, bool *writes, struct error *err);

/* As redis_link_read() and redis_link_write(). */
enum status redis_tls_read(
    struct ssl_st *ssl, char *p, size_t n, size_t *got, struct error *err);
enum status redis_tls_write(struct ssl_st *ssl, const char *p, size_t n,
    size_t *put, struct error *err);

/* Whether bytes wait that the socket no longer shows. */
bool redis_tls_holds(const struct ssl_st *ssl);

#endif
