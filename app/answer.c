#include "app/answer.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "app/fcgi_record.h"
#include "middleware/request.h"

/* A multiple of 8, as the specification advises, without padding. */
#define CHUNK_BYTES 65528u
/* Parts in one write; IOV_MAX is at least 1024 on Linux. */
#define PARTS_A_WRITE 512u

/* Status and header lines up to the empty line. */
static struct str
head_text(struct request *req)
{
	const struct response *res = &req->response;
	struct buf head = buf_in(req->arena);

	(void)buf_reserve(&head, res->head.n + 192);
	buf_put_lit(&head, "Status: ");
	buf_put_i64(&head, res->status);
	buf_put_char(&head, ' ');
	buf_put(&head, str_of(response_reason(res->status)));
	if (res->status != 304) {
		buf_put_lit(&head, "\r\nContent-Type: ");
		buf_put(&head, res->type);
		buf_put_lit(&head, "\r\nContent-Length: ");
		buf_put_u64(&head, response_body(res).n);
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

static void
header_add(struct answer *a, struct arena *arena, uint16_t id, size_t content)
{
	char *header = arena_alloc(arena, RECORD_HEADER_BYTES);

	record_header_write(header, RECORD_STDOUT, id, content);
	part_add(a, header, RECORD_HEADER_BYTES);
}

/* The empty STDOUT record, END_REQUEST, and what follows the last one. */
static void
trailer_add(struct answer *a, struct arena *arena, uint16_t id, bool last)
{
	size_t n = RECORD_HEADER_BYTES + ANSWER_END_BYTES;
	char *end = arena_alloc(arena, n + RECORD_HEADER_BYTES);

	record_header_write(end, RECORD_STDOUT, id, 0);
	answer_end_record(end + RECORD_HEADER_BYTES, id, 0);
	record_header_write(end + n, RECORD_VALUES, 0, 0);
	part_add(a, end, last ? n + RECORD_HEADER_BYTES : n);
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
	struct str head = head_text(req);
	struct str body = response_sent(req);
	size_t first = CHUNK_BYTES - head.n;
	size_t max = 4 + 2 * (body.n / CHUNK_BYTES + 1);

	*a = (struct answer){
		.parts = arena_alloc(req->arena, max * sizeof(a->parts[0])),
	};
	if (first > body.n)
		first = body.n;
	header_add(a, req->arena, id, head.n + first);
	part_add(a, head.p, head.n);
	part_add(a, body.p, first);
	body = str_skip(body, first);
	while (body.n > 0) {
		size_t n = body.n < CHUNK_BYTES ? body.n : CHUNK_BYTES;

		header_add(a, req->arena, id, n);
		part_add(a, body.p, n);
		body = str_skip(body, n);
	}
	trailer_add(a, req->arena, id, last);
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

enum status
answer_send(struct answer *a, int fd)
{
	while (a->next < a->n_parts) {
		size_t n = a->n_parts - a->next;
		struct msghdr msg = {
			.msg_iov = a->parts + a->next,
			.msg_iovlen = n < PARTS_A_WRITE ? n : PARTS_A_WRITE,
		};
		ssize_t sent = sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return errno == EAGAIN ? ST_TIMEOUT : ST_UNAVAILABLE;
		advance(a, (size_t)sent);
	}
	return ST_OK;
}
