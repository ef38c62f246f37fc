#include "drivers/cache/redis_tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/socket.h>

#include "drivers/cache/cache_config.h"

#define REASON_BYTES 160

static bool
retries(int e)
{
	return e == EAGAIN || e == EWOULDBLOCK || e == EINTR;
}

static int
fd_of(BIO *bio)
{
	int fd = -1;

	(void)BIO_get_fd(bio, &fd); /* set in redis_tls_begin() */
	return fd;
}

/* OpenSSL's own socket BIO raises SIGPIPE when the server has gone. */
static int
quiet_write(BIO *bio, const char *p, int n)
{
	ssize_t rc = send(fd_of(bio), p, (size_t)n, MSG_NOSIGNAL);

	BIO_clear_retry_flags(bio);
	if (rc < 0 && retries(errno))
		BIO_set_retry_write(bio);
	return (int)rc;
}

/* Everything but writing is as the socket BIO does it. */
static BIO_METHOD *
quiet_method(void)
{
	const BIO_METHOD *plain = BIO_s_socket();
	BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOCKET, "quiet socket");

	if (m == NULL)
		return NULL;
	if (BIO_meth_set_write(m, quiet_write) != 1 ||
	    BIO_meth_set_read(m, BIO_meth_get_read(plain)) != 1 ||
	    BIO_meth_set_ctrl(m, BIO_meth_get_ctrl(plain)) != 1 ||
	    BIO_meth_set_create(m, BIO_meth_get_create(plain)) != 1 ||
	    BIO_meth_set_destroy(m, BIO_meth_get_destroy(plain)) != 1) {
		BIO_meth_free(m);
		return NULL;
	}
	return m;
}

static const char *
reason(char text[REASON_BYTES])
{
	unsigned long e = ERR_get_error();

	if (e == 0)
		return "no reason given";
	ERR_error_string_n(e, text, REASON_BYTES);
	ERR_clear_error();
	return text;
}

static enum status
trust(SSL_CTX *ctx, const struct cache_config *config, struct error *err)
{
	char text[REASON_BYTES];

	if (!config->tls_verify) {
		SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
		return ST_OK;
	}
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	if (config->tls_ca[0] == '\0') {
		if (SSL_CTX_set_default_verify_paths(ctx) == 1)
			return ST_OK;
		return error_set(err, ST_INVALID,
		    "REDIS_TLS: the system's certificates cannot be read: %s",
		    reason(text));
	}
	if (SSL_CTX_load_verify_locations(ctx, config->tls_ca, NULL) == 1)
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "REDIS_TLS_CA: no certificates can be read from %s: %s",
	    config->tls_ca, reason(text));
}

enum status
redis_tls_open(const struct cache_config *config, struct ssl_ctx_st **out,
    struct error *err)
{
	BIO_METHOD *method = quiet_method();
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	enum status st;

	/* The context carries the method to the end of its connections. */
	if (method == NULL || ctx == NULL ||
	    SSL_CTX_set_app_data(ctx, method) != 1 ||
	    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1) {
		SSL_CTX_free(ctx);
		BIO_meth_free(method);
		return error_set(err, ST_INVALID, "REDIS_TLS: OpenSSL fails");
	}
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
				  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	st = trust(ctx, config, err);
	if (st != ST_OK) {
		redis_tls_close(ctx);
		return st;
	}
	*out = ctx;
	return ST_OK;
}

void
redis_tls_close(struct ssl_ctx_st *ctx)
{
	BIO_METHOD *method;

	if (ctx == NULL)
		return;
	method = SSL_CTX_get_app_data(ctx);
	SSL_CTX_free(ctx);
	BIO_meth_free(method);
}

/* Who must be named by the certificate. */
static bool
peer_set(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	struct in6_addr numeric;

	if (inet_pton(AF_INET, host, &numeric) == 1 ||
	    inet_pton(AF_INET6, host, &numeric) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
	return SSL_set_tlsext_host_name(ssl, host) == 1 &&
	       X509_VERIFY_PARAM_set1_host(param, host, 0) == 1;
}

struct ssl_st *
redis_tls_begin(struct ssl_ctx_st *ctx, int fd, const char *host)
{
	SSL *ssl = SSL_new(ctx);
	BIO *bio;

	if (ssl == NULL)
		return NULL;
	bio = BIO_new(SSL_CTX_get_app_data(ctx));
	if (bio == NULL || !peer_set(ssl, host)) {
		BIO_free(bio);
		SSL_free(ssl);
		return NULL;
	}
	(void)BIO_set_fd(bio, fd, BIO_NOCLOSE); /* cannot fail */
	SSL_set_bio(ssl, bio, bio);
	SSL_set_connect_state(ssl);
	return ssl;
}

void
redis_tls_end(struct ssl_st *ssl)
{
	SSL_free(ssl);
}

static enum status
broken(struct ssl_st *ssl, int why, struct error *err)
{
	long verdict = SSL_get_verify_result(ssl);
	int e = errno;
	char text[REASON_BYTES];

	if (verdict != X509_V_OK &&
	    SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE) {
		ERR_clear_error();
		return error_set(err, ST_UNAVAILABLE,
		    "its certificate is refused: %s "
		    "(REDIS_TLS_CA, REDIS_TLS_VERIFY)",
		    X509_verify_cert_error_string(verdict));
	}
	if (why == SSL_ERROR_ZERO_RETURN ||
	    (why == SSL_ERROR_SYSCALL && (e == 0 || e == ECONNRESET)))
		return error_set(
		    err, ST_UNAVAILABLE, "it closed the connection");
	if (why == SSL_ERROR_SYSCALL)
		return error_set(err, ST_UNAVAILABLE, "%s", strerror(e));
	return error_set(
	    err, ST_UNAVAILABLE, "TLS fails (REDIS_TLS): %s", reason(text));
}

enum status
redis_tls_shake(struct ssl_st *ssl, bool *writes, struct error *err)
{
	int rc;
	int why;

	ERR_clear_error();
	errno = 0;
	rc = SSL_do_handshake(ssl);
	*writes = false;
	if (rc == 1)
		return ST_OK;
	why = SSL_get_error(ssl, rc);
	*writes = why == SSL_ERROR_WANT_WRITE;
	if (why == SSL_ERROR_WANT_WRITE || why == SSL_ERROR_WANT_READ)
		return ST_TIMEOUT;
	return broken(ssl, why, err);
}

/* What came of reading or writing rc bytes. */
static enum status
verdict_of(struct ssl_st *ssl, int rc, size_t *done, struct error *err)
{
	int why;

	*done = rc > 0 ? (size_t)rc : 0;
	if (rc > 0)
		return ST_OK;
	why = SSL_get_error(ssl, rc);
	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
		return ST_MISSING;
	return broken(ssl, why, err);
}

enum status
redis_tls_read(
    struct ssl_st *ssl, char *p, size_t n, size_t *got, struct error *err)
{
	ERR_clear_error();
	errno = 0;
	return verdict_of(
	    ssl, SSL_read(ssl, p, n > INT_MAX ? INT_MAX : (int)n), got, err);
}

enum status
redis_tls_write(
    struct ssl_st *ssl, const char *p, size_t n, size_t *put, struct error *err)
{
	ERR_clear_error();
	errno = 0;
	return verdict_of(
	    ssl, SSL_write(ssl, p, n > INT_MAX ? INT_MAX : (int)n), put, err);
}

bool
redis_tls_holds(const struct ssl_st *ssl)
{
	return SSL_pending(ssl) > 0;
}
