#include "app/mailbox.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <sys/epoll.h>

#include "app/call.h"

#define POSTERS 4
#define ROUNDS  20000
#define HANG_MS 60000

static struct mailbox box;

/* A worker, whose call goes to and fro. */
struct poster {
	pthread_t thread;
	struct call call;
	_Atomic int turn; /* the number of the next post */
	int posted;
};

static int
set_up(void **state)
{
	struct error err;

	(void)state;
	return mailbox_open(&box, &err) == ST_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	mailbox_close(&box);
	return 0;
}

/* Times that an edge-triggered wait for the box ends at once. */
static int
wakes(int epoll_fd)
{
	struct epoll_event event;

	return epoll_wait(epoll_fd, &event, 1, 0);
}

static int
watch(void)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);

	assert_true(epoll_fd >= 0);
	assert_int_equal(
	    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, box.event_fd, &event), 0);
	return epoll_fd;
}

static void
calls_come_oldest_first(void **state)
{
	struct call calls[3] = { 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		mailbox_post(&box, &calls[i], true);
	assert_ptr_equal(mailbox_take(&box), &calls[0]);
	assert_ptr_equal(calls[0].next, &calls[1]);
	assert_ptr_equal(calls[1].next, &calls[2]);
	assert_null(calls[2].next);
	assert_null(mailbox_take(&box));
	assert_false(mailbox_holds(&box));
}

static void
only_a_taker_asleep_is_woken(void **state)
{
	struct call calls[3] = { 0 };
	int epoll_fd = watch();

	(void)state;
	mailbox_post(&box, &calls[0], true);
	assert_int_equal(wakes(epoll_fd), 0);
	assert_false(mailbox_sleep(&box, MAILBOX_DEEP));
	assert_non_null(mailbox_take(&box));
	assert_true(mailbox_sleep(&box, MAILBOX_DEEP));
	mailbox_post(&box, &calls[1], true);
	mailbox_post(&box, &calls[2], true);
	assert_int_equal(wakes(epoll_fd), 1);
	assert_int_equal(wakes(epoll_fd), 0);
	mailbox_rise(&box);
	assert_true(mailbox_holds(&box));
	(void)close(epoll_fd);
}

static void
what_is_not_urgent_wakes_light_sleepers_only(void **state)
{
	struct call calls[3] = { 0 };
	int epoll_fd = watch();

	(void)state;
	assert_true(mailbox_sleep(&box, MAILBOX_DEEP));
	mailbox_post(&box, &calls[0], false);
	assert_int_equal(wakes(epoll_fd), 0);
	assert_true(mailbox_holds(&box));
	mailbox_post(&box, &calls[1], true);
	assert_int_equal(wakes(epoll_fd), 1);
	assert_non_null(mailbox_take(&box));
	assert_true(mailbox_sleep(&box, MAILBOX_LIGHT));
	mailbox_post(&box, &calls[2], false);
	assert_int_equal(wakes(epoll_fd), 1);
	(void)close(epoll_fd);
}

static void
what_is_told_wakes_and_is_kept(void **state)
{
	struct call call = { 0 };
	int epoll_fd = watch();

	(void)state;
	assert_true(mailbox_sleep(&box, MAILBOX_DEEP));
	mailbox_tell(&box, &call);
	assert_int_equal(wakes(epoll_fd), 1);
	assert_true(mailbox_holds(&box));
	assert_ptr_equal(mailbox_told(&box), &call);
	assert_true(mailbox_sleep(&box, MAILBOX_DEEP));
	mailbox_wake(&box);
	assert_int_equal(wakes(epoll_fd), 1);
	(void)close(epoll_fd);
}

static void *
post_in_turn(void *arg)
{
	struct poster *p = arg;

	for (int i = 0; i < ROUNDS; i++) {
		while (atomic_load(&p->turn) < i)
			(void)poll(NULL, 0, 0);
		mailbox_post(&box, &p->call, true);
	}
	return NULL;
}

static void
take_all(void)
{
	struct call *next;

	for (struct call *c = mailbox_take(&box); c != NULL; c = next) {
		struct poster *p =
		    (struct poster *)((char *)c -
				      offsetof(struct poster, call));

		next = c->next;
		p->posted++;
		atomic_store(&p->turn, p->posted);
	}
}

/* Each poster waits until its last was taken, so a lost one stops them all. */
static void
no_wake_is_lost(void **state)
{
	struct poster *posters = calloc(POSTERS, sizeof(posters[0]));
	int epoll_fd = watch();
	int left = POSTERS * ROUNDS;

	(void)state;
	assert_non_null(posters);
	for (size_t i = 0; i < POSTERS; i++)
		assert_int_equal(pthread_create(&posters[i].thread, NULL,
				     post_in_turn, &posters[i]),
		    0);
	while (left > 0) {
		struct epoll_event event;

		if (mailbox_sleep(&box, MAILBOX_DEEP))
			assert_int_equal(
			    epoll_wait(epoll_fd, &event, 1, HANG_MS), 1);
		mailbox_rise(&box);
		take_all();
		left = POSTERS * ROUNDS;
		for (size_t i = 0; i < POSTERS; i++)
			left -= posters[i].posted;
	}
	for (size_t i = 0; i < POSTERS; i++)
		(void)pthread_join(posters[i].thread, NULL);
	free(posters);
	(void)close(epoll_fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    calls_come_oldest_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    only_a_taker_asleep_is_woken, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_told_wakes_and_is_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_not_urgent_wakes_light_sleepers_only, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    no_wake_is_lost, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
