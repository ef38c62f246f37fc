#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/services/docs/turn.h"
#include "middleware/request.h"

#define WAIT_MS 30

struct fixture {
	struct arena arena;
	struct request *req;
	bool taken;
};

static int
setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	arena_init(&f->arena, 4096);
	f->req = arena_zalloc(&f->arena, sizeof(*f->req));
	f->req->arena = &f->arena;
	f->req->response.head = buf_in(&f->arena);
	f->req->deadline_ms = clock_boot_ms() + WAIT_MS;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	arena_close(&f->arena);
	test_free(f);
	return 0;
}

static void *
take(void *closing)
{
	struct fixture *f = closing;

	f->taken = turn_take(f->req);
	if (f->taken)
		turn_give();
	return NULL;
}

static pthread_t
take_elsewhere(struct fixture *f)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, take, f), 0);
	return thread;
}

static void
who_finds_no_turn_in_time_is_told_to_come_again(void **state)
{
	struct fixture *f = *state;
	int64_t began_ms = clock_boot_ms();

	assert_true(turn_take(f->req));
	assert_int_equal(pthread_join(take_elsewhere(f), NULL), 0);
	turn_give();
	assert_false(f->taken);
	assert_true(clock_boot_ms() - began_ms >= WAIT_MS - 1);
	assert_int_equal(f->req->response.status, 503);
	assert_true(
	    str_eq(buf_str(&f->req->response.head), STR("Retry-After: 1\r\n")));
}

static void
a_turn_that_is_given_back_is_the_next_ones(void **state)
{
	struct fixture *f = *state;
	pthread_t thread;

	f->req->deadline_ms = 0;
	assert_true(turn_take(f->req));
	thread = take_elsewhere(f);
	turn_give();
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(f->taken);
	assert_int_equal(f->req->response.status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    who_finds_no_turn_in_time_is_told_to_come_again, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    a_turn_that_is_given_back_is_the_next_ones, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
