#include "tests/contract/cache_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/secret.h"
#include "tests/contract/cache_loop.h"
#include "tests/contract/cache_place.h"

const struct cache_space fixture_space = { { "space", 5 }, true };

#define FIXTURE_TIMEOUT_MS 3000
#define DEADLINE_MS        60000
#define KEYS_MAX           4096
#define CHUNK_BYTES        65536
#define RECOVERY_MS        2000
#define RECOVERY_KEYS      30
#define TRY_MS             250
#define TRY_PAUSE_US       5000
#define PAUSE_US           20000

void
fixture_assert(bool true_, const char *words, const char *file, int line)
{
	if (!true_)
		(void)fprintf(stderr, "# %s:%d: %s\n", file, line, words);
	_assert_true(true_, words, file, line);
}

int64_t
fixture_deadline(void)
{
	return clock_boot_ms() + DEADLINE_MS;
}

struct cache_conn *
fixture_connect(struct fixture *f)
{
	struct cache_conn *conn = NULL;
	struct error err = { 0 };

	assert_anywhere(f->driver->connect(f->cache, &conn, &err) == ST_OK);
	return conn;
}

void
fixture_meet(struct fixture *f)
{
	struct error err = { 0 };

	f->config = cache_config_none;
	f->config.prefix = "weir";
	f->config.bytes = FIXTURE_MEMORY;
	f->config.max_value = FIXTURE_MAX_VALUE;
	f->config.timeout_ms = FIXTURE_TIMEOUT_MS;
	f->place->kind->config(f->place, &f->config);
	if (f->driver->open(&f->config, &f->cache, &err) != ST_OK)
		fail_msg("%s", err.text);
	f->conn = fixture_connect(f);
}

void
fixture_part(struct fixture *f)
{
	if (f->conn != NULL)
		f->driver->disconnect(f->conn);
	if (f->cache != NULL)
		f->driver->close(f->cache);
	f->conn = NULL;
	f->cache = NULL;
}

static void
begin(struct fixture *f, const struct place_kind *kind)
{
	assert_true(secret_init());
	memset(f, 0, sizeof(*f));
	f->driver = cache_driver_find(str_of(kind->driver));
	assert_non_null(f->driver);
	f->place = calloc(1, sizeof(*f->place));
	assert_non_null(f->place);
	arena_init(&f->arena, CHUNK_BYTES);
}

void
fixture_join(
    struct fixture *f, const struct place_kind *kind, const char *folder)
{
	begin(f, kind);
	place_join(f->place, kind, folder);
	fixture_meet(f);
}

void
fixture_leave(struct fixture *f)
{
	fixture_part(f);
	free(f->place);
	arena_close(&f->arena);
}

void
fixture_open(struct fixture *f, const struct place_kind *kind)
{
	begin(f, kind);
	place_start(f->place, kind);
	fixture_meet(f);
}

void
fixture_close(struct fixture *f)
{
	fixture_part(f);
	place_stop(f->place);
	fixture_leave(f);
}

enum status
fixture_exec(struct fixture *f, struct cache_conn *conn,
    struct cache_op *const *ops, size_t n, int64_t deadline_ms)
{
	if (f->place->kind->loop)
		return loop_exec(f->driver, conn, ops, n, deadline_ms);
	return f->driver->exec(conn, ops, n, deadline_ms);
}

/* Fills in what the short ways leave open; the operations in a list. */
static struct cache_op **
listed(struct fixture *f, struct cache_op *ops, size_t n)
{
	struct cache_op **list = arena_alloc(&f->arena, n * sizeof(list[0]));

	for (size_t i = 0; i < n; i++) {
		if (ops[i].arena == NULL)
			ops[i].arena = &f->arena;
		if (ops[i].space == NULL)
			ops[i].space = &fixture_space;
		if (cache_op_counts(&ops[i]) && str_is_null(ops[i].shard))
			ops[i].shard = STR("counters");
		list[i] = &ops[i];
	}
	return list;
}

void
run_on(
    struct fixture *f, struct cache_conn *conn, struct cache_op *ops, size_t n)
{
	struct cache_op **list = listed(f, ops, n);

	assert_anywhere(
	    fixture_exec(f, conn, list, n, fixture_deadline()) == ST_OK);
}

enum status
fixture_try(struct fixture *f, struct cache_conn *conn, struct cache_op *ops,
    size_t n, int64_t ms)
{
	struct cache_op **list = listed(f, ops, n);
	int64_t began_ms = stopwatch_ms();
	enum status st = fixture_exec(f, conn, list, n, clock_boot_ms() + ms);
	size_t failed = 0;

	assert_soon(began_ms, ms);
	for (size_t i = 0; i < n; i++)
		failed += ops[i].status == ST_TIMEOUT ||
			  ops[i].status == ST_UNAVAILABLE;
	assert_anywhere(
	    st == ST_OK || st == ST_TIMEOUT || st == ST_UNAVAILABLE);
	assert_anywhere((failed > 0) == (st != ST_OK));
	return st;
}

/* Whether all servers of the store answer: keys of a closed space do not move
 * to others, and there are enough for each. */
static bool
recovered(struct fixture *f)
{
	static const struct cache_space closed = { { "closed", 6 }, false };
	struct cache_op ops[2 * RECOVERY_KEYS];

	for (int i = 0; i < 2 * RECOVERY_KEYS; i++)
		ops[i] = (struct cache_op){
			.kind = CACHE_GET,
			.space = i % 2 == 0 ? &closed : &fixture_space,
			.key = arena_printf(&f->arena, "recovered %d", i),
		};
	return fixture_try(f, f->conn, ops, 2 * RECOVERY_KEYS, TRY_MS) == ST_OK;
}

void
fixture_recover(struct fixture *f)
{
	int64_t until_ms = stopwatch_ms() + RECOVERY_MS + FIXTURE_SLACK_MS;

	while (!recovered(f)) {
		assert_true(stopwatch_ms() < until_ms);
		(void)usleep(TRY_PAUSE_US);
	}
}

void
run(struct fixture *f, struct cache_op *ops, size_t n)
{
	run_on(f, f->conn, ops, n);
}

static enum status
run_one(struct fixture *f, struct cache_op op, struct str *value)
{
	run(f, &op, 1);
	if (value != NULL)
		*value = op.value;
	return op.status;
}

enum status
set(struct fixture *f, struct str key, struct str value, uint32_t ttl)
{
	return run_one(f,
	    (struct cache_op){
		.kind = CACHE_SET, .key = key, .value = value, .ttl = ttl },
	    NULL);
}

enum status
add(struct fixture *f, struct str key, struct str value, uint32_t ttl)
{
	return run_one(f,
	    (struct cache_op){
		.kind = CACHE_ADD, .key = key, .value = value, .ttl = ttl },
	    NULL);
}

enum status
get(struct fixture *f, struct str key, struct str *value)
{
	return run_one(
	    f, (struct cache_op){ .kind = CACHE_GET, .key = key }, value);
}

enum status
del(struct fixture *f, struct str key)
{
	return run_one(
	    f, (struct cache_op){ .kind = CACHE_DEL, .key = key }, NULL);
}

enum status
pull(struct fixture *f, struct str key, struct str *value)
{
	return run_one(
	    f, (struct cache_op){ .kind = CACHE_PULL, .key = key }, value);
}

enum status
touch(struct fixture *f, struct str key, uint32_t ttl)
{
	return run_one(f,
	    (struct cache_op){ .kind = CACHE_TOUCH, .key = key, .ttl = ttl },
	    NULL);
}

enum status
count(struct fixture *f, struct str key, uint32_t limit, uint32_t ttl)
{
	return run_one(f,
	    (struct cache_op){
		.kind = CACHE_COUNT, .key = key, .limit = limit, .ttl = ttl },
	    NULL);
}

void
flush(struct fixture *f, const struct cache_space *space)
{
	struct error err = { 0 };
	enum status st =
	    f->driver->flush(f->conn, space, fixture_deadline(), &err);

	if (st != ST_OK)
		(void)fprintf(stderr, "# %s\n", err.text);
	assert_anywhere(st == ST_OK);
}

/* A cursor stands in a URL. */
static void
assert_cursor(struct str cursor)
{
	for (size_t i = 0; i < cursor.n; i++) {
		assert_in_range(cursor.p[i], '!', '~');
		assert_true(cursor.p[i] != '&' && cursor.p[i] != '+');
	}
}

struct keys
list(struct fixture *f, const struct cache_space *space, struct str prefix,
    size_t limit)
{
	struct keys all = { arena_alloc(&f->arena, KEYS_MAX * sizeof(all.v[0])),
		0 };
	struct cache_page page = { .prefix = prefix,
		.cursor = STR(""),
		.limit = limit,
		.arena = &f->arena };
	int64_t deadline_ms = fixture_deadline();
	struct error err = { 0 };

	do {
		if (f->driver->list(f->conn, space, &page, deadline_ms, &err) !=
		    ST_OK)
			fail_msg("%s", err.text);
		assert_in_range(page.n, 0, limit);
		assert_in_range(all.n + page.n, 0, KEYS_MAX);
		for (size_t i = 0; i < page.n; i++)
			all.v[all.n++] = page.keys[i];
		assert_cursor(page.cursor);
		assert_true(clock_boot_ms() < deadline_ms);
	} while (page.cursor.n > 0);
	return all;
}

void
incarnation_of(
    struct fixture *f, struct cache_conn *conn, uint8_t out[INCARNATION_BYTES])
{
	struct cache_op op = { .kind = CACHE_GET, .key = STR("any") };

	run_on(f, conn, &op, 1);
	memcpy(out, op.incarnation, INCARNATION_BYTES);
}

void
wait_for_expiry(struct fixture *f, struct str key)
{
	int64_t deadline = fixture_deadline();

	while (get(f, key, NULL) == ST_OK && clock_boot_ms() < deadline)
		(void)usleep(PAUSE_US);
	assert_int_equal(get(f, key, NULL), ST_MISSING);
}

void
assert_value(struct fixture *f, struct str key, struct str value)
{
	struct str got = STR_NULL;

	assert_int_equal(get(f, key, &got), ST_OK);
	assert_int_equal(got.n, value.n);
	assert_non_null(got.p);
	assert_memory_equal(got.p, value.p, value.n);
}

struct str
bytes(struct fixture *f, size_t n, uint32_t seed)
{
	char *p = arena_alloc(&f->arena, n);

	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		p[i] = (char)(seed >> 24);
	}
	return str_make(p, n);
}
