/* Who is let in to a store that is quick, late, or does not move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/services/cache/gate.h"

#define TIMEOUT 250
#define NOW     1000000

static bool
enter(struct cache_gate *gate, struct cache_visit *v, int64_t at_ms)
{
	return gate_enter(v, gate, TIMEOUT, NOW + at_ms);
}

static void
leave(struct cache_visit *v, enum visit_end end, int64_t at_ms)
{
	gate_leave(v, end, NOW + at_ms);
}

/* A gate before a store for which a call has just waited in vain. */
static void
make_late(struct cache_gate *gate)
{
	struct cache_visit v;

	assert_true(enter(gate, &v, -TIMEOUT));
	leave(&v, VISIT_FAILED, 0);
}

static void
all_may_use_a_quick_store(void **state)
{
	struct cache_gate gate = { 0 };
	struct cache_visit v[8], w;

	(void)state;
	for (int i = 0; i < 8; i++)
		assert_true(enter(&gate, &v[i], 10 * i));
	for (int i = 0; i < 100; i++) {
		assert_true(enter(&gate, &w, 100 * i));
		leave(&w, VISIT_ANSWERED, 100 * i + 1);
	}
}

static void
one_call_at_a_time_tries_a_late_store(void **state)
{
	struct cache_gate gate = { 0 };
	struct cache_visit v, w;

	(void)state;
	make_late(&gate);
	assert_true(enter(&gate, &v, 1));
	assert_false(enter(&gate, &w, 2));
	leave(&v, VISIT_FAILED, TIMEOUT);
	assert_true(enter(&gate, &v, TIMEOUT + 1));
	/* However long it takes. */
	assert_false(enter(&gate, &w, 5000));
	leave(&v, VISIT_ANSWERED, 5001);
	assert_true(enter(&gate, &v, 5002));
	assert_true(enter(&gate, &w, 5003));
}

static void
it_is_let_go_by_what_says_nothing_of_the_store(void **state)
{
	struct cache_gate gate = { 0 };
	struct cache_visit v, w;

	(void)state;
	make_late(&gate);
	assert_true(enter(&gate, &v, 1));
	leave(&v, VISIT_UNKNOWN, 2);
	assert_true(enter(&gate, &v, 3));
	assert_false(enter(&gate, &w, 4));
}

static void
a_call_may_say_early_that_it_answers(void **state)
{
	struct cache_gate gate = { 0 };
	struct cache_visit v, w;

	(void)state;
	make_late(&gate);
	assert_true(enter(&gate, &v, 1));
	gate_answered(&v);
	assert_true(enter(&gate, &w, 2));
	leave(&w, VISIT_ANSWERED, 3);
	assert_true(enter(&gate, &w, 4));
}

static void
what_was_seen_long_ago_is_forgotten(void **state)
{
	struct cache_gate gate = { 0 };
	struct cache_visit v, w;

	(void)state;
	make_late(&gate);
	assert_true(enter(&gate, &v, 1000));
	assert_true(enter(&gate, &w, 1000));
}

/* One server of several, for which nobody had to wait. */
static void
a_quick_failure_is_no_late_store(void **state)
{
	struct cache_gate gate = { 0 };
	struct cache_visit v, w;

	(void)state;
	assert_true(enter(&gate, &v, 0));
	leave(&v, VISIT_FAILED, 5);
	assert_true(enter(&gate, &v, 6));
	assert_true(enter(&gate, &w, 6));
}

static void
few_wait_for_a_store_that_does_not_move(void **state)
{
	struct cache_gate gate = { 0 };
	struct cache_visit v[2], w;

	(void)state;
	/* A flush may take long. */
	assert_true(enter(&gate, &v[0], 0));
	assert_true(enter(&gate, &v[1], 5000));
	assert_true(enter(&gate, &w, 5001));
	leave(&w, VISIT_ANSWERED, 5002);
	assert_false(enter(&gate, &w, 5002 + TIMEOUT / 2));
	leave(&v[1], VISIT_FAILED, 5250);
	assert_true(enter(&gate, &w, 5251));
}

static void
one_flush_at_a_time(void **state)
{
	struct cache_gate gate = { 0 };

	(void)state;
	assert_true(gate_flush_begin(&gate));
	assert_false(gate_flush_begin(&gate));
	gate_flush_end(&gate);
	assert_true(gate_flush_begin(&gate));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_may_use_a_quick_store),
		cmocka_unit_test(one_call_at_a_time_tries_a_late_store),
		cmocka_unit_test(
		    it_is_let_go_by_what_says_nothing_of_the_store),
		cmocka_unit_test(a_call_may_say_early_that_it_answers),
		cmocka_unit_test(what_was_seen_long_ago_is_forgotten),
		cmocka_unit_test(a_quick_failure_is_no_late_store),
		cmocka_unit_test(few_wait_for_a_store_that_does_not_move),
		cmocka_unit_test(one_flush_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
