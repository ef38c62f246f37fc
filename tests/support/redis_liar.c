#include "tests/support/redis_liar.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/redis.h"

#define CHUNK_BYTES 65536
#define TURN_MS     5
#define HEARD_MOST  ((size_t)64 << 20)

static const struct cache_space space = { { "space", 5 }, true };

static void
listen_anywhere(struct liar *l)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t n = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	l->listener =
	    socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(l->listener >= 0);
	assert_int_equal(
	    bind(l->listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(l->listener, 16), 0);
	assert_int_equal(
	    getsockname(l->listener, (struct sockaddr *)&at, &n), 0);
	l->config.port = ntohs(at.sin_port);
}

void
liar_open(struct liar *l, void (*edit)(struct cache_config *config))
{
	struct error err = { 0 };

	assert_true(secret_init());
	*l = (struct liar){ .fd = -1 };
	arena_init(&l->arena, CHUNK_BYTES);
	l->config = cache_config_none;
	l->config.prefix = "weir";
	l->config.hosts = "127.0.0.1";
	l->config.timeout_ms = LIAR_HANG_MS;
	l->config.max_value = LIAR_MAX_VALUE;
	listen_anywhere(l);
	if (edit != NULL)
		edit(&l->config);
	if (redis_driver.open(&l->config, &l->cache, &err) != ST_OK)
		fail_msg("%s", err.text);
	assert_int_equal(redis_driver.connect(l->cache, &l->conn, &err), ST_OK);
	l->heard = malloc(HEARD_MOST);
	assert_non_null(l->heard);
}

void
liar_close(struct liar *l)
{
	redis_driver.disconnect(l->conn);
	redis_driver.close(l->cache);
	liar_hang_up(l);
	(void)close(l->listener);
	arena_close(&l->arena);
	free(l->heard);
}

void
liar_hang_up(struct liar *l)
{
	if (l->fd >= 0)
		(void)close(l->fd);
	l->fd = -1;
	l->n_heard = 0;
}

void
liar_submit(
    struct liar *l, struct flight *f, struct cache_op op, int64_t timeout_ms)
{
	*f = (struct flight){ .op = op };
	f->op.space = &space;
	f->op.arena = &l->arena;
	f->list[0] = &f->op;
	f->batch.ops = f->list;
	f->batch.n = 1;
	f->batch.deadline_ms = clock_boot_ms() + timeout_ms;
	f->batch.owner = f;
	redis_driver.submit(l->conn, &f->batch);
}

static void
reap(struct liar *l)
{
	struct cache_batch *b = redis_driver.reap(l->conn, clock_boot_ms());

	for (; b != NULL; b = b->next) {
		((struct flight *)b->owner)->landed = true;
		l->n_done++;
	}
}

void
liar_turn(struct liar *l)
{
	struct pollfd p = { .fd = redis_driver.loop_fd(l->conn),
		.events = POLLIN };

	(void)poll(&p, 1, TURN_MS);
	reap(l);
}

enum status
liar_await(struct liar *l, struct flight *f)
{
	int64_t until_ms = clock_boot_ms() + 2 * LIAR_HANG_MS;

	reap(l);
	while (!f->landed) {
		assert_true(clock_boot_ms() < until_ms);
		liar_turn(l);
	}
	return f->op.status;
}

void
liar_accept(struct liar *l)
{
	int64_t until_ms = clock_boot_ms() + LIAR_HANG_MS;

	liar_hang_up(l);
	while (l->fd < 0) {
		assert_true(clock_boot_ms() < until_ms);
		liar_turn(l);
		l->fd = accept(l->listener, NULL, NULL);
	}
	assert_int_equal(fcntl(l->fd, F_SETFL, O_NONBLOCK), 0);
}

/* Reads what is there; false: the driver has ended the link. */
static bool
listen_once(struct liar *l)
{
	ssize_t n = read(l->fd, l->heard + l->n_heard, HEARD_MOST - l->n_heard);

	if (n > 0)
		l->n_heard += (size_t)n;
	return n > 0 || (n < 0 && errno == EAGAIN);
}

bool
liar_left(struct liar *l)
{
	int64_t until_ms = clock_boot_ms() + LIAR_HANG_MS / 10;

	while (clock_boot_ms() < until_ms) {
		if (!listen_once(l))
			return true;
		liar_turn(l);
	}
	return false;
}

/* The number in a line at *at, which moves behind it; false: it is not all
 * there. */
static bool
number(const struct liar *l, size_t *at, char kind, size_t *out)
{
	const char *end = memmem(l->heard + *at, l->n_heard - *at, "\r\n", 2);

	if (end == NULL)
		return false;
	assert_int_equal(l->heard[*at], kind);
	*out = strtoul(l->heard + *at + 1, NULL, 10);
	*at = (size_t)(end - l->heard) + 2;
	return true;
}

/* The first command that was heard; NULL: it is not all there. */
static const char *
command(struct liar *l)
{
	struct str words = STR("");
	size_t at = 0;
	size_t n, length;

	if (!number(l, &at, '*', &n))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (!number(l, &at, '$', &length) ||
		    l->n_heard - at < length + 2)
			return NULL;
		words = arena_printf(&l->arena, "%s%s%.*s", words.p,
		    i > 0 ? " " : "", (int)length, l->heard + at);
		at += length + 2;
	}
	l->n_heard -= at;
	memmove(l->heard, l->heard + at, l->n_heard);
	return words.p;
}

const char *
liar_hear(struct liar *l)
{
	int64_t until_ms = clock_boot_ms() + LIAR_HANG_MS;
	const char *words;

	while ((words = command(l)) == NULL) {
		assert_true(clock_boot_ms() < until_ms);
		liar_turn(l);
		assert_true(listen_once(l));
	}
	return words;
}

void
liar_say_bytes(struct liar *l, const char *p, size_t n)
{
	assert_int_equal(send(l->fd, p, n, MSG_NOSIGNAL), n);
}

void
liar_say(struct liar *l, const char *words)
{
	liar_say_bytes(l, words, strlen(words));
}

void
liar_greet(struct liar *l)
{
	liar_accept(l);
	for (int i = 0; i < LIAR_GREETINGS; i++)
		(void)liar_hear(l);
	liar_say(l, LIAR_GREETED);
}
