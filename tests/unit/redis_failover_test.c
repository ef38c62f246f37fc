/*
 * Fail-overs of real servers: who is promoted is used soon, and who was master
 * before is used no more, although it may go on as one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "drivers/cache/redis_lease.h"
#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_loop.h"
#include "tests/contract/cache_place.h"
#include "tests/support/redis_client.h"

#define KEY         STR("key")
#define TRIES       3
#define TRY_MS      100
#define PAUSE_US    5000
#define LONG_MS     40000 /* for what takes as long as it takes */
#define AGAIN_MS    10000
#define RECOVERY_MS 2000 /* after who was promoted says so */
#define BUSY_MS     1000
#define AFTER       200 /* answers of the next life */
#define HANG_S      120

enum { MASTER, REPLICA, SENTINEL, SENTINELS = 3 };

/* What a server answers a command, in the arena. Servers that change their
 * role end the connection meanwhile. */
static const char *
tell(struct fixture *f, int server, const char *words)
{
	struct redis_client client;
	const char *said = NULL;

	redis_client_open(&client, f->place->servers[server].port);
	for (int i = 0; i < TRIES && said == NULL; i++)
		said = redis_client_ask(&client, "%s", words);
	assert_non_null(said);
	said = arena_dup(&f->arena, str_of(said)).p;
	redis_client_close(&client);
	return said;
}

static bool
says(struct fixture *f, int server, const char *words, const char *part)
{
	return strstr(tell(f, server, words), part) != NULL;
}

static void
await_word(struct fixture *f, int server, const char *words, const char *part)
{
	int64_t until_ms = clock_boot_ms() + LONG_MS;

	while (!says(f, server, words, part)) {
		assert_true(clock_boot_ms() < until_ms);
		(void)usleep(PAUSE_US);
	}
}

/* The sentinels know the replica, and look often. */
static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	(void)alarm(HANG_S);
	fixture_open(f, place_kinds[0]);
	await_word(f, REPLICA, "INFO replication", "master_link_status:up");
	for (int i = SENTINEL; i < SENTINEL + SENTINELS; i++) {
		(void)tell(f, i, "SENTINEL DEBUG INFO-PERIOD 100");
		await_word(f, i, "INFO sentinel", "slaves=1,sentinels=3");
	}
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	fixture_close(*state);
	free(*state);
	(void)alarm(0);
	return 0;
}

/* Has a sentinel promote the replica; returns when that says so itself. A
 * sentinel on a busy machine may give up, and is asked again. */
static int64_t
promote(struct fixture *f)
{
	int64_t until_ms = clock_boot_ms() + LONG_MS;
	int64_t again_ms = 0;

	while (!says(f, REPLICA, "INFO replication", "role:master")) {
		int64_t now_ms = clock_boot_ms();

		assert_true(now_ms < until_ms);
		if (now_ms >= again_ms) {
			(void)tell(f, SENTINEL, "SENTINEL FAILOVER mymaster");
			again_ms = now_ms + AGAIN_MS;
		}
		(void)usleep(PAUSE_US);
	}
	return clock_boot_ms();
}

struct seen {
	enum status status;
	uint8_t incarnation[INCARNATION_BYTES];
	struct str value;
};

static struct seen
look(struct fixture *f, struct cache_conn *conn)
{
	struct cache_op op = { .kind = CACHE_GET, .key = KEY };
	struct seen seen;

	(void)fixture_try(f, conn, &op, 1, TRY_MS);
	seen.status = op.status;
	seen.value = op.value;
	memcpy(seen.incarnation, op.incarnation, INCARNATION_BYTES);
	return seen;
}

static bool
same_life(const struct seen *a, const struct seen *b)
{
	return memcmp(a->incarnation, b->incarnation, INCARNATION_BYTES) == 0;
}

static bool
answered(const struct seen *seen)
{
	return seen->status == ST_OK || seen->status == ST_MISSING;
}

/* Looks until another server answers than before. */
static struct seen
await_other(struct fixture *f, const struct seen *before)
{
	int64_t until_ms = clock_boot_ms() + LONG_MS;
	struct seen now = look(f, f->conn);

	while (!answered(&now) || same_life(&now, before)) {
		assert_true(clock_boot_ms() < until_ms);
		(void)usleep(PAUSE_US);
		now = look(f, f->conn);
	}
	return now;
}

/* Sets the key, and waits until the replica has it too. */
static struct seen
replicate(struct fixture *f)
{
	assert_int_equal(set(f, KEY, STR("value"), 600), ST_OK);
	await_word(f, REPLICA, "GET weir:space:key", "value");
	return look(f, f->conn);
}

static void
assert_in_use(struct fixture *f, const struct seen *now)
{
	struct error err = { 0 };

	assert_int_equal(set(f, KEY, STR("new"), 600), ST_OK);
	assert_value(f, KEY, STR("new"));
	assert_int_equal(count(f, STR("counter"), 10, 60), ST_OK);
	if (f->driver->ping(f->conn, fixture_deadline(), &err) != ST_OK)
		fail_msg("%s", err.text);
	assert_true(says(f, REPLICA, "GET weir:space:key", "new"));
	assert_true(answered(now));
}

/* What was replicated is there, and of another life than before. */
static void
a_promoted_replica_is_used_soon(void **state)
{
	struct fixture *f = *state;
	struct seen before = replicate(f);
	int64_t promoted_ms;
	struct seen now;

	daemon_kill(&f->place->servers[MASTER]);
	promoted_ms = promote(f);
	now = await_other(f, &before);
	assert_in_range(
	    clock_boot_ms() - promoted_ms, 0, RECOVERY_MS + BUSY_MS);
	assert_int_equal(now.status, ST_OK);
	assert_true(str_eq(now.value, STR("value")));
	assert_in_use(f, &now);
}

/* A connection of another process, as far as leases go. */
struct other {
	struct cache *cache;
	struct cache_conn *conn;
};

static struct other
other_open(struct fixture *f)
{
	struct other other = { 0 };
	struct error err = { 0 };

	assert_int_equal(
	    f->driver->open(&f->config, &other.cache, &err), ST_OK);
	assert_int_equal(
	    f->driver->connect(other.cache, &other.conn, &err), ST_OK);
	return other;
}

static void
other_close(struct fixture *f, struct other *other)
{
	f->driver->disconnect(other->conn);
	f->driver->close(other->cache);
}

/* The first of both: no answer of the life before comes after one of the next,
 * whoever asks. */
static void
nobody_goes_back_to_a_master_that_lives_on(void **state)
{
	struct fixture *f = *state;
	struct seen before = replicate(f);
	struct other other = other_open(f);
	struct cache_conn *conns[] = { f->conn, other.conn };
	int64_t until_ms = clock_boot_ms() + LONG_MS;
	unsigned moved[] = { 0, 0 };

	(void)look(f, other.conn);
	(void)promote(f);
	while (moved[0] < AFTER || moved[1] < AFTER) {
		for (int i = 0; i < 2; i++) {
			struct seen now = look(f, conns[i]);

			if (!answered(&now))
				continue;
			if (!same_life(&now, &before))
				moved[i]++;
			else
				assert_int_equal(moved[0] + moved[1], 0);
		}
		assert_true(clock_boot_ms() < until_ms);
	}
	/* Else this has not asked anything. */
	assert_true(says(f, MASTER, "INFO replication", "role:master"));
	other_close(f, &other);
}

/* Its connections have been idle all the while. */
static void
a_master_that_hung_is_not_used_when_it_goes_on(void **state)
{
	struct fixture *f = *state;
	struct seen before = replicate(f);
	struct other other = other_open(f);
	struct seen now = look(f, other.conn);

	assert_true(same_life(&now, &before));
	daemon_pause(&f->place->servers[MASTER]);
	(void)promote(f);
	(void)await_other(f, &before);
	assert_int_equal(set(f, KEY, STR("new"), 600), ST_OK);
	daemon_resume(&f->place->servers[MASTER]);
	do {
		now = look(f, other.conn);
	} while (!answered(&now));
	assert_false(same_life(&now, &before));
	assert_true(str_eq(now.value, STR("new")));
	assert_true(says(f, MASTER, "INFO replication", "role:master"));
	assert_true(says(f, MASTER, "GET weir:space:key", "value"));
	other_close(f, &other);
}

/* Although the caller would wait for long. */
static void
who_hangs_is_not_waited_for_when_another_is_master(void **state)
{
	struct fixture *f = *state;
	struct seen before = replicate(f);
	struct other other = other_open(f);
	struct cache_op op = {
		.kind = CACHE_DEL, .space = &fixture_space, .key = KEY
	};
	struct cache_op *ops[] = { &op };
	struct cache_batch batch = {
		.ops = ops, .n = 1, .deadline_ms = fixture_deadline()
	};
	int64_t promoted_ms;

	(void)look(f, other.conn);
	daemon_pause(&f->place->servers[MASTER]);
	f->driver->submit(other.conn, &batch);
	promoted_ms = promote(f);
	while (f->driver->reap(other.conn, clock_boot_ms()) == NULL)
		loop_wait(f->driver, other.conn, fixture_deadline());
	assert_in_range(
	    clock_boot_ms() - promoted_ms, 0, RECOVERY_MS + BUSY_MS);
	assert_int_equal(op.status, ST_UNAVAILABLE);
	(void)await_other(f, &before);
	other_close(f, &other);
}

/* Sentinels make it a replica, and promote it again later. */
static void
a_fail_over_and_back_is_another_life(void **state)
{
	struct fixture *f = *state;
	struct seen before = replicate(f);
	struct seen between, now;

	(void)promote(f);
	between = await_other(f, &before);
	/* They wait for four of these before they make it a replica. */
	for (int i = SENTINEL; i < SENTINEL + SENTINELS; i++)
		(void)tell(f, i, "SENTINEL DEBUG PUBLISH-PERIOD 100");
	await_word(f, MASTER, "INFO replication", "master_link_status:up");
	await_word(f, SENTINEL, "INFO sentinel", "status=ok");
	while (!says(f, SENTINEL, "SENTINEL FAILOVER mymaster", "OK"))
		(void)usleep(PAUSE_US);
	now = await_other(f, &between);
	assert_false(same_life(&now, &before));
	assert_true(says(f, MASTER, "INFO replication", "role:master"));
}

static void
one_sentinel_may_be_away(void **state)
{
	struct fixture *f = *state;
	struct daemon *sentinels = &f->place->servers[SENTINEL];

	for (int i = 0; i < SENTINELS; i++) {
		int64_t until_ms = clock_boot_ms() + 2 * RECOVERY_MS;

		if (i % 2 == 0)
			daemon_kill(&sentinels[i]);
		else
			daemon_pause(&sentinels[i]);
		fixture_part(f);
		fixture_meet(f);
		while (clock_boot_ms() < until_ms - RECOVERY_MS)
			assert_int_equal(get(f, KEY, NULL), ST_MISSING);
		if (i % 2 == 0)
			daemon_restart(&sentinels[i]);
		else
			daemon_resume(&sentinels[i]);
		(void)usleep(REDIS_REIGN_MS * 1000);
	}
}

static void
most_sentinels_are_needed(void **state)
{
	struct fixture *f = *state;
	struct daemon *sentinels = &f->place->servers[SENTINEL];
	struct error err = { 0 };
	struct seen now;

	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	daemon_kill(&sentinels[0]);
	daemon_kill(&sentinels[2]);
	(void)usleep(REDIS_LEASE_MS * 1000);
	now = look(f, f->conn);
	assert_false(answered(&now));
	assert_int_not_equal(
	    f->driver->ping(f->conn, clock_boot_ms() + 1000, &err), ST_OK);
	assert_non_null(strstr(err.text, "of 3 sentinels 1 name a master"));
	assert_non_null(strstr(err.text, "Connection refused"));
	daemon_restart(&sentinels[0]);
	fixture_recover(f);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_promoted_replica_is_used_soon),
		TEST(nobody_goes_back_to_a_master_that_lives_on),
		TEST(a_master_that_hung_is_not_used_when_it_goes_on),
		TEST(who_hangs_is_not_waited_for_when_another_is_master),
		TEST(a_fail_over_and_back_is_another_life),
		TEST(one_sentinel_may_be_away),
		TEST(most_sentinels_are_needed),
	};

	return cmocka_run_group_tests_name("fail-overs", tests, NULL, NULL);
}
