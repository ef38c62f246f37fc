#include "drivers/cache/redis_tls.h"

#include <stdlib.h>

#include "drivers/cache/cache_config.h"

enum status
redis_tls_open(const struct cache_config *config, struct ssl_ctx_st **out,
    struct error *err)
{
	(void)config;
	*out = NULL;
	return error_set(err, ST_INVALID,
	    "REDIS_TLS: this weir was built without TLS to Redis "
	    "(configure --with-tls)");
}

void
redis_tls_close(struct ssl_ctx_st *ctx)
{
	(void)ctx;
}

/* Without a context nobody asks for any of the rest. */
struct ssl_st *
redis_tls_begin(struct ssl_ctx_st *ctx, int fd, const char *host)
{
	(void)ctx;
	(void)fd;
	(void)host;
	return NULL;
}

void
redis_tls_end(struct ssl_st *ssl)
{
	(void)ssl;
}

enum status
redis_tls_shake(struct ssl_st *ssl, bool *writes, struct error *err)
{
	(void)ssl;
	*writes = false;
	return error_set(err, ST_UNAVAILABLE, "no TLS");
}

enum status
redis_tls_read(
    struct ssl_st *ssl, char *p, size_t n, size_t *got, struct error *err)
{
	(void)ssl;
	(void)p;
	(void)n;
	*got = 0;
	return error_set(err, ST_UNAVAILABLE, "no TLS");
}

enum status
redis_tls_write(
    struct ssl_st *ssl, const char *p, size_t n, size_t *put, struct error *err)
{
	(void)ssl;
	(void)p;
	(void)n;
	*put = 0;
	return error_set(err, ST_UNAVAILABLE, "no TLS");
}

bool
redis_tls_holds(const struct ssl_st *ssl)
{
	(void)ssl;
	return false;
}
