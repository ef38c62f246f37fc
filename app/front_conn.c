#include "app/front_conn.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include "app/base/settings.h"
#include "app/call.h"
#include "app/fcgi.h"

#define LINGER_MS    2000
#define UNKNOWN_ROLE 3 /* FCGI_UNKNOWN_ROLE */

void
front_drop(struct front *f, struct conn *c)
{
	if (c->all_prev != NULL)
		c->all_prev->all_next = c->all_next;
	else
		f->all = c->all_next;
	if (c->all_next != NULL)
		c->all_next->all_prev = c->all_prev;
	f->n_conns--;
	f->n_awaited -= c->awaited;
	f->body_room -= c->body_room;
	conn_list_remove(c);
	c->state = CONN_DROPPED;
	c->all_next = f->dropped;
	f->dropped = c;
}

void
front_free_dropped(struct front *f)
{
	if (f->dropped == NULL)
		return;
	while (f->dropped != NULL) {
		struct conn *c = f->dropped;

		f->dropped = c->all_next;
		conn_free(c);
	}
	front_accept_begin(f);
}

void
front_add(struct front *f, int fd)
{
	struct conn *c = conn_new(fd);

	c->all_next = f->all;
	if (f->all != NULL)
		f->all->all_prev = c;
	f->all = c;
	f->n_conns++;
	if (!front_watch(f, fd, CONN_EVENTS, c))
		front_drop(f, c);
}

bool
front_rewatch(struct front *f, struct conn *c, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };

	return epoll_ctl(f->epoll_fd, EPOLL_CTL_MOD, c->fd, &ev) == 0;
}

void
front_look_again(struct front *f, struct conn *c)
{
	c->again = false;
	if (!front_rewatch(f, c, CONN_EVENTS))
		front_give_up(f, c);
}

static void
conn_drain(struct front *f, struct conn *c)
{
	if (!conn_discard(c, f->scratch, f->scratch_bytes))
		front_drop(f, c);
	else if (c->again)
		front_look_again(f, c);
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
	conn_drain(f, c);
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
	c->call = call;
	dispatch_ready(f->dispatch, call);
}

/* Of its body only what is complete: the rest is read by who judges it. */
static enum status
request_read(struct front *f, struct conn *c, struct call *call)
{
	const struct record_scan *scan = &c->scan;
	const char *bytes = c->in.n > 0 ? c->in.p : f->scratch;
	enum status st = fcgi_read(scan, bytes, &call->req);
	char *body;

	if (st != ST_OK || !scan->complete)
		return st;
	body = arena_alloc(&call->arena, scan->body_bytes + 1);
	call->req.body = str_make(
	    body, record_body(bytes, scan->params_end, scan->at, body));
	return ST_OK;
}

/* `late`: its time was over before its body had arrived. */
static void
request_begin(struct front *f, struct conn *c, bool late)
{
	struct call *call = dispatch_new_call(f->dispatch);

	if (request_read(f, c, call) != ST_OK) {
		dispatch_release(f->dispatch, call);
		front_drop(f, c);
		return;
	}
	call->body_pending = !c->scan.complete;
	if (late) {
		request_identify(&call->req);
		response_fail(&call->req, 408,
		    "The request body did not arrive in time.");
	}
	request_ready(f, c, call);
}

/* More parameters than MAX_HEADERS: they are not parsed, so the answer names
 * no path. */
static void
request_oversize(struct front *f, struct conn *c)
{
	struct call *call = dispatch_new_call(f->dispatch);

	request_identify(&call->req);
	response_fail(&call->req, 431,
	    "The request's header fields are larger than MAX_HEADERS "
	    "(%lld bytes).",
	    (long long)f->parts.settings->max_headers);
	call->body_pending = true; /* unread bytes follow */
	request_ready(f, c, call);
}

/* Room for the rest of an answer is an event only while there is a rest:
 * nobody is to be woken for each answer that the peer reads. */
static bool
rest_begin(struct front *f, struct conn *c, struct call *call)
{
	if (!front_rewatch(f, c, CONN_EVENTS | EPOLLOUT))
		return false;
	c->state = CONN_SENDING;
	conn_list_add(&f->sending, c,
	    call->outfile.under_way
		? call->req.deadline_ms
		: f->now_ms + call->req.settings->write_timeout);
	return true;
}

static void
rest_end(struct front *f, struct conn *c)
{
	struct call *call = c->call;

	conn_list_remove(c);
	c->state = CONN_BUSY;
	if (call->outcome == CALL_SENT && !front_rewatch(f, c, CONN_EVENTS))
		call->outcome = CALL_BROKEN;
	front_call_ended(f, call);
}

/* More of a file is a worker's part. */
static void
rest_pass(struct front *f, struct conn *c)
{
	if (c->gone || conn_is_aborted(c) ||
	    !front_rewatch(f, c, CONN_EVENTS)) {
		c->call->outcome = CALL_BROKEN;
		rest_end(f, c);
		return;
	}
	conn_list_remove(c);
	c->state = CONN_BUSY;
	dispatch_send(f->dispatch, c->call);
}

/* The peer may have read. */
static void
rest_send(struct front *f, struct conn *c)
{
	if (c->call->outfile.under_way) {
		rest_pass(f, c);
		return;
	}
	call_send(c->call);
	if (c->call->outcome != CALL_REST)
		rest_end(f, c);
}

void
front_give_up(struct front *f, struct conn *c)
{
	if (c->state == CONN_BODY || c->state == CONN_SEATLESS) {
		front_body_late(f, c);
	} else if (c->state == CONN_SENDING) {
		c->call->outcome = CALL_BROKEN;
		rest_end(f, c);
	} else if (c->state == CONN_READING && c->scan.params_end > 0) {
		request_begin(f, c, true);
	} else {
		front_drop(f, c);
	}
}

static void
conn_wait(struct front *f, struct conn *c)
{
	if (c->in.n > 0 && c->list == NULL)
		conn_list_add(&f->arriving, c,
		    f->now_ms + f->parts.settings->read_timeout);
}

/* While its body arrives, what comes next may begin within a record; then who
 * reads the body finds the abort. */
static bool
busy_is_aborted(const struct conn *c)
{
	return !c->drawn && !c->call->body_pending && conn_is_aborted(c);
}

/* Its request is in work. What else came is looked at when that is answered,
 * but for the news that nobody waits for the answer. */
static void
busy_look(struct front *f, struct conn *c)
{
	if (!c->awaited)
		f->n_awaited++;
	c->awaited = true;
	c->gone = c->gone || busy_is_aborted(c);
	if (c->gone)
		dispatch_gone(f->dispatch, c->call);
}

/*
 * A peer that has shut down only its sending side is taken as gone, too: web
 * servers that stay for the answer do not do that.
 */
void
front_event(struct front *f, struct conn *c, uint32_t events)
{
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		c->gone = true;
	c->readable = true;
	if (c->state != CONN_DROPPED)
		front_look(f, c);
}

void
front_look(struct front *f, struct conn *c)
{
	if (c->state == CONN_BUSY) {
		busy_look(f, c);
		return;
	}
	if (c->state == CONN_BODY || c->state == CONN_SEATLESS) {
		front_body_look(f, c);
		return;
	}
	if (c->state == CONN_SENDING) {
		rest_send(f, c);
		return;
	}
	if (c->state == CONN_LINGERING) {
		conn_drain(f, c);
		return;
	}
	switch (conn_look(c, f->parts.settings, f->scratch, f->scratch_bytes)) {
	case RECORD_MORE:
		conn_wait(f, c);
		break;
	case RECORD_READY:
	case RECORD_LONG:
		request_begin(f, c, false);
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
		front_drop(f, c);
		break;
	}
}

/* The answer is sent, or cannot be: what becomes of the connection. */
void
front_call_ended(struct front *f, struct call *call)
{
	struct conn *c = call->conn;
	enum call_outcome outcome = call->outcome;

	if (outcome == CALL_BODY) {
		front_body_begin(f, call);
		return;
	}
	if (outcome == CALL_REST) {
		if (rest_begin(f, c, call))
			return;
		outcome = CALL_BROKEN;
	}
	c->call = NULL;
	dispatch_release(f->dispatch, call);
	if (c->awaited)
		f->n_awaited--;
	c->awaited = false;
	c->state = CONN_READING;
	if (!front_body_end(f, c))
		outcome = CALL_BROKEN;
	conn_next_request(c);
	if (outcome == CALL_BROKEN)
		front_drop(f, c);
	else if (outcome == CALL_GONE)
		conn_end_request(f, c, 0);
	else if (c->close_after || c->gone)
		conn_linger(f, c);
	else if (c->readable)
		front_look(f, c);
}
