#include "app/notify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What a manager has: a socket of a free name, and what came last. */
static int manager;
static char name[sizeof(((struct sockaddr_un *)0)->sun_path)];
static char told[1024];

static int
manager_open(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t size = sizeof(addr);

	(void)state;
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_true(manager >= 0);
	/* The kernel chooses a name of the abstract namespace. */
	assert_int_equal(bind(manager, (const struct sockaddr *)&addr,
			     sizeof(addr.sun_family)),
	    0);
	assert_int_equal(
	    getsockname(manager, (struct sockaddr *)&addr, &size), 0);
	size -= (socklen_t)offsetof(struct sockaddr_un, sun_path);
	memcpy(name, addr.sun_path, size);
	name[0] = '@';
	name[size] = '\0';
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	return 0;
}

static int
manager_close(void **state)
{
	(void)state;
	(void)close(manager);
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
	return 0;
}

/* The datagram that came, or "". */
static const char *
heard(void)
{
	ssize_t n = recv(manager, told, sizeof(told) - 1, 0);

	told[n < 0 ? 0 : n] = '\0';
	return told;
}

static void
a_manager_hears_state_and_status(void **state)
{
	struct notify n;

	(void)state;
	assert_int_equal(notify_open(&n, NULL), ST_OK);
	notify_tell(&n, "READY=1", "serving on %s", "fd 0");
	assert_string_equal(heard(), "READY=1\nSTATUS=serving on fd 0");
	notify_state(&n, "WATCHDOG=1");
	assert_string_equal(heard(), "WATCHDOG=1");
	notify_reloading(&n);
	assert_non_null(strstr(heard(), "RELOADING=1\nMONOTONIC_USEC="));
	notify_close(&n);
}

static void
a_status_stays_one_line_of_200_bytes(void **state)
{
	char text[400];
	struct notify n;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "a\nREADY=1", 9);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(notify_open(&n, NULL), ST_OK);
	notify_tell(&n, "STOPPING=1", "%s", text);
	assert_non_null(strstr(heard(), "STOPPING=1\nSTATUS=a READY=1xxx"));
	assert_int_equal(strlen(told), strlen("STOPPING=1\nSTATUS=") + 200);
	notify_close(&n);
}

static void
without_the_variable_nobody_is_told(void **state)
{
	struct notify n;

	(void)state;
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	assert_int_equal(notify_open(&n, NULL), ST_OK);
	assert_int_equal(n.fd, -1);
	notify_tell(&n, "READY=1", "serving");
	notify_close(&n);
	assert_string_equal(heard(), "");
}

static void
a_name_of_another_kind_is_refused(void **state)
{
	char too_long[sizeof(name) + 2];
	const char *bad[] = { "/", "@", "run/notify", "vsock:2:1", too_long };

	(void)state;
	memset(too_long, 'x', sizeof(too_long));
	too_long[0] = '/';
	too_long[sizeof(too_long) - 1] = '\0';
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct error err = { 0 };
		struct notify n;

		assert_int_equal(setenv("NOTIFY_SOCKET", bad[i], 1), 0);
		assert_int_equal(notify_open(&n, &err), ST_INVALID);
		assert_int_equal(n.fd, -1);
		assert_non_null(strstr(err.text, "NOTIFY_SOCKET"));
	}
}

static void
a_manager_that_went_away_hurts_nobody(void **state)
{
	struct notify n;

	(void)state;
	assert_int_equal(notify_open(&n, NULL), ST_OK);
	(void)close(manager);
	notify_tell(&n, "STOPPING=1", "draining");
	notify_close(&n);
}

static int64_t
watched(const char *usec, const char *pid)
{
	assert_int_equal(setenv("WATCHDOG_USEC", usec, 1), 0);
	if (pid == NULL)
		assert_int_equal(unsetenv("WATCHDOG_PID"), 0);
	else
		assert_int_equal(setenv("WATCHDOG_PID", pid, 1), 0);
	return notify_watchdog_ms();
}

static void
the_watchdog_is_for_this_process(void **state)
{
	char self[24];

	(void)state;
	(void)snprintf(self, sizeof(self), "%ld", (long)getpid());
	assert_int_equal(notify_watchdog_ms(), 0);
	assert_int_equal(watched("30000000", NULL), 30000);
	assert_int_equal(watched("30000000", self), 30000);
	assert_int_equal(watched("30000000", "1"), 0);
	assert_int_equal(watched("30000000", "me"), 0);
	assert_int_equal(watched("soon", NULL), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, manager_open, manager_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_manager_hears_state_and_status),
		TEST(a_status_stays_one_line_of_200_bytes),
		TEST(without_the_variable_nobody_is_told),
		TEST(a_name_of_another_kind_is_refused),
		TEST(a_manager_that_went_away_hurts_nobody),
		TEST(the_watchdog_is_for_this_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
