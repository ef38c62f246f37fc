#include "middleware/pending.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/log.h"

static struct pending *pending;
static const struct str tags[] = { { "a", 1 }, { "b", 1 }, { "c", 1 } };

static int
set_up(void **state)
{
	(void)state;
	pending = pending_new();
	return log_open("/dev/null", "off", LOG_ERROR, NULL) == ST_OK ? 0 : 1;
}

static int
tear_down(void **state)
{
	(void)state;
	pending_free(pending);
	return 0;
}

/* A store that is down once *left deletions have been done; a write to "b"
 * fails while "b" is being deleted when *again is set. */
struct store {
	unsigned left;
	bool again;
};

static enum status
drop(void *ctx, struct str tag)
{
	struct store *store = ctx;

	if (store->left == 0)
		return ST_UNAVAILABLE;
	store->left--;
	if (store->again && str_eq(tag, tags[1]))
		pending_add(pending, &tags[1], 1);
	return ST_OK;
}

static void
only_what_was_added_is_pending(void **state)
{
	(void)state;
	assert_false(pending_any(pending, tags, 3));
	pending_add(pending, &tags[1], 1);
	assert_true(pending_any(pending, tags, 3));
	assert_true(pending_any(pending, &tags[1], 1));
	assert_false(pending_any(pending, &tags[2], 1));
}

static void
what_is_deleted_is_forgotten(void **state)
{
	struct store store = { .left = 2 };

	(void)state;
	pending_add(pending, tags, 3);
	pending_retry(pending, drop, &store);
	assert_true(pending_any(pending, tags, 3));
	store.left = 3;
	pending_retry(pending, drop, &store);
	assert_false(pending_any(pending, tags, 3));
}

static void
a_write_during_the_deletion_stays(void **state)
{
	struct store store = { .left = 3, .again = true };

	(void)state;
	pending_add(pending, tags, 3);
	pending_retry(pending, drop, &store);
	assert_true(pending_any(pending, &tags[1], 1));
	assert_false(pending_any(pending, &tags[0], 1));
	assert_false(pending_any(pending, &tags[2], 1));
}

static void
beyond_the_bound_everything_is_pending(void **state)
{
	static const struct str other = { "other", 5 };
	struct store store = { .left = 5000 };
	char text[8];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		struct str tag = str_make(text, 4);

		text[0] = (char)('a' + i % 26);
		text[1] = (char)('a' + i / 26 % 26);
		text[2] = (char)('a' + i / 676 % 26);
		text[3] = '!';
		pending_add(pending, &tag, 1);
	}
	assert_true(pending_any(pending, &other, 1));
	/* Those that found no place are not deleted with the others. */
	pending_retry(pending, drop, &store);
	assert_true(pending_any(pending, &other, 1));
}

int
main(void)
{
#define PENDING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		PENDING(only_what_was_added_is_pending),
		PENDING(what_is_deleted_is_forgotten),
		PENDING(a_write_during_the_deletion_stays),
		PENDING(beyond_the_bound_everything_is_pending),
	};

	return cmocka_run_group_tests_name("pending", tests, NULL, NULL);
}
