#include "drivers/cache/local_entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/cache/local_name.h"
#include "tests/support/local.h"

#define HASH  UINT64_C(0x0102030405060708)
#define KEY   STR("a key")
#define LATER INT64_MAX

static size_t
parts_in(const struct values *v)
{
	MDB_stat info;

	assert_int_equal(mdb_stat(v->txn, v->store->parts, &info), 0);
	return info.ms_entries;
}

static void
assert_is(struct local_fixture *f, const struct values *v, struct str key,
    struct str expected)
{
	struct entry e;
	struct str value;

	assert_int_equal(entry_of(v, HASH, key, &e), 0);
	assert_int_equal(entry_value(v, &e, &f->arena, &value), 0);
	assert_true(str_eq(value, expected));
}

static void
a_name_sorts_like_its_number(void **state)
{
	uint8_t name[ENTRY_NAME_BYTES];
	MDB_val key = { sizeof(name), name };
	uint64_t hash;

	(void)state;
	entry_name(HASH, name);
	assert_memory_equal(name, "\1\2\3\4\5\6\7\10", sizeof(name));
	assert_true(entry_hash(&key, &hash));
	assert_true(hash == HASH);
	key.mv_size--;
	assert_false(entry_hash(&key, &hash));
}

static void
a_small_value_has_no_parts(void **state)
{
	struct local_fixture *f = *state;
	struct values v = local_begin(f);

	assert_int_equal(entry_put(&v, HASH, KEY, STR("small"), 0), 0);
	assert_is(f, &v, KEY, STR("small"));
	assert_int_equal(parts_in(&v), 0);
	local_commit(&v);
}

static void
a_replaced_value_leaves_no_parts(void **state)
{
	static const size_t sizes[] = { 100000, 9000, 200000, 4100, 10, 8200,
		0 };
	struct local_fixture *f = *state;
	struct values v = local_begin(f);

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct str value =
		    local_text(f, sizes[i], (char)('a' + (int)i));

		assert_int_equal(entry_put(&v, HASH, KEY, value, 0), 0);
		assert_is(f, &v, KEY, value);
		assert_int_equal(
		    parts_in(&v), entry_parts(f->store, KEY.n, value.n));
	}
	local_commit(&v);
}

static void
every_part_fills_one_page(void **state)
{
	struct local_fixture *f = *state;
	struct values v = local_begin(f);
	MDB_stat info;

	assert_int_equal(
	    entry_put(&v, HASH, KEY, local_text(f, 200000, 'x'), 0), 0);
	assert_int_equal(mdb_stat(v.txn, f->store->parts, &info), 0);
	assert_in_range(
	    info.ms_overflow_pages, info.ms_entries - 1, info.ms_entries);
	local_commit(&v);
}

static void
a_dropped_value_leaves_nothing(void **state)
{
	struct local_fixture *f = *state;
	struct values v = local_begin(f);
	struct entry e;

	assert_int_equal(
	    entry_put(&v, HASH, KEY, local_text(f, 50000, 'x'), 0), 0);
	assert_int_equal(entry_drop(&v, HASH), 0);
	assert_int_equal(entry_drop(&v, HASH), MDB_NOTFOUND);
	assert_int_equal(entry_at(&v, HASH, &e), MDB_NOTFOUND);
	assert_int_equal(parts_in(&v), 0);
	local_commit(&v);
}

static void
two_keys_of_one_hash_displace_each_other(void **state)
{
	struct local_fixture *f = *state;
	struct values v = local_begin(f);
	struct entry e;

	assert_int_equal(
	    entry_put(&v, HASH, KEY, local_text(f, 50000, 'x'), 0), 0);
	assert_int_equal(entry_of(&v, HASH, STR("other"), &e), MDB_NOTFOUND);
	assert_int_equal(entry_put(&v, HASH, STR("other"), STR("y"), 0), 0);
	assert_int_equal(entry_of(&v, HASH, KEY, &e), MDB_NOTFOUND);
	assert_is(f, &v, STR("other"), STR("y"));
	assert_int_equal(parts_in(&v), 0);
	local_commit(&v);
}

static void
an_expired_value_is_not_found(void **state)
{
	struct local_fixture *f = *state;
	struct values v = local_begin(f);
	struct entry e;

	assert_int_equal(entry_put(&v, HASH, KEY, STR("x"), v.now_ms + 1), 0);
	assert_int_equal(entry_of(&v, HASH, KEY, &e), 0);
	assert_false(entry_expired(&e, v.now_ms));
	assert_true(entry_expired(&e, v.now_ms + 1));
	v.now_ms++;
	assert_int_equal(entry_of(&v, HASH, KEY, &e), MDB_NOTFOUND);
	assert_int_equal(entry_at(&v, HASH, &e), 0);
	local_commit(&v);
}

static void
a_touched_value_expires_anew(void **state)
{
	static const size_t sizes[] = { 0, 10, 3000, 90000 };
	struct local_fixture *f = *state;
	struct values v = local_begin(f);
	struct entry e;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct str value = local_text(f, sizes[i], 'x');

		assert_int_equal(
		    entry_put(&v, HASH, KEY, value, v.now_ms + 1), 0);
		assert_int_equal(entry_of(&v, HASH, KEY, &e), 0);
		assert_int_equal(entry_touch(&v, &e, LATER), 0);
		assert_is(f, &v, KEY, value);
		assert_int_equal(entry_at(&v, HASH, &e), 0);
		assert_true(e.head.expiry_ms == LATER);
	}
	local_commit(&v);
}

static void
a_mark_counts_down(void **state)
{
	struct local_fixture *f = *state;

	assert_false(entry_unmark(f->store, HASH));
	entry_mark(f->store, HASH, 2);
	entry_mark(f->store, HASH, 1);
	assert_true(entry_unmark(f->store, HASH));
	assert_true(entry_unmark(f->store, HASH));
	assert_false(entry_unmark(f->store, HASH));
}

static void
damage_is_noticed(void **state)
{
	struct local_fixture *f = *state;
	char bytes[64] = { 0 };
	MDB_val data = { sizeof(bytes), bytes };
	struct entry_head head = { .key_n = LOCAL_NAME_MAX + 1 };
	struct entry e;

	memcpy(bytes, &head, sizeof(head));
	assert_int_equal(entry_read(f->store, HASH, &data, &e), MDB_CORRUPTED);
	head = (struct entry_head){ .value_n = UINT32_MAX };
	memcpy(bytes, &head, sizeof(head));
	assert_int_equal(entry_read(f->store, HASH, &data, &e), MDB_CORRUPTED);
	head = (struct entry_head){ .key_n = 3, .value_n = 4 };
	memcpy(bytes, &head, sizeof(head));
	assert_int_equal(entry_read(f->store, HASH, &data, &e), MDB_CORRUPTED);
	data.mv_size = sizeof(head) + 7;
	assert_int_equal(entry_read(f->store, HASH, &data, &e), 0);
	data.mv_size = sizeof(head) - 1;
	assert_int_equal(entry_read(f->store, HASH, &data, &e), MDB_CORRUPTED);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, local_set_up, local_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_sorts_like_its_number),
		TEST(a_small_value_has_no_parts),
		TEST(a_replaced_value_leaves_no_parts),
		TEST(every_part_fills_one_page),
		TEST(a_dropped_value_leaves_nothing),
		TEST(two_keys_of_one_hash_displace_each_other),
		TEST(an_expired_value_is_not_found),
		TEST(a_touched_value_expires_anew),
		TEST(a_mark_counts_down),
		TEST(damage_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
