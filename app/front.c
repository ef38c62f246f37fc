#include "app/front.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/base/settings.h"
#include "app/call.h"
#include "app/front_conn.h"

#define EVENTS_A_TURN  256
#define ACCEPTS_A_TURN 32
#define TICK_MS        100
#define LOG_GATHER_MS  10
#define DRAIN_IDLE_MS  1000
#define SHORT_WAIT_MS  1000
#define SHORT_TOLD_MS  60000

bool
front_watch(struct front *f, int fd, uint32_t events, void *what)
{
	struct epoll_event ev = { .events = events, .data.ptr = what };

	return epoll_ctl(f->epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0;
}

/* Several processes may share the socket: wake one of them. */
void
front_accept_begin(struct front *f)
{
	f->accept_ms = 0;
	if (!f->accepting && f->stop_ms == 0)
		f->accepting = front_watch(f, f->parts.listen_fd,
		    EPOLLIN | EPOLLEXCLUSIVE, &f->parts.listen_fd);
}

static void
accept_end(struct front *f)
{
	if (f->accepting)
		(void)epoll_ctl(
		    f->epoll_fd, EPOLL_CTL_DEL, f->parts.listen_fd, NULL);
	f->accepting = false;
}

/* No descriptor is left: wait until a connection is freed, or a second. */
static void
accept_pause(struct front *f)
{
	accept_end(f);
	f->accept_ms = f->now_ms + SHORT_WAIT_MS;
	if (f->told_ms != 0 && f->now_ms - f->told_ms < SHORT_TOLD_MS)
		return;
	f->told_ms = f->now_ms;
	log_line(LOG_ERROR, STR_NULL,
	    "no descriptor for a connection: raise the limit of open files");
}

/* Takes one connection; false when none waits or there is no room. */
static bool
accept_one(struct front *f)
{
	int fd;

	if (f->n_conns >= (size_t)f->parts.settings->max_connections) {
		accept_end(f);
		return false;
	}
	fd = accept4(
	    f->parts.listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			accept_pause(f);
		return false;
	}
	front_add(f, fd);
	return true;
}

static void
accept_ready(struct front *f)
{
	for (int i = 0; i < ACCEPTS_A_TURN && accept_one(f); i++)
		continue;
}

/* Who waits at a socket of our own would find nobody else. */
static void
accept_last(struct front *f)
{
	while (!f->parts.listen_shared && accept_one(f))
		continue;
	accept_end(f);
}

static void
calls_ended(struct front *f, struct call *call)
{
	while (call != NULL) {
		struct call *next = call->next;

		front_call_ended(f, call);
		call = next;
	}
}

static void
list_expire(struct front *f, struct conn_list *list)
{
	while (list->head != NULL && list->head->give_up_ms <= f->now_ms)
		front_give_up(f, list->head);
}

static void
drop_idle(struct front *f)
{
	struct conn *next;

	for (struct conn *c = f->all; c != NULL; c = next) {
		next = c->all_next;
		if (c->state == CONN_READING && c->in.n == 0 &&
		    conn_is_silent(c))
			front_drop(f, c);
	}
}

/* True when nothing is left to do. */
static bool
drained(struct front *f)
{
	int64_t since;

	if (!atomic_load_explicit(&f->stopping, memory_order_relaxed))
		return false;
	if (f->stop_ms == 0) {
		accept_last(f);
		dispatch_stop(f->dispatch);
		f->stop_ms = f->now_ms;
	}
	since = f->now_ms - f->stop_ms;
	if (since >= DRAIN_IDLE_MS)
		drop_idle(f);
	if (since >= f->parts.settings->drain_timeout &&
	    dispatch_open_calls(f->dispatch) == 0)
		return true;
	return f->n_conns == 0 && !dispatch_renews(f->dispatch);
}

/* Until the next timer, or until a store or the access log is late. */
static int
wait_ms(const struct front *f)
{
	int64_t deadline_ms = dispatch_deadline(f->dispatch);
	int64_t left_ms;

	if (deadline_ms > f->log_ms)
		deadline_ms = f->log_ms;
	if (deadline_ms == INT64_MAX)
		return TICK_MS;
	left_ms = deadline_ms - clock_boot_ms();
	if (left_ms < 0)
		return 0;
	return left_ms < TICK_MS ? (int)left_ms : TICK_MS;
}

/* A worker has sent its answer itself: with nobody behind it, what is left to
 * do has time until the connection's next request, or the next tick. */
static enum mailbox_sleep
sleep_of(const struct front *f)
{
	bool prompt = f->n_awaited > 0 || f->stop_ms != 0 ||
		      dispatch_is_awaited(f->dispatch);

	return prompt ? MAILBOX_LIGHT : MAILBOX_DEEP;
}

/* What workers and stages are done with goes on, or is put away. A freed
 * connection may hold its next request already. */
static void
settle(struct front *f)
{
	struct call *ended;

	while ((ended = dispatch_turn(f->dispatch, f->now_ms)) != NULL)
		calls_ended(f, ended);
}

/* A write costs more than a line: one takes those of many turns. */
static void
log_turn(struct front *f)
{
	if (f->log_ms <= f->now_ms || !log_access_waits()) {
		log_access_flush();
		f->log_ms = INT64_MAX;
	} else if (f->log_ms == INT64_MAX) {
		f->log_ms = f->now_ms + LOG_GATHER_MS;
	}
}

/* The mailbox first: most requests come on a connection whose last answer has
 * been sent, but not been put away yet. */
static bool
turn(struct front *f)
{
	struct epoll_event events[EVENTS_A_TURN];
	bool answered = false;
	bool sleeps = mailbox_sleep(&f->mailbox, sleep_of(f));
	int wait = sleeps ? wait_ms(f) : 0;
	int n = epoll_wait(f->epoll_fd, events, EVENTS_A_TURN, wait);

	mailbox_rise(&f->mailbox);
	f->now_ms = clock_boot_ms();
	atomic_store_explicit(&f->seen_ms, f->now_ms, memory_order_relaxed);
	if (mailbox_holds(&f->mailbox)) {
		dispatch_returned(f->dispatch);
		settle(f);
	}
	for (int i = 0; i < n; i++) {
		if (events[i].data.ptr == &f->parts.listen_fd) {
			accept_ready(f);
		} else if (events[i].data.ptr == &f->dispatch) {
			answered = true;
		} else if (events[i].data.ptr != &f->mailbox) {
			front_event(f, events[i].data.ptr, events[i].events);
		}
	}
	if (answered || dispatch_deadline(f->dispatch) <= f->now_ms)
		dispatch_answered(f->dispatch, f->now_ms);
	if (f->accept_ms != 0 && f->accept_ms <= f->now_ms)
		front_accept_begin(f);
	list_expire(f, &f->arriving);
	front_body_seat(f);
	list_expire(f, &f->seatless);
	list_expire(f, &f->sending);
	list_expire(f, &f->lingering);
	settle(f);
	front_free_dropped(f);
	log_turn(f);
	return !drained(f);
}

static void *
front_main(void *arg)
{
	struct front *f = arg;

	while (turn(f))
		continue;
	log_access_end();
	atomic_store(&f->seen_ms, INT64_MAX);
	return NULL;
}

static enum status
front_open(struct front *f, const struct front_parts *parts, struct error *err)
{
	enum status st;

	f->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (f->epoll_fd < 0)
		return error_set(
		    err, ST_ERROR, "cannot open a front: %s", strerror(errno));
	st = mailbox_open(&f->mailbox, err);
	if (st != ST_OK)
		return st;
	f->parts = *parts;
	f->parts.dispatch.home = &f->mailbox;
	f->parts.dispatch.stopping = &f->stopping;
	f->scratch_bytes = conn_scratch_bytes(parts->settings);
	f->scratch = malloc(f->scratch_bytes);
	if (f->scratch == NULL)
		abort();
	f->now_ms = clock_boot_ms();
	f->log_ms = INT64_MAX;
	atomic_store(&f->seen_ms, f->now_ms);
	if (!front_watch(
		f, f->mailbox.event_fd, EPOLLIN | EPOLLET, &f->mailbox))
		return error_set(err, ST_ERROR, "epoll: %s", strerror(errno));
	st = dispatch_open(&f->parts.dispatch, &f->dispatch, err);
	if (st == ST_OK &&
	    !front_watch(f, dispatch_fd(f->dispatch), EPOLLIN, &f->dispatch))
		st = error_set(err, ST_ERROR, "epoll: %s", strerror(errno));
	return st;
}

enum status
front_start(
    const struct front_parts *parts, struct front **out, struct error *err)
{
	struct front *f = calloc(1, sizeof(*f));
	enum status st;

	if (f == NULL)
		abort();
	*out = f; /* on failure, too: the process ends and gives nothing back */
	st = front_open(f, parts, err);
	if (st != ST_OK)
		return st;
	front_accept_begin(f);
	if (!f->accepting)
		return error_set(err, ST_ERROR, "cannot watch the socket: %s",
		    strerror(errno));
	if (pthread_create(&f->thread, NULL, front_main, f) != 0)
		return error_set(err, ST_ERROR, "cannot start a thread");
	return ST_OK;
}

int64_t
front_seen_ms(const struct front *f)
{
	return atomic_load_explicit(&f->seen_ms, memory_order_relaxed);
}

void
front_stop(struct front *f)
{
	atomic_store(&f->stopping, true);
	mailbox_wake(&f->mailbox);
}

void
front_join(struct front *f)
{
	(void)pthread_join(f->thread, NULL);
}

void
front_close(struct front *f)
{
	while (f->all != NULL)
		front_drop(f, f->all);
	front_free_dropped(f);
	dispatch_close(f->dispatch);
	mailbox_close(&f->mailbox);
	(void)close(f->epoll_fd);
	free(f->scratch);
	free(f);
}
