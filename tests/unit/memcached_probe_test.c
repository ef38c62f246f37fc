/* Is a server that was away back? Asked by steps that may lie far apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "drivers/cache/memcached_address.h"
#include "drivers/cache/memcached_probe.h"

#define LATE_MS 5000 /* more than a server has for its answer */

struct world {
	struct memcached_probe probe;
	struct memcached_addresses addresses;
	int listener;
};

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	assert_non_null(w);
	w->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(w->listener, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(w->listener, 4), 0);
	assert_int_equal(
	    getsockname(w->listener, (struct sockaddr *)&at, &n), 0);
	w->addresses.n = 1;
	memcpy(&w->addresses.list[0].at, &at, sizeof(at));
	w->addresses.list[0].length = n;
	memcached_probe_init(&w->probe, false);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	memcached_probe_end(&w->probe);
	(void)close(w->listener);
	free(w);
	return 0;
}

static enum memcached_sign
step(struct world *w, int64_t now_ms)
{
	return memcached_probe_step(&w->probe, &w->addresses, now_ms);
}

/* Begins a probe at 0 ms, up to its question, which is heard: the server's end
 * of the connection. */
static int
question_heard(struct world *w)
{
	char text[16] = "";
	int fd;

	while (!w->probe.sent) {
		assert_int_equal(step(w, 0), MEMCACHED_SILENT);
		(void)poll(NULL, 0, 1);
	}
	fd = accept(w->listener, NULL, NULL);
	assert_true(fd >= 0);
	assert_int_equal(recv(fd, text, sizeof(text), 0), 9);
	assert_string_equal(text, "version\r\n");
	return fd;
}

static void
answer(struct world *w, int fd)
{
	struct pollfd p = { .fd = w->probe.fd, .events = POLLIN };

	assert_int_equal(send(fd, "VERSION 1\r\n", 11, MSG_NOSIGNAL), 11);
	assert_int_equal(poll(&p, 1, -1), 1);
}

static void
an_answer_in_time_counts(void **state)
{
	struct world *w = *state;
	int fd = question_heard(w);

	assert_int_equal(step(w, 1), MEMCACHED_SILENT);
	answer(w, fd);
	assert_int_equal(step(w, 2), MEMCACHED_ANSWERS);
	(void)close(fd);
}

static void
an_answer_that_nobody_looked_for_counts(void **state)
{
	struct world *w = *state;
	int fd = question_heard(w);

	answer(w, fd);
	assert_int_equal(step(w, LATE_MS), MEMCACHED_ANSWERS);
	(void)close(fd);
}

static void
a_silent_server_is_away(void **state)
{
	struct world *w = *state;
	int fd = question_heard(w);

	assert_int_equal(step(w, LATE_MS), MEMCACHED_AWAY);
	assert_int_equal(w->probe.fd, -1);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    an_answer_in_time_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    an_answer_that_nobody_looked_for_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_silent_server_is_away, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
