#include "app/inflow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/fcgi_record.h"
#include "app/seats.h"
#include "tests/support/wire.h"

#define SHORT_MS 50

static struct wire wire;
static struct seats *seats;

static int
set_up(void **state)
{
	(void)state;
	wire_open(&wire);
	seats = seats_new(1);
	wire_request(&wire)->body_limit =
	    (struct body_limit){ 100000, "max_file_size" };
	wire.call->body_pending = true;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	inflow_end(&wire.call->inflow);
	seats_free(seats);
	wire_close(&wire);
	return 0;
}

static void
put_record(struct buf *out, enum record_type type, uint16_t id,
    struct str content, uint8_t padding)
{
	char header[RECORD_HEADER_BYTES];

	record_header_write(header, type, id, content.n);
	header[6] = (char)padding;
	buf_put(out, str_make(header, sizeof(header)));
	buf_put(out, content);
	for (uint8_t i = 0; i < padding; i++)
		buf_put_char(out, '#');
}

static struct buf
records(void)
{
	return buf_in(&wire.call->arena);
}

static void
put_stdin(struct buf *out, const char *content, uint8_t padding)
{
	put_record(out, RECORD_STDIN, 1, str_of(content), padding);
}

static void
arrive(struct str bytes)
{
	assert_int_equal(
	    send(wire.peer, bytes.p, bytes.n, 0), (ssize_t)bytes.n);
}

static void
begin(void)
{
	assert_true(seats_try(seats));
	inflow_begin(&wire.call->inflow, wire.call, seats, clock_boot_ms());
}

/* What is read in pieces of `room` bytes. */
static enum status
read_all(size_t room, struct buf *out)
{
	char piece[64];
	size_t got;
	enum status st;

	*out = records();
	while (
	    (st = body_read(wire_request(&wire), piece, room, &got)) == ST_OK &&
	    got > 0)
		buf_put(out, str_make(piece, got));
	return st;
}

static void
the_content_of_records_comes_out_however_they_are_cut(void **state)
{
	struct buf all = records();

	put_stdin(&all, "one", 5);
	put_stdin(&all, "two and more", 0);
	put_stdin(&all, "", 3);
	for (size_t cut = 0; cut <= all.n; cut++) {
		struct buf out;

		/* some of it came with the parameters */
		(void)tear_down(state);
		(void)set_up(state);
		all = records();
		put_stdin(&all, "one", 5);
		put_stdin(&all, "two and more", 0);
		put_stdin(&all, "", 3);
		buf_put(&wire.conn->in, str_make(all.p, cut));
		if (cut < all.n)
			arrive(str_skip(buf_str(&all), cut));
		begin();
		assert_int_equal(read_all(1 + cut % 7, &out), ST_OK);
		assert_true(str_eq(buf_str(&out), STR("onetwo and more")));
		assert_false(wire.call->body_pending);
		assert_false(wire.conn->close_after);
		assert_true(seats_try(seats)); /* it was given back */
	}
}

static void
what_follows_the_body_spoils_the_connection(void **state)
{
	struct buf all = records(), out;

	(void)state;
	put_stdin(&all, "one", 0);
	put_stdin(&all, "", 0);
	buf_put_lit(&all, "more");
	arrive(buf_str(&all));
	begin();
	assert_int_equal(read_all(64, &out), ST_OK);
	assert_true(wire.conn->close_after);
}

static void
a_body_that_does_not_arrive_is_late(void **state)
{
	struct buf all = records(), out;

	(void)state;
	put_stdin(&all, "one", 0);
	arrive(buf_str(&all));
	wire.settings.read_timeout = SHORT_MS;
	begin();
	assert_int_equal(read_all(64, &out), ST_TIMEOUT);
	assert_int_equal(out.n, 3);
	assert_true(wire.call->body_pending);
}

/* 32 KiB are worth half a second. */
static void
what_has_arrived_gives_more_time(void **state)
{
	static char much[32 * 1024 + 1];
	struct buf all = records(), out;
	int64_t begun_ms;

	(void)state;
	memset(much, 'a', sizeof(much) - 1);
	put_stdin(&all, much, 0);
	arrive(buf_str(&all));
	wire.settings.read_timeout = SHORT_MS;
	begin();
	begun_ms = clock_boot_ms();
	assert_int_equal(read_all(64, &out), ST_TIMEOUT);
	assert_true(clock_boot_ms() - begun_ms >= 500);
}

static void
a_web_server_that_leaves_or_gives_up_is_gone(void **state)
{
	struct buf all = records(), out;

	put_stdin(&all, "one", 0);
	arrive(buf_str(&all));
	(void)shutdown(wire.peer, SHUT_RDWR);
	begin();
	assert_int_equal(read_all(64, &out), ST_UNAVAILABLE);
	(void)tear_down(state);
	(void)set_up(state);
	all = records();
	put_stdin(&all, "one", 0);
	put_record(&all, RECORD_ABORT, 1, STR_NULL, 0);
	arrive(buf_str(&all));
	begin();
	assert_int_equal(read_all(64, &out), ST_UNAVAILABLE);
}

static void
a_record_of_another_request_breaks_the_protocol(void **state)
{
	struct buf all = records(), out;

	(void)state;
	put_stdin(&all, "one", 0);
	put_record(&all, RECORD_STDIN, 2, STR("two"), 0);
	arrive(buf_str(&all));
	begin();
	assert_int_equal(read_all(64, &out), ST_UNAVAILABLE);
	assert_int_equal(out.n, 3);
}

static void
more_than_the_limit_is_too_big(void **state)
{
	struct buf all = records(), out;

	(void)state;
	put_stdin(&all, "0123456789", 0);
	arrive(buf_str(&all));
	wire_request(&wire)->body_limit.bytes = 9;
	begin();
	assert_int_equal(read_all(64, &out), ST_TOO_BIG);
}

static void
a_call_that_is_asked_to_end_does_not_wait(void **state)
{
	struct buf out;

	(void)state;
	begin();
	cancel_ask(&wire.call->cancel);
	assert_int_equal(read_all(64, &out), ST_UNAVAILABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_content_of_records_comes_out_however_they_are_cut),
		TEST(what_follows_the_body_spoils_the_connection),
		TEST(a_body_that_does_not_arrive_is_late),
		TEST(what_has_arrived_gives_more_time),
		TEST(a_web_server_that_leaves_or_gives_up_is_gone),
		TEST(a_record_of_another_request_breaks_the_protocol),
		TEST(more_than_the_limit_is_too_big),
		TEST(a_call_that_is_asked_to_end_does_not_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
