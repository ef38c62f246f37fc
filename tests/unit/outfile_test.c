#include "app/outfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/fcgi_record.h"
#include "middleware/body.h"
#include "middleware/pipeline.h"
#include "tests/support/wire.h"

#define FILE_BYTES (3 * 1024 * 1024 + 17)
#define HEAD                                                                   \
	"Status: 200 OK\r\n"                                                   \
	"Content-Type: a/b\r\n"                                                \
	"Content-Length: 3145740\r\n"

static struct wire wire;
static int file;
static int sent; /* how often the stages were told of the end */

void
pipeline_leave(struct pipeline *p, struct request *req)
{
	(void)p;
	(void)req;
}

void
pipeline_sent(struct pipeline *p, struct request *req)
{
	(void)p;
	(void)req;
	sent++;
}

static char
byte_at(int64_t at)
{
	return (char)(at * 2654435761 >> 11);
}

static void
file_make(void)
{
	char name[] = "outfile_test_XXXXXX";
	char *bytes = malloc(FILE_BYTES);

	assert_non_null(bytes);
	for (int64_t i = 0; i < FILE_BYTES; i++)
		bytes[i] = byte_at(i);
	file = mkstemp(name);
	assert_true(file >= 0);
	(void)unlink(name);
	assert_int_equal(write(file, bytes, FILE_BYTES), FILE_BYTES);
	free(bytes);
}

static int
set_up(void **state)
{
	struct request *req;

	(void)state;
	wire_open(&wire);
	file_make();
	sent = 0;
	req = wire_request(&wire);
	req->method = METHOD_GET;
	req->response.status = 200;
	req->response.type = STR("a/b");
	req->stream = &wire.call->outflow.stream;
	*req->stream = (struct stream){ .due = 0 };
	response_file(req, file, 5, FILE_BYTES - 5);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	response_file_close(&wire_request(&wire)->response);
	wire_close(&wire);
	return 0;
}

/* What the web server makes of the answer. */
struct reading {
	char *head; /* and the body behind it */
	size_t n;
	bool ended;
	bool broken;
};

static bool
receive(void *to, size_t n)
{
	return recv(wire.peer, to, n, MSG_WAITALL) == (ssize_t)n;
}

static void *
read_answer(void *arg)
{
	struct reading *r = arg;
	char header[RECORD_HEADER_BYTES];
	char end[RECORD_HEADER_BYTES];

	r->head = malloc(FILE_BYTES + 4096);
	while (!r->ended && !r->broken && receive(header, sizeof(header))) {
		struct record_header h = record_header_read(header);

		if (h.version != 1)
			r->broken = true;
		else if (h.type == RECORD_END)
			r->ended = receive(end, h.content);
		else if (h.content > 0 && receive(r->head + r->n, h.content))
			r->n += h.content;
	}
	return NULL;
}

/* As the front does it: goes on whenever there is room. */
static void
send_all(struct reading *r)
{
	pthread_t reader;

	memset(r, 0, sizeof(*r));
	assert_int_equal(pthread_create(&reader, NULL, read_answer, r), 0);
	outfile_begin(wire.call, NULL);
	while (wire.call->outcome == CALL_REST) {
		(void)usleep(100);
		outfile_go(wire.call, NULL);
	}
	if (wire.call->outcome != CALL_SENT)
		(void)shutdown(wire.conn->fd, SHUT_RDWR);
	(void)pthread_join(reader, NULL);
}

static void
a_file_leaves_from_its_offset_with_its_length(void **state)
{
	struct reading r;
	const char *body;

	(void)state;
	assert_true(outfile_fits(wire.call));
	send_all(&r);
	assert_int_equal(wire.call->outcome, CALL_SENT);
	assert_true(r.ended);
	body = memmem(r.head, r.n, "\r\n\r\n", 4);
	assert_non_null(body);
	body += 4;
	assert_true(str_starts(str_make(r.head, r.n), STR(HEAD)));
	assert_int_equal(r.n - (size_t)(body - r.head), FILE_BYTES - 5);
	for (int64_t i = 5; i < FILE_BYTES; i++)
		assert_int_equal(body[i - 5], byte_at(i));
	assert_int_equal(sent, 1);
	assert_int_equal(wire_request(&wire)->stream->bytes, FILE_BYTES - 5);
	assert_false(wire.call->outfile.under_way);
	assert_int_equal(close(file), -1); /* it was closed */
	free(r.head);
}

static void
a_connection_is_closed_behind_the_last_piece_alone(void **state)
{
	struct reading r;
	char byte;

	(void)state;
	wire.conn->scan.keep = false;
	wire.conn->close_after = true;
	send_all(&r);
	assert_int_equal(wire.call->outcome, CALL_SENT);
	assert_true(r.ended);
	assert_true(r.n > FILE_BYTES - 5);
	assert_int_equal(recv(wire.peer, &byte, 1, 0), 0);
	free(r.head);
}

static void
a_client_that_does_not_read_holds_no_worker(void **state)
{
	struct request *req = wire_request(&wire);
	int64_t deadline_ms = req->deadline_ms;

	(void)state;
	outfile_begin(wire.call, NULL);
	assert_int_equal(wire.call->outcome, CALL_REST);
	assert_true(wire.call->outfile.under_way);
	/* what it took gives it more time */
	assert_true(req->stream->bytes > 0);
	assert_int_equal(req->deadline_ms,
	    deadline_ms + req->stream->bytes * 1000 / BODY_RATE_MIN);
	outfile_go(wire.call, NULL);
	assert_int_equal(wire.call->outcome, CALL_REST);
	outfile_cut(wire.call, NULL);
	assert_true(req->response.cut);
	assert_int_equal(sent, 1);
}

static void
a_client_that_leaves_ends_it(void **state)
{
	(void)state;
	outfile_begin(wire.call, NULL);
	(void)close(wire.peer);
	wire.peer = -1;
	outfile_go(wire.call, NULL);
	assert_int_equal(wire.call->outcome, CALL_BROKEN);
}

static void
a_call_that_is_asked_to_end_sends_no_more(void **state)
{
	int64_t bytes;

	(void)state;
	cancel_ask(&wire.call->cancel);
	outfile_begin(wire.call, NULL);
	bytes = wire_request(&wire)->stream->bytes;
	assert_int_equal(wire.call->outcome, CALL_BROKEN);
	assert_int_equal(bytes, 0);
}

static void
a_file_that_becomes_shorter_is_broken_off(void **state)
{
	struct reading r;

	(void)state;
	assert_int_equal(ftruncate(file, 1024 * 1024), 0);
	send_all(&r);
	assert_true(r.broken && !r.ended);
	assert_true(wire_request(&wire)->response.cut);
	assert_true(wire.conn->close_after);
	assert_int_equal(sent, 1);
	free(r.head);
}

static void
a_head_is_no_matter_of_it(void **state)
{
	(void)state;
	wire_request(&wire)->method = METHOD_HEAD;
	assert_false(outfile_fits(wire.call));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_leaves_from_its_offset_with_its_length),
		TEST(a_connection_is_closed_behind_the_last_piece_alone),
		TEST(a_client_that_does_not_read_holds_no_worker),
		TEST(a_client_that_leaves_ends_it),
		TEST(a_call_that_is_asked_to_end_sends_no_more),
		TEST(a_file_that_becomes_shorter_is_broken_off),
		TEST(a_head_is_no_matter_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
