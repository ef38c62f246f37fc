#include "drivers/cache/redis_link.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/base/buf.h"
#include "drivers/cache/redis_host.h"
#include "drivers/cache/redis_tls.h"

/* Seconds after which a silent peer is asked whether it lives. */
#define KEEP_IDLE  60
#define KEEP_EVERY 10
#define KEEP_TRIES 3

static enum status
fail(struct error *err, int e)
{
	return error_set(err, ST_UNAVAILABLE, "%s", strerror(e));
}

static void
number_set(int fd, int level, int option, int number)
{
	/* It is only slower, or later noticed, without. */
	(void)setsockopt(fd, level, option, &number, sizeof(number));
}

static void
options_set(int fd, int family)
{
	if (family == AF_UNIX)
		return;
	number_set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	number_set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	number_set(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE);
	number_set(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEP_EVERY);
	number_set(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEP_TRIES);
}

enum status
redis_link_open(struct redis_link *link, const struct redis_place *place,
    struct ssl_ctx_st *tls, const char *host, struct error *err)
{
	int family = place->at.ss_family;
	int e;

	*link = REDIS_LINK_NONE;
	link->fd =
	    socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (link->fd < 0)
		return fail(err, errno);
	options_set(link->fd, family);
	link->writes = true;
	if (connect(link->fd, (const struct sockaddr *)&place->at, place->n) ==
	    0)
		link->connected = true;
	else if (errno != EINPROGRESS && errno != EINTR) {
		e = errno;
		redis_link_close(link);
		return fail(err, e);
	}
	if (tls == NULL)
		return ST_OK;
	link->ssl = redis_tls_begin(tls, link->fd, host);
	if (link->ssl != NULL)
		return ST_OK;
	redis_link_close(link);
	return error_set(err, ST_UNAVAILABLE, "no memory for TLS");
}

static enum status
connected(struct redis_link *link, struct error *err)
{
	struct pollfd p = { .fd = link->fd, .events = POLLOUT };
	socklen_t n = sizeof(int);
	int e = 0;

	if (poll(&p, 1, 0) <= 0)
		return ST_TIMEOUT;
	if (getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &e, &n) != 0)
		e = errno;
	if (e != 0)
		return fail(err, e);
	link->connected = true;
	return ST_OK;
}

enum status
redis_link_ready(struct redis_link *link, struct error *err)
{
	if (!link->connected) {
		enum status st = connected(link, err);

		if (st != ST_OK)
			return st;
	}
	if (link->ssl == NULL)
		return ST_OK;
	return redis_tls_shake(link->ssl, &link->writes, err);
}

/* What came of a call on the socket. */
static enum status
verdict_of(ssize_t rc, size_t *done, struct error *err)
{
	*done = rc > 0 ? (size_t)rc : 0;
	if (rc > 0)
		return ST_OK;
	if (rc == 0 || errno == ECONNRESET || errno == EPIPE)
		return error_set(
		    err, ST_UNAVAILABLE, "it closed the connection");
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return ST_MISSING;
	return fail(err, errno);
}

enum status
redis_link_read(
    struct redis_link *link, char *p, size_t n, size_t *got, struct error *err)
{
	if (link->ssl != NULL)
		return redis_tls_read(link->ssl, p, n, got, err);
	return verdict_of(recv(link->fd, p, n, 0), got, err);
}

enum status
redis_link_write(struct redis_link *link, const char *p, size_t n, size_t *put,
    struct error *err)
{
	if (link->ssl != NULL)
		return redis_tls_write(link->ssl, p, n, put, err);
	return verdict_of(send(link->fd, p, n, MSG_NOSIGNAL), put, err);
}

enum status
redis_link_drain(struct redis_link *link, const struct buf *buf, size_t *at,
    struct error *err)
{
	enum status st = ST_OK;

	while (st == ST_OK && *at < buf->n) {
		size_t put;

		st = redis_link_write(
		    link, buf->p + *at, buf->n - *at, &put, err);
		*at += put;
	}
	return st;
}

bool
redis_link_holds(const struct redis_link *link)
{
	return link->ssl != NULL && redis_tls_holds(link->ssl);
}

void
redis_link_close(struct redis_link *link)
{
	if (link->ssl != NULL)
		redis_tls_end(link->ssl);
	if (link->fd >= 0)
		(void)close(link->fd);
	*link = REDIS_LINK_NONE;
}
