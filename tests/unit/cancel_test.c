#include "middleware/cancel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROUNDS 2000
#define PIECES 20

/* Something that runs, and may be ended only while it does. */
struct work {
	bool running;
	int ended;
	int ended_late; /* while it did not run */
};

static struct cancel cancel;
static struct work work;

static int
set_up(void **state)
{
	(void)state;
	cancel_open(&cancel);
	work = (struct work){ .running = true };
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cancel_close(&cancel);
	return 0;
}

static void
work_end(void *what)
{
	struct work *w = what;

	w->ended++;
	w->ended_late += !w->running;
}

static void
what_is_armed_is_ended_once(void **state)
{
	(void)state;
	assert_true(cancel_arm(&cancel, work_end, &work));
	cancel_ask(&cancel);
	cancel_ask(&cancel);
	assert_int_equal(work.ended, 1);
	assert_true(cancel_asked(&cancel));
	assert_true(cancel_disarm(&cancel));
}

static void
what_is_not_armed_is_left_alone(void **state)
{
	(void)state;
	assert_true(cancel_arm(&cancel, work_end, &work));
	assert_false(cancel_disarm(&cancel));
	cancel_ask(&cancel);
	assert_int_equal(work.ended, 0);
	assert_false(cancel_disarm(&cancel));
}

static void
who_comes_late_does_not_begin(void **state)
{
	(void)state;
	cancel_ask(&cancel);
	assert_false(cancel_arm(&cancel, work_end, &work));
	assert_int_equal(work.ended, 0);
	assert_false(cancel_disarm(&cancel));
}

static void
the_next_request_begins_anew(void **state)
{
	(void)state;
	cancel_ask(&cancel);
	cancel_reset(&cancel);
	assert_false(cancel_asked(&cancel));
	assert_true(cancel_arm(&cancel, work_end, &work));
	assert_false(cancel_disarm(&cancel));
}

static void
a_request_without_one_is_never_ended(void **state)
{
	(void)state;
	assert_true(cancel_arm(NULL, work_end, &work));
	assert_false(cancel_asked(NULL));
	assert_false(cancel_disarm(NULL));
}

static void *
ask(void *arg)
{
	cancel_ask(arg);
	return NULL;
}

/* Takes up work and leaves it, while the asker is anywhere between before and
 * after. Only the cancel keeps the two threads apart. */
static void
work_beside_an_asker(void)
{
	pthread_t asker;
	bool ended = false;

	work = (struct work){ .running = false };
	assert_int_equal(pthread_create(&asker, NULL, ask, &cancel), 0);
	for (int i = 0; i < PIECES && !ended; i++) {
		work.running = true;
		if (!cancel_arm(&cancel, work_end, &work))
			break;
		ended = cancel_disarm(&cancel);
		work.running = false;
	}
	assert_int_equal(pthread_join(asker, NULL), 0);
	assert_int_equal(work.ended, ended ? 1 : 0);
	assert_int_equal(work.ended_late, 0);
	cancel_reset(&cancel);
}

static void
nothing_is_ended_after_it_was_disarmed(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++)
		work_beside_an_asker();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    what_is_armed_is_ended_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_not_armed_is_left_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    who_comes_late_does_not_begin, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_next_request_begins_anew, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_request_without_one_is_never_ended, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    nothing_is_ended_after_it_was_disarmed, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("cancel", tests, NULL, NULL);
}
