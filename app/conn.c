#include "app/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/base/settings.h"

/* Headers of the records around parameters and a body that waits whole. */
#define FRAMING_BYTES 16384u
#define READ_BYTES    65536u
#define READS_A_TURN  4 /* of a peer that sends without end */

void
conn_list_add(struct conn_list *list, struct conn *c, int64_t give_up_ms)
{
	struct conn *prev = list->tail;

	/* As good as always the last: time-outs change with the settings. */
	while (prev != NULL && prev->give_up_ms > give_up_ms)
		prev = prev->prev;
	c->list = list;
	c->give_up_ms = give_up_ms;
	c->prev = prev;
	c->next = prev != NULL ? prev->next : list->head;
	if (prev != NULL)
		prev->next = c;
	else
		list->head = c;
	if (c->next != NULL)
		c->next->prev = c;
	else
		list->tail = c;
}

void
conn_list_remove(struct conn *c)
{
	if (c->list == NULL)
		return;
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		c->list->head = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	else
		c->list->tail = c->prev;
	c->list = NULL;
}

struct conn *
conn_new(int fd)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	c->fd = fd;
	return c;
}

void
conn_free(struct conn *c)
{
	conn_list_remove(c);
	(void)close(c->fd);
	buf_free(&c->in);
	buf_free(&c->body);
	free(c);
}

size_t
conn_scratch_bytes(const struct settings *settings)
{
	return (size_t)settings->max_headers + CONN_BODY_WAIT +
	       RECORD_CONTENT_MAX + FRAMING_BYTES;
}

static void
scan_begin(struct conn *c, const struct settings *settings)
{
	if (c->scan.awaiting != 0)
		return;
	c->scan = (struct record_scan){
		.params_limit = (size_t)settings->max_headers,
		.body_limit = CONN_BODY_WAIT,
	};
}

/* Nothing waits in c->in. What is not whole begins to. */
static enum record_verdict
look_fresh(struct conn *c, char *scratch, size_t scratch_bytes)
{
	ssize_t n = recv(c->fd, scratch, scratch_bytes, MSG_DONTWAIT);
	enum record_verdict verdict;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return RECORD_MORE;
	if (n <= 0)
		return RECORD_BAD;
	verdict = record_scan(&c->scan, scratch, (size_t)n);
	if (verdict == RECORD_MORE || verdict == RECORD_LONG)
		buf_put(&c->in, str_make(scratch, (size_t)n));
	return verdict;
}

/* A request has begun to gather in c->in: take what there is. */
static enum record_verdict
look_gathering(struct conn *c, size_t max_bytes)
{
	enum record_verdict verdict = RECORD_MORE;

	while (verdict == RECORD_MORE && c->in.n < max_bytes) {
		char *to = buf_reserve(&c->in, READ_BYTES);
		ssize_t n = recv(c->fd, to, READ_BYTES, MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return RECORD_MORE;
		if (n <= 0)
			return RECORD_BAD;
		c->in.n += (size_t)n;
		verdict = record_scan(&c->scan, c->in.p, c->in.n);
	}
	return verdict == RECORD_MORE ? RECORD_BAD : verdict;
}

enum record_verdict
conn_look(struct conn *c, const struct settings *settings, char *scratch,
    size_t scratch_bytes)
{
	enum record_verdict verdict;

	scan_begin(c, settings);
	c->readable = false;
	if (c->in.n == 0) {
		verdict = look_fresh(c, scratch, scratch_bytes);
		if (verdict != RECORD_MORE || c->in.n == 0)
			return verdict;
	}
	/* Until there is nothing: the end of the stream may be there, too, and
	 * no other edge would tell of it. */
	return look_gathering(c, scratch_bytes);
}

void
conn_next_request(struct conn *c)
{
	c->scan.awaiting = 0;
	if (c->in.cap > 0)
		buf_free(&c->in);
	if (c->body.cap > 0)
		buf_free(&c->body);
}

/* Drops the first n bytes of c->in. */
static void
drop_bytes(struct conn *c, size_t n)
{
	memmove(c->in.p, c->in.p + n, c->in.n - n);
	c->in.n -= n;
}

void
conn_begin_body(struct conn *c)
{
	c->state = CONN_BODY;
	drop_bytes(c, c->scan.params_end);
}

/* Moves the content of the whole STDIN records in c->in to c->body. */
static enum status
take_records(struct conn *c, size_t max_bytes)
{
	size_t at = 0;
	enum status st = ST_MISSING;

	while (st == ST_MISSING && c->in.n - at >= RECORD_HEADER_BYTES) {
		struct record_header h = record_header_read(c->in.p + at);
		size_t size = RECORD_HEADER_BYTES + h.content + h.padding;

		if (h.version != 1 || h.type != RECORD_STDIN ||
		    h.id != c->scan.id)
			return ST_UNAVAILABLE;
		if (c->body.n + h.content > max_bytes)
			return ST_TOO_BIG;
		if (c->in.n - at < size)
			break;
		buf_put(&c->body,
		    str_make(c->in.p + at + RECORD_HEADER_BYTES, h.content));
		at += size;
		if (h.content == 0)
			st = ST_OK;
	}
	drop_bytes(c, at);
	/* Bytes behind the body would be of another request. */
	return st == ST_OK && c->in.n > 0 ? ST_UNAVAILABLE : st;
}

enum status
conn_gather_body(struct conn *c)
{
	c->readable = false;
	for (int i = 0;; i++) {
		enum status st = take_records(c, c->body_room);
		char *to;
		ssize_t n;

		if (st != ST_MISSING)
			return st;
		c->again = i == READS_A_TURN;
		if (c->again)
			return ST_MISSING;
		to = buf_reserve(&c->in, READ_BYTES);
		n = recv(c->fd, to, READ_BYTES, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return ST_MISSING;
		if (n <= 0)
			return ST_UNAVAILABLE;
		c->in.n += (size_t)n;
	}
}

bool
conn_is_aborted(const struct conn *c)
{
	char bytes[RECORD_HEADER_BYTES];
	struct record_header h;

	if (recv(c->fd, bytes, sizeof(bytes), MSG_PEEK | MSG_DONTWAIT) !=
	    (ssize_t)sizeof(bytes))
		return false;
	h = record_header_read(bytes);
	return h.version == 1 && h.type == RECORD_ABORT && h.id == c->scan.id;
}

bool
conn_is_silent(const struct conn *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
}

bool
conn_discard(struct conn *c, char *scratch, size_t scratch_bytes)
{
	for (int i = 0; i < READS_A_TURN; i++) {
		ssize_t n = recv(c->fd, scratch, scratch_bytes, MSG_DONTWAIT);

		if (n <= 0)
			return n < 0 && (errno == EAGAIN || errno == EINTR);
	}
	c->again = true;
	return true;
}
