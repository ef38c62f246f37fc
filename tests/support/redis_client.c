#include "tests/support/redis_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#define COMMAND_BYTES 32768
#define PATIENCE_S    20

void
redis_client_open(struct redis_client *c, int port)
{
	memset(c, 0, sizeof(*c));
	c->port = port;
	c->fd = -1;
}

void
redis_client_close(struct redis_client *c)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
	c->used = 0;
}

static bool
client_connect(struct redis_client *c)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)c->port) };

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(c->fd >= 0);
	assert_int_equal(setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			     sizeof(patience)),
	    0);
	return connect(c->fd, (struct sockaddr *)&at, sizeof(at)) == 0;
}

/* Until n bytes have come. */
static bool
await(struct redis_client *c, size_t n)
{
	assert_in_range(n, 0, sizeof(c->bytes));
	while (c->used < n) {
		ssize_t got = recv(
		    c->fd, c->bytes + c->used, sizeof(c->bytes) - c->used, 0);

		if (got <= 0)
			return false;
		c->used += (size_t)got;
	}
	return true;
}

static void
drop(struct redis_client *c, size_t n)
{
	c->used -= n;
	memmove(c->bytes, c->bytes + n, c->used);
}

static void
say(struct redis_client *c, const char *p, size_t n)
{
	assert_in_range(n, 0, sizeof(c->said) - c->said_n - 1);
	memcpy(c->said + c->said_n, p, n);
	c->said_n += n;
	c->said[c->said_n] = '\0';
}

/* Reads a line; its length without the end, which stays in c->bytes. */
static bool
line_read(struct redis_client *c, size_t *n)
{
	const char *end;

	do {
		end = memchr(c->bytes, '\n', c->used);
	} while (end == NULL && await(c, c->used + 1));
	if (end == NULL)
		return false;
	*n = (size_t)(end - c->bytes) - 1;
	return true;
}

static bool
text_read(struct redis_client *c, size_t n)
{
	if (!await(c, n + 2))
		return false;
	say(c, c->bytes, n);
	drop(c, n + 2);
	return true;
}

/* One answer that is no array, or the head of one: *more elements follow. */
static bool
part_read(struct redis_client *c, long *more)
{
	char kind;
	long number;
	size_t n;

	*more = 0;
	if (!line_read(c, &n))
		return false;
	kind = c->bytes[0];
	number = strtol(c->bytes + 1, NULL, 10);
	if (kind == '+' || kind == ':')
		say(c, c->bytes + 1, n - 1);
	else if (kind == '-')
		say(c, c->bytes, n);
	drop(c, n + 2);
	if (kind == '*')
		*more = number;
	return kind != '$' || number < 0 || text_read(c, (size_t)number);
}

/* A command of plain words may be written as a line. */
static bool
command_run(struct redis_client *c, const char *line, size_t n)
{
	long left = 1;

	c->said_n = 0;
	c->said[0] = '\0';
	if (send(c->fd, line, n, MSG_NOSIGNAL) != (ssize_t)n)
		return false;
	while (left-- > 0) {
		long more;

		if (!part_read(c, &more))
			return false;
		left += more > 0 ? more : 0;
		if (left > 0 && more == 0)
			say(c, "\n", 1);
	}
	return true;
}

const char *
redis_client_ask(struct redis_client *c, const char *fmt, ...)
{
	char line[COMMAND_BYTES];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(line, sizeof(line) - 2, fmt, args);
	va_end(args);
	assert_in_range(n, 1, sizeof(line) - 3);
	memcpy(line + n, "\r\n", 2);
	for (int tries = 0; tries < 2; tries++) {
		if ((c->fd >= 0 || client_connect(c)) &&
		    command_run(c, line, (size_t)n + 2))
			return c->said;
		redis_client_close(c);
	}
	return NULL;
}
