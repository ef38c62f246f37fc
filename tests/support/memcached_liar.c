#include "tests/support/memcached_liar.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define TURN_MS    10
#define LINE_BYTES 512
#define END        "END\r\n"

static void
say(struct memcached_liar_link *link, const char *words)
{
	(void)send(link->fd, words, strlen(words), MSG_NOSIGNAL);
}

/* Commands come one at a time, and whole: they are short. */
static void
hear(struct memcached_liar *l, struct memcached_liar_link *link)
{
	char line[LINE_BYTES] = "";
	char key[LINE_BYTES] = "";
	char answer[2 * LINE_BYTES];
	ssize_t n = recv(link->fd, line, sizeof(line) - 1, MSG_DONTWAIT);

	if (n == 0) {
		(void)close(link->fd);
		link->fd = -1;
	}
	if (n <= 0)
		return;
	if (l->answer == NULL) {
		link->dribbles = true;
		return;
	}
	if (strncmp(line, "cas ", 4) == 0) {
		(void)atomic_fetch_add(&l->too_late, 1);
		say(link, "EXISTS\r\n");
	}
	if (sscanf(line, "get%*[s ]%500s", key) != 1)
		return;
	if (strcmp(key, "weir") == 0) {
		say(link, END);
		return;
	}
	link->dribbles = strstr(l->answer, END) == NULL;
	(void)snprintf(answer, sizeof(answer), "VALUE %s %s", key, l->answer);
	say(link, answer);
}

static void
take_in(struct memcached_liar *l)
{
	int fd = accept(l->listener, NULL, NULL);

	for (int i = 0; fd >= 0 && i < MEMCACHED_LIAR_LINKS; i++) {
		struct memcached_liar_link *link = &l->links[i];

		if (link->fd >= 0)
			continue;
		*link = (struct memcached_liar_link){ .fd = fd };
		return;
	}
	if (fd >= 0)
		(void)close(fd);
}

/* For a turn, or until something is heard. */
static void
await(const struct memcached_liar *l)
{
	struct pollfd fds[MEMCACHED_LIAR_LINKS + 1];

	fds[0] = (struct pollfd){ .fd = l->listener, .events = POLLIN };
	for (int i = 0; i < MEMCACHED_LIAR_LINKS; i++)
		fds[i + 1] =
		    (struct pollfd){ .fd = l->links[i].fd, .events = POLLIN };
	(void)poll(fds, MEMCACHED_LIAR_LINKS + 1, TURN_MS);
}

static void *
liar_main(void *arg)
{
	struct memcached_liar *l = arg;

	while (!atomic_load(&l->stop)) {
		await(l);
		take_in(l);
		for (int i = 0; i < MEMCACHED_LIAR_LINKS; i++) {
			struct memcached_liar_link *link = &l->links[i];

			if (link->fd >= 0)
				hear(l, link);
			if (link->fd >= 0 && link->dribbles)
				say(link, "x");
		}
	}
	return NULL;
}

void
memcached_liar_start(struct memcached_liar *l, const char *answer)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t n = sizeof(at);

	*l = (struct memcached_liar){ .answer = answer };
	for (int i = 0; i < MEMCACHED_LIAR_LINKS; i++)
		l->links[i].fd = -1;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	l->listener =
	    socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(l->listener >= 0);
	assert_int_equal(
	    bind(l->listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(l->listener, MEMCACHED_LIAR_LINKS), 0);
	assert_int_equal(
	    getsockname(l->listener, (struct sockaddr *)&at, &n), 0);
	l->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&l->thread, NULL, liar_main, l), 0);
}

void
memcached_liar_stop(struct memcached_liar *l)
{
	atomic_store(&l->stop, true);
	assert_int_equal(pthread_join(l->thread, NULL), 0);
	for (int i = 0; i < MEMCACHED_LIAR_LINKS; i++)
		if (l->links[i].fd >= 0)
			(void)close(l->links[i].fd);
	(void)close(l->listener);
}
