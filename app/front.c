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
#include "app/conn.h"
#include "app/fcgi.h"
#include "app/mailbox.h"

#define EVENTS_A_TURN  256
#define ACCEPTS_A_TURN 32
#define TICK_MS        100
#define LINGER_MS      2000
#define DRAIN_IDLE_MS  1000
#define UNKNOWN_ROLE   3 /* FCGI_UNKNOWN_ROLE */

struct front {
	pthread_t thread;
	int epoll_fd;
	int feed[2]; /* parameters on their way to libfcgi */
	struct front_parts parts;
	struct mailbox mailbox;
	struct dispatch *dispatch;
	struct conn *all; /* every connection */
	size_t n_conns;
	struct conn_list arriving;  /* incomplete requests */
	struct conn_list lingering; /* answered for good */
	bool accepting;
	atomic_bool stopping;
	int64_t stop_ms; /* when the drain began, 0: not yet */
	int64_t now_ms;
	char *scratch;
	size_t scratch_bytes;
};

static bool
watch(struct front *f, int fd, uint32_t events, void *what)
{
	struct epoll_event ev = { .events = events, .data.ptr = what };

	return epoll_ctl(f->epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0;
}

/* Several processes may share the socket: wake one of them. */
static void
accept_begin(struct front *f)
{
	if (!f->accepting && f->stop_ms == 0)
		f->accepting = watch(f, f->parts.listen_fd,
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

static void
conn_drop(struct front *f, struct conn *c)
{
	if (c->all_prev != NULL)
		c->all_prev->all_next = c->all_next;
	else
		f->all = c->all_next;
	if (c->all_next != NULL)
		c->all_next->all_prev = c->all_prev;
	f->n_conns--;
	conn_free(c);
	accept_begin(f);
}

static void
conn_add(struct front *f, int fd)
{
	struct conn *c = conn_new(fd);

	c->all_next = f->all;
	if (f->all != NULL)
		f->all->all_prev = c;
	f->all = c;
	f->n_conns++;
	if (!watch(f, fd, EPOLLIN | EPOLLRDHUP | EPOLLET, c))
		conn_drop(f, c);
}

static void
accept_ready(struct front *f)
{
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		int fd;

		if (f->n_conns >= (size_t)f->parts.settings->max_connections) {
			accept_end(f);
			return;
		}
		fd = accept4(f->parts.listen_fd, NULL, NULL,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			conn_add(f, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE)
			log_line(LOG_ERROR, STR_NULL,
			    "no descriptor for a connection: raise the limit "
			    "of open files");
		return;
	}
}

/* Says goodbye in order: what the peer still sends is read and dropped, or
 * its kernel would throw our last words away. */
static void
conn_linger(struct front *f, struct conn *c)
{
	c->state = CONN_LINGERING;
	(void)shutdown(c->fd, SHUT_WR);
	conn_list_remove(c);
	conn_list_add(&f->lingering, c, f->now_ms + LINGER_MS);
	if (!conn_discard(c, f->scratch, f->scratch_bytes))
		conn_drop(f, c);
}

/* An END_REQUEST without an answer, then goodbye. */
static void
conn_end_request(struct front *f, struct conn *c, uint8_t protocol_status)
{
	char end[ANSWER_END_BYTES];

	answer_end_record(end, c->scan.id, protocol_status);
	(void)send(c->fd, end, sizeof(end), MSG_DONTWAIT | MSG_NOSIGNAL);
	conn_linger(f, c);
}

/* The parameters are parsed and the body, if it is whole, is in place. */
static void
request_ready(struct front *f, struct conn *c, struct call *call)
{
	conn_list_remove(c);
	c->state = CONN_BUSY;
	c->close_after = !c->scan.keep;
	call->conn = c;
	dispatch_ready(f->dispatch, call);
}

/* The whole request is in the socket, or in c->in. */
static enum status
request_read(struct front *f, struct conn *c, struct call *call)
{
	struct record_scan *scan = &c->scan;
	enum status st;
	char *body;

	if (c->in.n == 0)
		return fcgi_read(
		    call->fcgi, c->fd, scan->body_bytes, &call->req);
	st = fcgi_read_params(
	    call->fcgi, f->feed, c->in.p, scan->params_end, &call->req);
	if (st != ST_OK || !scan->complete)
		return st;
	body = arena_alloc(&call->arena, scan->body_bytes + 1);
	call->req.body = str_make(
	    body, record_body(c->in.p, scan->params_end, scan->at, body));
	return ST_OK;
}

static void
request_begin(struct front *f, struct conn *c)
{
	struct call *call = dispatch_new_call(f->dispatch);

	if (request_read(f, c, call) != ST_OK) {
		dispatch_release(f->dispatch, call);
		conn_drop(f, c);
		return;
	}
	call->body_pending = !c->scan.complete;
	conn_next_request(c, call->body_pending);
	request_ready(f, c, call);
}

/* More parameters than MAX_HEADERS: they are not parsed, so the answer names
 * no path. */
static void
request_oversize(struct front *f, struct conn *c)
{
	struct call *call = dispatch_new_call(f->dispatch);

	response_fail(&call->req, 431,
	    "The request's header fields are larger than MAX_HEADERS "
	    "(%lld bytes).",
	    (long long)f->parts.settings->max_headers);
	conn_next_request(c, false);
	call->body_pending = true; /* unread bytes follow */
	request_ready(f, c, call);
}

static void
conn_wait(struct front *f, struct conn *c)
{
	if (c->in.n > 0 && c->list == NULL)
		conn_list_add(&f->arriving, c,
		    f->now_ms + f->parts.settings->read_timeout);
}

static void
conn_ready(struct front *f, struct conn *c)
{
	if (c->state == CONN_BUSY)
		return; /* looked at again when its answer is sent */
	if (c->state == CONN_LINGERING) {
		if (!conn_discard(c, f->scratch, f->scratch_bytes))
			conn_drop(f, c);
		return;
	}
	switch (conn_look(c, f->parts.settings, f->scratch, f->scratch_bytes)) {
	case RECORD_MORE:
		conn_wait(f, c);
		break;
	case RECORD_READY:
	case RECORD_LONG:
		request_begin(f, c);
		break;
	case RECORD_ABORTED:
		conn_end_request(f, c, 0);
		break;
	case RECORD_ROLE:
		conn_end_request(f, c, UNKNOWN_ROLE);
		break;
	case RECORD_OVERSIZE:
		request_oversize(f, c);
		break;
	case RECORD_BAD:
		conn_drop(f, c);
		break;
	}
}

/* The answer is sent, or cannot be: what becomes of the connection. */
static void
call_ended(struct front *f, struct call *call)
{
	struct conn *c = call->conn;
	bool broken = call->outcome == CALL_BROKEN;

	dispatch_release(f->dispatch, call);
	c->state = CONN_READING;
	conn_next_request(c, false);
	if (broken)
		conn_drop(f, c);
	else if (c->close_after || f->stop_ms != 0)
		conn_linger(f, c);
	else if (c->readable)
		conn_ready(f, c);
}

static void
calls_ended(struct front *f, struct call *call)
{
	while (call != NULL) {
		struct call *next = call->next;

		call_ended(f, call);
		call = next;
	}
}

static void
list_expire(struct front *f, struct conn_list *list)
{
	while (list->head != NULL && list->head->give_up_ms <= f->now_ms)
		conn_drop(f, list->head);
}

static void
drop_idle(struct front *f)
{
	struct conn *next;

	for (struct conn *c = f->all; c != NULL; c = next) {
		next = c->all_next;
		if (c->state == CONN_READING && c->in.n == 0)
			conn_drop(f, c);
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
		accept_end(f);
		f->stop_ms = f->now_ms;
	}
	since = f->now_ms - f->stop_ms;
	if (since >= DRAIN_IDLE_MS)
		drop_idle(f);
	if (since >= f->parts.settings->drain_timeout &&
	    dispatch_open_calls(f->dispatch) == 0)
		return true;
	return f->n_conns == 0;
}

static bool
turn(struct front *f)
{
	struct epoll_event events[EVENTS_A_TURN];
	struct call *ended;
	bool mail = false;
	int n = epoll_wait(f->epoll_fd, events, EVENTS_A_TURN, TICK_MS);

	f->now_ms = clock_boot_ms();
	for (int i = 0; i < n; i++) {
		if (events[i].data.ptr == &f->parts.listen_fd) {
			accept_ready(f);
		} else if (events[i].data.ptr == &f->mailbox) {
			mail = true; /* after the events: it frees conns */
		} else {
			struct conn *c = events[i].data.ptr;

			c->readable = true;
			conn_ready(f, c);
		}
	}
	if (mail)
		dispatch_returned(f->dispatch, mailbox_take(&f->mailbox));
	/* A freed connection may hold its next request already. */
	while ((ended = dispatch_turn(f->dispatch, f->now_ms)) != NULL)
		calls_ended(f, ended);
	list_expire(f, &f->arriving);
	list_expire(f, &f->lingering);
	log_access_flush();
	return !drained(f);
}

static void *
front_main(void *arg)
{
	struct front *f = arg;

	while (turn(f))
		continue;
	return NULL;
}

static enum status
front_open(struct front *f, const struct front_parts *parts, struct error *err)
{
	enum status st;

	f->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (f->epoll_fd < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		f->feed) != 0)
		return error_set(
		    err, ST_ERROR, "cannot open a front: %s", strerror(errno));
	st = mailbox_open(&f->mailbox, err);
	if (st != ST_OK)
		return st;
	f->parts = *parts;
	f->parts.dispatch.home = &f->mailbox;
	f->scratch_bytes = conn_scratch_bytes(parts->settings);
	f->scratch = malloc(f->scratch_bytes);
	if (f->scratch == NULL)
		abort();
	f->now_ms = clock_boot_ms();
	if (!watch(f, f->mailbox.event_fd, EPOLLIN, &f->mailbox))
		return error_set(err, ST_ERROR, "epoll: %s", strerror(errno));
	return dispatch_open(&f->parts.dispatch, &f->dispatch, err);
}

enum status
front_start(
    const struct front_parts *parts, struct front **out, struct error *err)
{
	struct front *f = calloc(1, sizeof(*f));
	enum status st;

	if (f == NULL)
		abort();
	st = front_open(f, parts, err);
	if (st != ST_OK)
		return st; /* the process ends: nothing to give back */
	accept_begin(f);
	if (!f->accepting)
		return error_set(err, ST_ERROR, "cannot watch the socket: %s",
		    strerror(errno));
	if (pthread_create(&f->thread, NULL, front_main, f) != 0)
		return error_set(err, ST_ERROR, "cannot start a thread");
	*out = f;
	return ST_OK;
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
	while (f->all != NULL)
		conn_drop(f, f->all);
	dispatch_close(f->dispatch);
	mailbox_close(&f->mailbox);
	(void)close(f->feed[0]);
	(void)close(f->feed[1]);
	(void)close(f->epoll_fd);
	free(f->scratch);
	free(f);
}
