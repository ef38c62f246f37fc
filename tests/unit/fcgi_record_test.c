#include "app/fcgi_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ID 7

/* Bytes of a connection, put together record by record. */
struct wire {
	char bytes[400000];
	size_t n;
};

static struct wire wire;

static void
put_record(int type, const void *content, size_t n, size_t padding)
{
	char *at = wire.bytes + wire.n;

	record_header_write(at, (enum record_type)type, ID, n);
	at[6] = (char)padding;
	if (n > 0)
		memcpy(at + RECORD_HEADER_BYTES, content, n);
	memset(at + RECORD_HEADER_BYTES + n, 0, padding);
	wire.n += RECORD_HEADER_BYTES + n + padding;
}

static void
put_begin(int role, int flags)
{
	char content[8] = { 0, (char)role, (char)flags };

	put_record(RECORD_BEGIN, content, sizeof(content), 0);
}

/* "A=b" and "LONGER=..." with a four-byte length. */
static const char params[] = "\001\001Ab\006\200\000\000\202LONGER";

static size_t
put_params(size_t split, size_t padding)
{
	char stream[400];
	size_t n = sizeof(params) - 1;

	memcpy(stream, params, n);
	memset(stream + n, 'x', 130);
	n += 130;
	put_record(RECORD_PARAMS, stream, split, padding);
	if (split < n)
		put_record(RECORD_PARAMS, stream + split, n - split, padding);
	put_record(RECORD_PARAMS, NULL, 0, padding);
	return n;
}

static void
put_request(const char *body)
{
	wire.n = 0;
	put_begin(1, 1);
	(void)put_params(20, 3);
	if (body[0] != '\0')
		put_record(RECORD_STDIN, body, strlen(body), 5);
	put_record(RECORD_STDIN, NULL, 0, 0);
}

static struct record_scan
fresh(void)
{
	return (
	    struct record_scan){ .params_limit = 65536, .body_limit = 65536 };
}

static enum record_verdict
look(void)
{
	struct record_scan scan = fresh();

	return record_scan(&scan, wire.bytes, wire.n);
}

static void
a_whole_request_is_ready(void **state)
{
	struct record_scan scan = fresh();
	char body[16];

	(void)state;
	put_request("hello");
	assert_int_equal(record_scan(&scan, wire.bytes, wire.n), RECORD_READY);
	assert_int_equal(scan.id, ID);
	assert_true(scan.keep);
	assert_int_equal(scan.body_bytes, 5);
	assert_int_equal(
	    record_body(wire.bytes, scan.params_end, scan.at, body), 5);
	assert_memory_equal(body, "hello", 5);
}

static void
a_request_cut_anywhere_waits_for_more(void **state)
{
	(void)state;
	put_request("hello");
	for (size_t n = 0; n < wire.n; n++) {
		struct record_scan scan = fresh();

		assert_int_equal(
		    record_scan(&scan, wire.bytes, n), RECORD_MORE);
		assert_int_equal(
		    record_scan(&scan, wire.bytes, wire.n), RECORD_READY);
	}
}

static void
parameters_may_be_split_anywhere(void **state)
{
	(void)state;
	for (size_t split = 1; split < 140; split++) {
		wire.n = 0;
		put_begin(1, 0);
		(void)put_params(split, split % 9);
		put_record(RECORD_STDIN, NULL, 0, 0);
		assert_int_equal(look(), RECORD_READY);
	}
}

static void
bytes_behind_the_request_are_refused(void **state)
{
	(void)state;
	put_request("");
	wire.bytes[wire.n++] = 1;
	assert_int_equal(look(), RECORD_BAD);
}

static void
an_abort_is_told_apart(void **state)
{
	(void)state;
	wire.n = 0;
	put_begin(1, 0);
	put_record(RECORD_ABORT, NULL, 0, 0);
	assert_int_equal(look(), RECORD_ABORTED);
	put_request("");
	put_record(RECORD_ABORT, NULL, 0, 0);
	assert_int_equal(look(), RECORD_ABORTED);
	wire.n = 0;
	put_record(RECORD_ABORT, NULL, 0, 0);
	assert_int_equal(look(), RECORD_BAD);
}

static void
only_responders_are_served(void **state)
{
	(void)state;
	wire.n = 0;
	put_begin(2, 0);
	assert_int_equal(look(), RECORD_ROLE);
}

/* Each row: what is wrong, by the byte of a good request that is changed. */
static void
a_record_out_of_order_is_bad(void **state)
{
	static const struct {
		size_t at;
		char value;
	} rows[] = {
		{ 0, 0 },           /* version of BEGIN */
		{ 0, 2 }, { 1, 9 }, /* GET_VALUES */
		{ 1, RECORD_PARAMS }, { 1, RECORD_STDIN },
		{ 1, 11 }, /* unknown type */
		{ 3, 0 },  /* id 0 */
		{ 16, 3 }, /* version of PARAMS */
		{ 17, RECORD_STDIN }, { 17, 9 }, { 19, 8 }, /* another id */
		{ 24, (char)200 }, /* a name longer than the stream */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_request("");
		wire.bytes[rows[i].at] = rows[i].value;
		assert_int_equal(look(), RECORD_BAD);
	}
}

static void
lengths_beyond_the_stream_are_bad(void **state)
{
	static const char huge[] = "\377\377\377\376\377\377\377\376";

	(void)state;
	wire.n = 0;
	put_begin(1, 0);
	put_record(RECORD_PARAMS, huge, 8, 0);
	put_record(RECORD_PARAMS, NULL, 0, 0);
	assert_int_equal(look(), RECORD_BAD);
}

static void
too_many_parameters_are_told_at_the_header(void **state)
{
	struct record_scan scan = fresh();

	(void)state;
	scan.params_limit = 100;
	wire.n = 0;
	put_begin(1, 0);
	(void)put_params(130, 0);
	assert_int_equal(record_scan(&scan, wire.bytes, 24), RECORD_OVERSIZE);
}

static void
a_long_body_is_not_waited_for(void **state)
{
	static char chunk[60000];
	struct record_scan scan = fresh();

	(void)state;
	wire.n = 0;
	put_begin(1, 0);
	(void)put_params(10, 0);
	put_record(RECORD_STDIN, chunk, sizeof(chunk), 0);
	assert_int_equal(record_scan(&scan, wire.bytes, wire.n), RECORD_MORE);
	put_record(RECORD_STDIN, chunk, sizeof(chunk), 0);
	assert_int_equal(record_scan(&scan, wire.bytes, wire.n), RECORD_LONG);
	assert_false(scan.complete);
	assert_int_equal(scan.at, wire.n);
}

/* A head of n bytes of parameters in records of `size`, all padded, comes out
 * in order, without padding, and with its parameters as they were. */
static void
expect_clean(const char *stream, size_t n, size_t size)
{
	static char head[200000], got[200000];
	struct record_scan scan = { .params_limit = SIZE_MAX };
	struct record_scan again = scan;
	size_t bytes;

	wire.n = 0;
	put_begin(1, 0);
	for (size_t at = 0; at < n; at += size)
		put_record(RECORD_PARAMS, stream + at,
		    n - at < size ? n - at : size, 255);
	put_record(RECORD_PARAMS, NULL, 0, 255);
	assert_int_equal(record_scan(&scan, wire.bytes, wire.n), RECORD_MORE);
	bytes = record_params(&scan, wire.bytes, head);
	assert_int_equal(bytes, record_params_room(&scan));
	assert_int_equal(record_scan(&again, head, bytes), RECORD_MORE);
	assert_int_equal(again.params_end, bytes);
	assert_int_equal(record_body(head, again.params_start, bytes, got), n);
	assert_memory_equal(got, stream, n);
}

static void
padding_is_not_handed_on(void **state)
{
	static char stream[150000];

	(void)state;
	memcpy(stream, "\001\200\002\000\000A", 6);
	memset(stream + 6, 'b', 0x20000);
	expect_clean(stream, 6 + 0x20000, 1000);
	expect_clean(stream, 6 + 0x20000, RECORD_CONTENT_MAX);
	memcpy(stream, "\001\012A", 3);
	expect_clean(stream, 13, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_request_is_ready),
		cmocka_unit_test(a_request_cut_anywhere_waits_for_more),
		cmocka_unit_test(parameters_may_be_split_anywhere),
		cmocka_unit_test(bytes_behind_the_request_are_refused),
		cmocka_unit_test(an_abort_is_told_apart),
		cmocka_unit_test(only_responders_are_served),
		cmocka_unit_test(a_record_out_of_order_is_bad),
		cmocka_unit_test(lengths_beyond_the_stream_are_bad),
		cmocka_unit_test(too_many_parameters_are_told_at_the_header),
		cmocka_unit_test(a_long_body_is_not_waited_for),
		cmocka_unit_test(padding_is_not_handed_on),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
