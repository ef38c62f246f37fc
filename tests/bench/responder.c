#include "tests/bench/responder.h"

#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 511

#define ROW                                                                    \
	"{\"id\":1234,\"customer\":\"Grace Hopper\",\"country_code\":\"NO\","  \
	"\"currency_code\":\"NOK\",\"language_code\":\"nno\","                 \
	"\"status\":\"packed\",\"amount\":1234.5,\"paid\":true,"               \
	"\"ordered_on\":\"2021-03-09\",\"note\":null}"

const char responder_hello[] =
    "{\"resource\":[" ROW "," ROW "," ROW "," ROW "," ROW "]}";

/* One set for all threads; a connection is armed for one event at a time, so
 * that exactly one thread has it. */
struct dispatch {
	const struct responder *responder;
	int listener;
	int set;
};

int
responder_listen(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(addr.sun_path))
		errx(1, "%s: too long for a socket", path);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	(void)unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(fd, BACKLOG) < 0)
		err(1, "%s", path);
	return fd;
}

void
responder_drain(FCGX_Request *r)
{
	char scratch[4096];

	while (FCGX_GetStr(scratch, sizeof(scratch), r->in) > 0)
		continue;
}

static void
dispatch_arm(const struct dispatch *d, int fd, bool known)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT,
		.data.fd = fd };

	if (epoll_ctl(
		d->set, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) < 0)
		err(1, "epoll_ctl");
}

static void
dispatch_accept(const struct dispatch *d)
{
	int fd = accept4(d->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0)
		dispatch_arm(d, fd, false);
	dispatch_arm(d, d->listener, true);
}

/* One request of a connection that has something to read. */
static void
dispatch_serve(const struct dispatch *d, int fd, void *state)
{
	FCGX_Request r;

	FCGX_InitRequest(&r, -1, 0);
	r.ipcFd = fd;
	r.keepConnection = 1; /* or libfcgi closes it before it reads */
	if (FCGX_Accept_r(&r) < 0)
		return;
	d->responder->answer(state, &r);
	responder_drain(&r);
	FCGX_Finish_r(&r);
	if (r.ipcFd >= 0)
		dispatch_arm(d, fd, true);
}

static void *
dispatch_thread(void *arg)
{
	const struct dispatch *d = arg;
	const struct responder *responder = d->responder;
	struct epoll_event event;
	void *state = NULL;

	if (responder->open != NULL)
		state = responder->open(responder->ctx);
	for (;;) {
		if (epoll_wait(d->set, &event, 1, -1) < 1)
			continue;
		if (event.data.fd == d->listener)
			dispatch_accept(d);
		else
			dispatch_serve(d, event.data.fd, state);
	}
	return NULL;
}

void
responder_run(const struct responder *responder)
{
	struct dispatch d = { .responder = responder };
	pthread_t thread;

	if (FCGX_Init() != 0)
		errx(1, "FCGX_Init failed");
	(void)signal(SIGTERM, SIG_DFL); /* FCGX_Init took it */
	d.listener = responder_listen(responder->path);
	d.set = epoll_create1(EPOLL_CLOEXEC);
	if (d.set < 0)
		err(1, "epoll_create1");
	dispatch_arm(&d, d.listener, false);
	for (int i = 1; i < responder->threads; i++)
		if (pthread_create(&thread, NULL, dispatch_thread, &d) != 0)
			errx(1, "pthread_create failed");
	(void)dispatch_thread(&d);
}
