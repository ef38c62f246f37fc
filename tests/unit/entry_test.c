#include "middleware/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/arena.h"

static struct arena arena;
static struct tag_versions versions;
static const struct entry made = {
	.created_ms = 1000,
	.ttl = 60,
	.cost_ms = 12,
	.status = 404,
	.code = 1000,
	.etag = { 9, 8 },
	.content = { .has_tag = true,
	    .tag = { 9, 8 },
	    .ranges = true,
	    .modified = 784111777 },
	.type = { "application/json", 16 },
	.head = { "A: b\r\n", 6 },
	.body = { "{\"a\":1}", 7 },
};

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 4096);
	versions = (struct tag_versions){ .n = 2, .incarnation = { 1, 2, 3 } };
	versions.version[1][3] = 77;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

static void
an_entry_tells_its_versions(void **state)
{
	struct str bytes = entry_pack(&arena, &made, &versions);
	struct tag_versions found = { 0 };

	(void)state;
	assert_true(entry_versions(bytes, 2, &found));
	assert_int_equal(found.n, 2);
	assert_memory_equal(
	    found.incarnation, versions.incarnation, INCARNATION_BYTES);
	assert_memory_equal(
	    found.version, versions.version, 2 * TAG_VERSION_BYTES);
	assert_false(entry_versions(bytes, 1, &found));
	assert_false(entry_versions(bytes, TAGS_MAX, &found));
	for (size_t n = 0; n < bytes.n - made.body.n; n++)
		assert_false(entry_versions(str_make(bytes.p, n), 2, &found));
}

static void
what_was_packed_comes_back(void **state)
{
	struct str bytes = entry_pack(&arena, &made, &versions);
	struct entry out;

	(void)state;
	assert_int_equal(entry_unpack(bytes, &versions, &out), ENTRY_GOOD);
	assert_true(str_eq(out.body, made.body));
	assert_true(str_eq(out.type, made.type));
	assert_true(str_eq(out.head, made.head));
	assert_true(out.content.has_tag && out.content.ranges);
	assert_false(out.content.handed);
	assert_memory_equal(out.content.tag, made.content.tag, DIGEST_BYTES);
	assert_int_equal(out.content.modified, made.content.modified);
	assert_memory_equal(out.etag, made.etag, DIGEST_BYTES);
	assert_int_equal(out.created_ms, made.created_ms);
	assert_int_equal(out.ttl, made.ttl);
	assert_int_equal(out.cost_ms, made.cost_ms);
	assert_int_equal(out.status, made.status);
	assert_int_equal(out.code, made.code);
}

static void
any_changed_tag_makes_it_stale(void **state)
{
	struct str bytes = entry_pack(&arena, &made, &versions);
	struct entry out;

	(void)state;
	for (size_t i = 0; i < versions.n; i++) {
		struct tag_versions now = versions;

		now.version[i][15] ^= 1;
		assert_int_equal(entry_unpack(bytes, &now, &out), ENTRY_STALE);
	}
}

static void
another_life_of_the_store_makes_it_stale(void **state)
{
	struct str bytes = entry_pack(&arena, &made, &versions);
	struct tag_versions other = versions;
	struct entry out;

	(void)state;
	other.incarnation[2] ^= 1;
	assert_int_equal(entry_unpack(bytes, &other, &out), ENTRY_STALE);
}

static void
cut_or_foreign_bytes_are_damaged(void **state)
{
	struct str bytes = entry_pack(&arena, &made, &versions);
	struct tag_versions fewer = { .n = 1 };
	struct entry out;

	(void)state;
	for (size_t n = 0; n < bytes.n - made.body.n; n++)
		assert_int_not_equal(
		    entry_unpack(str_make(bytes.p, n), &versions, &out),
		    ENTRY_GOOD);
	assert_int_equal(entry_unpack(bytes, &fewer, &out), ENTRY_DAMAGED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    an_entry_tells_its_versions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_was_packed_comes_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    any_changed_tag_makes_it_stale, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    another_life_of_the_store_makes_it_stale, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    cut_or_foreign_bytes_are_damaged, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
