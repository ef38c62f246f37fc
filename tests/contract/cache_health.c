/* What a store says of itself, and how it meets what is wrong around it. */
#include "tests/contract/cache_questions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/contract/cache_fixture.h"
#include "tests/contract/cache_place.h"

#define KEY         STR("a key")
#define DEADLINE_MS 2000

static void
a_store_in_use_answers_a_ping(void **state)
{
	struct fixture *f = *state;
	struct error err = { .text = "" };

	assert_int_equal(
	    f->driver->ping(f->conn, fixture_deadline(), &err), ST_OK);
	assert_string_equal(err.text, "");
	assert_int_equal(set(f, KEY, STR("value"), 60), ST_OK);
	assert_int_equal(
	    f->driver->ping(f->conn, fixture_deadline(), NULL), ST_OK);
	assert_value(f, KEY, STR("value"));
}

static struct cache_stats
stats_of(struct fixture *f)
{
	struct cache_stats stats = { 0 };

	assert_int_equal(
	    f->driver->stats(f->conn, &stats, fixture_deadline(), NULL), ST_OK);
	return stats;
}

/* Asserts that a figure is unknown both times, or has grown at least so. */
static void
assert_grown(int64_t before, int64_t after, int64_t least)
{
	if (before == -1)
		assert_int_equal(after, -1);
	else
		assert_true(before >= 0 && after >= before + least);
}

static void
figures_follow_what_is_done(void **state)
{
	struct fixture *f = *state;
	struct cache_stats before = stats_of(f);
	struct cache_stats after;

	for (unsigned i = 0; i < 20; i++) {
		struct str key = arena_printf(&f->arena, "key %u", i);

		assert_int_equal(set(f, key, bytes(f, 5000, i), 60), ST_OK);
		assert_int_equal(get(f, key, NULL), ST_OK);
		assert_int_equal(get(f, STR("none"), NULL), ST_MISSING);
	}
	after = stats_of(f);
	assert_grown(before.hits, after.hits, 20);
	assert_grown(before.misses, after.misses, 20);
	assert_grown(before.items, after.items, 20);
	assert_grown(before.bytes, after.bytes, 20 * 2500);
	assert_grown(before.evictions, after.evictions, 0);
	assert_true(after.bytes_limit >= -1);
	assert_true(before.items <= 10); /* what the store keeps for itself */
}

static bool
has_password(const struct place_kind *kind)
{
	return kind->wrong_password != NULL;
}

static void
a_wrong_password_is_named(void **state)
{
	struct fixture *f = *state;
	struct cache_config config = f->config;
	struct cache_op op = { .kind = CACHE_GET, .key = KEY };
	struct error err = { .text = "" };
	enum status st;

	fixture_part(f);
	f->place->kind->wrong_password(f->place, &config);
	assert_int_equal(f->driver->open(&config, &f->cache, &err), ST_OK);
	f->conn = fixture_connect(f);
	assert_int_equal(
	    fixture_try(f, f->conn, &op, 1, DEADLINE_MS), ST_UNAVAILABLE);
	st = f->driver->ping(f->conn, fixture_deadline(), &err);
	assert_int_equal(st, ST_UNAVAILABLE);
	if (strcasestr(err.text, "password") == NULL)
		fail_msg("\"%s\" does not name the password", err.text);
	if (config.password[0] != '\0')
		assert_null(strstr(err.text, config.password));
}

static bool
has_prefix(const struct place_kind *kind)
{
	return kind->prefixed;
}

/* Two installations on one server, told apart by CACHE_PREFIX. */
static void
prefixes_keep_installations_apart(void **state)
{
	struct fixture *f = *state;
	struct fixture other = { .driver = f->driver, .place = f->place };
	struct cache_config config = f->config;

	config.prefix = "weir2";
	arena_init(&other.arena, 65536);
	assert_int_equal(f->driver->open(&config, &other.cache, NULL), ST_OK);
	other.conn = fixture_connect(&other);
	assert_int_equal(set(f, KEY, STR("mine"), 60), ST_OK);
	assert_int_equal(get(&other, KEY, NULL), ST_MISSING);
	assert_int_equal(set(&other, KEY, STR("theirs"), 60), ST_OK);
	assert_int_equal(count(f, KEY, 1, 600), ST_OK);
	assert_int_equal(count(&other, KEY, 1, 600), ST_OK);
	flush(f, &fixture_space);
	assert_int_equal(get(f, KEY, NULL), ST_MISSING);
	assert_value(&other, KEY, STR("theirs"));
	if (f->driver->list != NULL) {
		assert_int_equal(list(f, &fixture_space, STR(""), 10).n, 0);
		assert_int_equal(
		    list(&other, &fixture_space, STR(""), 10).n, 1);
	}
	fixture_part(&other);
	arena_close(&other.arena);
}

static bool
can_be_damaged(const struct place_kind *kind)
{
	return kind->damage != NULL;
}

/* At the next start it serves again; what was in it may be gone, and nothing
 * is told that was never stored. */
static void
a_damaged_store_serves_again(void **state)
{
	struct fixture *f = *state;
	struct str value = bytes(f, 20000, 1);

	for (unsigned how = 0;; how++) {
		assert_int_equal(set(f, KEY, value, 600), ST_OK);
		assert_int_equal(count(f, KEY, 1000000, 600), ST_OK);
		fixture_part(f);
		if (!f->place->kind->damage(f->place, how))
			break;
		fixture_meet(f);
		if (get(f, KEY, NULL) == ST_OK)
			assert_value(f, KEY, value);
		assert_int_equal(set(f, KEY, STR("new"), 60), ST_OK);
		assert_value(f, KEY, STR("new"));
		assert_int_equal(del(f, KEY), ST_OK);
		assert_int_equal(get(f, KEY, NULL), ST_MISSING);
		flush(f, &fixture_space);
		assert_int_equal(
		    f->driver->ping(f->conn, fixture_deadline(), NULL), ST_OK);
	}
}

const struct question health_questions[] = {
	QUESTION(a_store_in_use_answers_a_ping),
	QUESTION(figures_follow_what_is_done),
	QUESTION_OF(has_password, a_wrong_password_is_named),
	QUESTION_OF(has_prefix, prefixes_keep_installations_apart),
	QUESTION_OF(can_be_damaged, a_damaged_store_serves_again),
	QUESTIONS_END,
};
