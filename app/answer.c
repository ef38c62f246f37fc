#include "app/answer.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "app/fcgi_record.h"
#include "middleware/request.h"

/* Parts in one write; IOV_MAX is at least 1024 on Linux. */
#define PARTS_A_WRITE 512u

/* Up to so much one buffer costs less than the parts it is copied from: the
 * kernel takes 0.2 us more for four of them. */
#define COPIED_BYTES 4096u

struct str
answer_head(struct request *req)
{
	const struct response *res = &req->response;
	bool has_body = res->status != 304 && res->status != 204;
	bool counted = has_body && !res->streamed && !res->content.handed;
	struct buf head = buf_in(req->arena);

	(void)buf_reserve(&head, res->head.n + 192);
	buf_put_lit(&head, "Status: ");
	buf_put_i64(&head, res->status);
	buf_put_char(&head, ' ');
	buf_put(&head, str_of(response_reason(res->status)));
	if (has_body) {
		buf_put_lit(&head, "\r\nContent-Type: ");
		buf_put(&head, res->type);
	}
	if (counted) {
		buf_put_lit(&head, "\r\nContent-Length: ");
		buf_put_i64(&head, response_bytes(res));
	}
	buf_put_lit(&head, "\r\n");
	buf_put(&head, buf_str(&res->head));
	buf_put_lit(&head, "\r\n");
	return buf_str(&head);
}

static void
part_add(struct answer *a, const char *p, size_t n)
{
	a->parts[a->n_parts++] = (struct iovec){ (void *)(uintptr_t)p, n };
	a->bytes += n;
}

/* One record, and the end behind it, in one piece. */
static void
build_small(struct answer *a, struct arena *arena, uint16_t id, struct str head,
    struct str body, bool last)
{
	size_t content = head.n + body.n;
	char *p =
	    arena_alloc(arena, RECORD_HEADER_BYTES + content + ANSWER_END_MAX);
	char *at = p + RECORD_HEADER_BYTES;

	record_header_write(p, RECORD_STDOUT, id, content);
	memcpy(at, head.p, head.n);
	at += head.n;
	if (body.n > 0)
		memcpy(at, body.p, body.n);
	at += body.n;
	at += answer_end(at, id, last);
	part_add(a, p, (size_t)(at - p));
}

static void
header_add(struct answer *a, struct arena *arena, uint16_t id, size_t content)
{
	char *header = arena_alloc(arena, RECORD_HEADER_BYTES);

	record_header_write(header, RECORD_STDOUT, id, content);
	part_add(a, header, RECORD_HEADER_BYTES);
}

/* The empty STDOUT record, END_REQUEST, and what follows the last one. */
size_t
answer_end(char bytes[ANSWER_END_MAX], uint16_t id, bool last)
{
	size_t n = RECORD_HEADER_BYTES + ANSWER_END_BYTES;

	record_header_write(bytes, RECORD_STDOUT, id, 0);
	answer_end_record(bytes + RECORD_HEADER_BYTES, id, 0);
	record_header_write(bytes + n, RECORD_VALUES, 0, 0);
	return last ? n + RECORD_HEADER_BYTES : n;
}

static void
end_add(struct answer *a, struct arena *arena, uint16_t id, bool last)
{
	char *bytes = arena_alloc(arena, ANSWER_END_MAX);

	part_add(a, bytes, answer_end(bytes, id, last));
}

void
answer_end_record(char *bytes, uint16_t id, uint8_t protocol_status)
{
	record_header_write(bytes, RECORD_END, id, 8);
	memset(bytes + RECORD_HEADER_BYTES, 0, 8);
	bytes[RECORD_HEADER_BYTES + 4] = (char)protocol_status;
}

void
answer_build(struct answer *a, struct request *req, uint16_t id, bool last)
{
	struct str head = answer_head(req);
	struct str body = response_sent(req);
	size_t first = ANSWER_CHUNK_BYTES - head.n;
	size_t max = 4 + 2 * (body.n / ANSWER_CHUNK_BYTES + 1);

	*a = (struct answer){
		.parts = arena_alloc(req->arena, max * sizeof(a->parts[0])),
	};
	if (head.n + body.n <= COPIED_BYTES) {
		build_small(a, req->arena, id, head, body, last);
		return;
	}
	if (first > body.n)
		first = body.n;
	header_add(a, req->arena, id, head.n + first);
	part_add(a, head.p, head.n);
	part_add(a, body.p, first);
	body = str_skip(body, first);
	while (body.n > 0) {
		size_t n =
		    body.n < ANSWER_CHUNK_BYTES ? body.n : ANSWER_CHUNK_BYTES;

		header_add(a, req->arena, id, n);
		part_add(a, body.p, n);
		body = str_skip(body, n);
	}
	end_add(a, req->arena, id, last);
}

/* Moves on over n sent bytes. */
static void
advance(struct answer *a, size_t n)
{
	while (a->next < a->n_parts && n >= a->parts[a->next].iov_len)
		n -= a->parts[a->next++].iov_len;
	if (n > 0) {
		a->parts[a->next].iov_base =
		    (char *)a->parts[a->next].iov_base + n;
		a->parts[a->next].iov_len -= n;
	}
}

static ssize_t
send_parts(int fd, struct iovec *parts, size_t n)
{
	struct msghdr msg = {
		.msg_iov = parts,
		.msg_iovlen = n < PARTS_A_WRITE ? n : PARTS_A_WRITE,
	};

	if (n == 1)
		return send(fd, parts->iov_base, parts->iov_len,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
	return sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

enum status
answer_send(struct answer *a, int fd)
{
	while (a->next < a->n_parts) {
		ssize_t sent =
		    send_parts(fd, a->parts + a->next, a->n_parts - a->next);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return errno == EAGAIN ? ST_TIMEOUT : ST_UNAVAILABLE;
		advance(a, (size_t)sent);
	}
	return ST_OK;
}
