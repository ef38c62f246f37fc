/* A read ends when its client goes; a write, and anyone else's read, does not.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "middleware/cancel.h"
#include "middleware/service.h"
#include "tests/support/db_world.h"

#define ROUNDS     300
#define AT_MOST_MS 20000 /* of an endless query: far below its deadline */
#define SPREAD_US  4000  /* longer than the query that is cancelled */
#define US_A_NS    1000L
#define COUNTING(to)                                                           \
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "             \
	"FROM n WHERE i < " to ") SELECT count(*) AS id FROM n"

static const char script[] =
    "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER);"
    "INSERT INTO t VALUES (1, 0);"
    "CREATE VIEW endless AS " COUNTING("1e15") ";"
					       "CREATE VIEW brief AS " COUNTING(
						   "20000");

/* Asks once, after a while. */
struct leaver {
	struct cancel *cancel;
	long after_us;
};

static struct world w;
static struct cancel cancel;

static int
set_up(void **state)
{
	(void)state;
	world_open(&w, script, "");
	cancel_open(&cancel);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	cancel_close(&cancel);
	world_close(&w);
	return 0;
}

static int
call_of(struct world *who, const char *method, const char *target,
    const char *body, struct cancel *c)
{
	world_request(who, method, target, body);
	who->req.cancel = c;
	who->service.type->handle(&who->req);
	return who->req.response.status;
}

static void *
leave(void *arg)
{
	const struct leaver *leaver = arg;
	struct timespec nap = { .tv_nsec = leaver->after_us * US_A_NS };

	(void)nanosleep(&nap, NULL);
	cancel_ask(leaver->cancel);
	return NULL;
}

static void
a_read_ends_when_its_client_goes(void **state)
{
	struct leaver leaver = { &cancel, SPREAD_US };
	int64_t began = clock_boot_ms();
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, leave, &leaver), 0);
	assert_int_equal(
	    call_of(&w, "GET", "_table/endless", NULL, &cancel), RESPONSE_GONE);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(clock_boot_ms() - began < AT_MOST_MS);
	assert_string_equal(world_body(&w), "");
}

static void
for_who_left_before_no_query_begins(void **state)
{
	(void)state;
	cancel_ask(&cancel);
	assert_int_equal(
	    call_of(&w, "GET", "_table/endless", NULL, &cancel), RESPONSE_GONE);
}

static void
a_write_goes_on_without_its_client(void **state)
{
	(void)state;
	cancel_ask(&cancel);
	assert_int_equal(
	    call_of(&w, "PATCH", "_table/t/1", "{\"v\":7}", &cancel), 200);
	assert_int_equal(world_number(&w, "SELECT v FROM t"), 7);
}

/* The pool gives the connection to whoever reads next. */
static void
the_next_reader_is_left_alone(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct leaver leaver = { &cancel, i * 37L % SPREAD_US };
		pthread_t thread;
		int status;

		assert_int_equal(
		    pthread_create(&thread, NULL, leave, &leaver), 0);
		status = call_of(&w, "GET", "_table/brief", NULL, &cancel);
		assert_true(status == 200 || status == RESPONSE_GONE);
		world_expect(&w, "GET", "_table/brief", NULL,
		    "{\"resource\":[{\"id\":20000}]}");
		assert_int_equal(pthread_join(thread, NULL), 0);
		cancel_reset(&cancel);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_read_ends_when_its_client_goes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    for_who_left_before_no_query_begins, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_write_goes_on_without_its_client, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_next_reader_is_left_alone, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("db cancel", tests, NULL, NULL);
}
