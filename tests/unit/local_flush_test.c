/* What the contract suite cannot provoke from outside. */
#include "drivers/cache/local_flush.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/base/secret.h"
#include "drivers/cache/cache_config.h"
#include "drivers/cache/local.h"
#include "drivers/cache/local_conn.h"
#include "tests/support/folder.h"

#define MEMORY  (4 << 20)
#define N       2500 /* values, which nearly fill it */
#define BYTES   1000
#define HANG_MS 60000

static const struct cache_space space = { { "space", 5 }, true };

struct flushed {
	char path[FOLDER_PATH_BYTES];
	struct cache *cache;
	struct cache_conn *conn;
	struct arena arena;
};

static enum status
run(struct flushed *f, enum cache_kind kind, unsigned number)
{
	struct cache_op op = { .kind = kind,
		.space = &space,
		.key = arena_printf(&f->arena, "key %u", number),
		.value = str_make(arena_zalloc(&f->arena, BYTES), BYTES),
		.arena = &f->arena };
	struct cache_op *list[] = { &op };

	assert_int_equal(
	    local_driver.exec(f->conn, list, 1, clock_boot_ms() + HANG_MS),
	    ST_OK);
	return op.status;
}

static void
fill(struct flushed *f)
{
	for (unsigned i = 0; i < N; i++) {
		assert_int_equal(run(f, CACHE_SET, i), ST_OK);
		arena_reset(&f->arena);
	}
}

static int
set_up(void **state)
{
	static struct flushed f;
	struct cache_config config = cache_config_none;

	assert_true(secret_init());
	folder_make(f.path);
	config.path = f.path;
	config.bytes = MEMORY;
	config.max_value = MEMORY;
	arena_init(&f.arena, 65536);
	assert_int_equal(local_driver.open(&config, &f.cache, NULL), ST_OK);
	assert_int_equal(local_driver.connect(f.cache, &f.conn, NULL), ST_OK);
	fill(&f);
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct flushed *f = *state;

	local_driver.disconnect(f->conn);
	local_driver.close(f->cache);
	arena_close(&f->arena);
	folder_remove(f->path);
	return 0;
}

static void
a_flush_has_a_deadline(void **state)
{
	struct flushed *f = *state;
	struct error err = { .text = "" };

	assert_int_equal(
	    local_flush(f->conn, &space, clock_boot_ms(), &err), ST_TIMEOUT);
	assert_non_null(strstr(err.text, "try again"));
	assert_int_equal(run(f, CACHE_GET, N - 1), ST_OK);
}

/* It keeps all pages that were in use: nothing can be given back. */
static void
a_reader_that_stands_still_does_not_hold_up_a_flush(void **state)
{
	struct flushed *f = *state;
	struct cache_conn *reader = NULL;

	assert_int_equal(local_driver.connect(f->cache, &reader, NULL), ST_OK);
	assert_int_equal(local_conn_read(reader), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(local_flush(f->conn, &space,
				     clock_boot_ms() + HANG_MS, NULL),
		    ST_OK);
		for (unsigned k = 0; k < N; k++)
			assert_int_equal(run(f, CACHE_GET, k), ST_MISSING);
		fill(f);
		assert_int_equal(run(f, CACHE_GET, N - 1), ST_OK);
	}
	local_driver.disconnect(reader);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_flush_has_a_deadline),
		TEST(a_reader_that_stands_still_does_not_hold_up_a_flush),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
