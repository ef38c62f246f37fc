/*
 * The builders of SQL: whatever a client sends, the text is made of words of
 * this program, names of the catalogue and "?".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/services/db/read/select.h"
#include "app/services/db/write/modify.h"
#include "drivers/db/catalog.h"
#include "tests/support/odd_table.h"

#define ROUNDS 20000

static const struct db_value owner = { .type = DB_INT, .i = 42 };
static const struct db_value seven = { .type = DB_INT, .i = 7 };
static const struct condition other = { { "x > ?", 5 }, &seven, 1 };
static const struct condition only_mine = { { "owner = ?", 9 }, &owner, 1 };

static struct arena arena;

static struct statement
empty(void)
{
	struct statement s;

	statement_open(&s, &arena, '`');
	return s;
}

static void
assert_sql(const struct statement *s, const char *want, size_t n_args)
{
	struct db_stmt stmt = statement_end(s);

	assert_string_equal(arena_dup(&arena, stmt.sql).p, want);
	assert_int_equal(stmt.n_args, n_args);
}

static struct query_source
source_of(struct param *list, size_t n)
{
	return (struct query_source){ .table = &odd_table,
		.use = QUERY_LIST,
		.max_records = 100,
		.quote = '`',
		.options = { .params = { list, n } } };
}

static struct query
query_of(struct param *list, size_t n)
{
	struct query_source source = source_of(list, n);
	struct query q;

	assert_int_equal(query_parse(&arena, &source, &q, NULL), ST_OK);
	return q;
}

static void
a_page_is_ordered_by_the_key_at_the_end(void **state)
{
	struct param params[] = {
		{ STR("fields"), STR("a`b,id") },
		{ STR("order"), STR("c desc desc,\"q\" nulls last") },
		{ STR("offset"), STR("7") },
	};
	struct query q = query_of(params, 3);
	struct statement s = empty();

	(void)state;
	select_page(&s, &q, NULL, 10);
	assert_sql(&s,
	    "SELECT `a``b`, `id` FROM `t``t` ORDER BY `c desc` DESC, "
	    "`\"q\"` IS NULL, `\"q\"`, `id` LIMIT ? OFFSET ?",
	    2);
	assert_int_equal(s.args[0].i, 10);
	assert_int_equal(s.args[1].i, 7);
}

static void
every_builder_carries_the_condition_of_the_role(void **state)
{
	struct param params[] = { { STR("fields"), STR("id") } };
	struct query q = query_of(params, 1);
	struct db_value id = { .type = DB_INT, .i = 5 };
	struct identifier ids[] = { { STR("5"), &id }, { STR("5"), &id },
		{ STR("5"), &id } };
	struct record_name name = { &q.by, &id };
	struct assignment list[] = { { &odd_columns[1],
	    { .type = DB_TEXT, .s = { "v", 1 } } } };
	struct draft draft = { list, 1 };
	struct statement s = empty();

	(void)state;
	select_page(&s, &q, &only_mine, 10);
	assert_sql(&s,
	    "SELECT `id` FROM `t``t` WHERE (owner = ?) ORDER BY `id` LIMIT ?",
	    2);
	assert_int_equal(s.args[0].i, 42);
	s = empty();
	select_count(&s, &q, &only_mine);
	assert_sql(&s, "SELECT count(*) FROM `t``t` WHERE (owner = ?)", 1);
	s = empty();
	select_record(&s, &q, &name, &only_mine);
	assert_sql(
	    &s, "SELECT `id` FROM `t``t` WHERE `id` = ? AND (owner = ?)", 2);
	s = empty();
	modify_update(&s, &draft, &name, &only_mine);
	assert_sql(&s,
	    "UPDATE `t``t` SET `a``b` = ? WHERE `id` = ? AND (owner = ?)", 3);
	assert_int_equal(s.args[2].i, 42);
	s = empty();
	modify_delete(&s, &name, &only_mine);
	assert_sql(&s, "DELETE FROM `t``t` WHERE `id` = ? AND (owner = ?)", 2);
	s = empty();
	select_listed(&s, &q, ids, 3, &only_mine);
	assert_sql(&s,
	    "SELECT `id`, `id` FROM `t``t` WHERE `id` IN (?, ?, ?, ?) AND "
	    "(owner = ?)",
	    5);
	s = empty();
	modify_update_rows(&s, &odd_table, &draft, &other, &only_mine);
	assert_sql(&s,
	    "UPDATE `t``t` SET `a``b` = ? WHERE (x > ?) AND (owner = ?)", 3);
	assert_int_equal(s.args[1].i, 7);
	s = empty();
	modify_delete_rows(&s, &odd_table, NULL, &only_mine);
	assert_sql(&s, "DELETE FROM `t``t` WHERE (owner = ?)", 1);
}

static void
a_page_has_the_filter_and_the_role(void **state)
{
	struct param params[] = { { STR("fields"), STR("id") } };
	struct query q = query_of(params, 1);
	struct statement s = empty();

	(void)state;
	q.filter = &other;
	select_page(&s, &q, &only_mine, 10);
	assert_sql(&s,
	    "SELECT `id` FROM `t``t` WHERE (x > ?) AND (owner = ?) ORDER BY "
	    "`id` LIMIT ?",
	    3);
	s = empty();
	select_count(&s, &q, NULL);
	assert_sql(&s, "SELECT count(*) FROM `t``t` WHERE (x > ?)", 1);
}

static void
an_insert_binds_every_value(void **state)
{
	struct assignment list[] = {
		{ &odd_columns[0], { .type = DB_INT, .i = 1 } },
		{ &odd_columns[1], { .type = DB_NULL } },
	};
	struct draft draft = { list, 2 };
	struct statement s = empty();

	(void)state;
	modify_insert(&s, &odd_table, &draft);
	modify_returning(&s, &odd_table);
	assert_sql(&s,
	    "INSERT INTO `t``t` (`id`, `a``b`) VALUES (?, ?) RETURNING `id`",
	    2);
}

static void
more_values_than_fit_at_first_are_kept(void **state)
{
	struct statement s = empty();

	(void)state;
	for (int64_t i = 0; i < 100; i++)
		statement_bind(&s, (struct db_value){ .type = DB_INT, .i = i });
	assert_int_equal(s.n_args, 100);
	for (int64_t i = 0; i < 100; i++)
		assert_int_equal(s.args[i].i, i);
}

/* Pieces that are likely to get past a careless parser. */
static const char *const pieces[] = { "COUNT(*)", "SUM(id)", "id", "a`b",
	"x; DROP TABLE t", "*", "c desc", "c desc desc", " asc", " nulls first",
	",", ",,", "'", "`", "\"", "\"q\"", ";", "--", "/*", "(", ")", "1",
	"-1", "99999999999999", "0x1", "1e5", "\\", "%", "\xc3\xa9", "\x01",
	"UNION SELECT", "ID", " " };

static const char *const names[] = { "fields", "select", "limit", "top",
	"offset", "skip", "order", "sort", "order_by", "ids", "include_count",
	"count_only", "Fields", "x`;--", "id_field", "as_list", "filter",
	"group", "having" };

#define ANY_OF(list, r) list[(size_t)(r) % (sizeof(list) / sizeof(list[0]))]

static struct str
random_text(void)
{
	struct buf b = buf_in(&arena);
	long n = random() % 4;

	buf_put_lit(&b, "");
	for (long i = 0; i < n; i++)
		buf_put(&b, str_of(ANY_OF(pieces, random())));
	return buf_str(&b);
}

static void
ids_select(struct statement *s, const struct query *q)
{
	for (size_t i = 0; i < q->n_ids; i++) {
		struct record_name name = { &q->by, q->ids[i].parts };

		select_record(s, q, &name, NULL);
	}
	if (q->n_ids > 0)
		select_listed(s, q, q->ids, q->n_ids, NULL);
}

static void
whatever_is_asked_the_text_is_ours(void **state)
{
	size_t built = 0;

	(void)state;
	srandom(20240229);
	for (int i = 0; i < ROUNDS; i++) {
		struct param list[4];
		size_t n = (size_t)(random() % 5);
		struct query_source source = source_of(list, n);
		struct query q;
		struct statement s = empty();

		for (size_t k = 0; k < n; k++)
			list[k] = (struct param){
				str_of(ANY_OF(names, random())),
				random_text(),
			};
		if (query_parse(&arena, &source, &q, NULL) == ST_OK) {
			select_page(&s, &q, NULL, q.limit);
			select_count(&s, &q, NULL);
			ids_select(&s, &q);
			assert_true(
			    sql_is_ours(&arena, buf_str(&s.sql), &odd_table));
			built++;
		}
		arena_reset(&arena);
	}
	assert_true(built > ROUNDS / 20);
}

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 65536);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_page_is_ordered_by_the_key_at_the_end),
		TEST(every_builder_carries_the_condition_of_the_role),
		TEST(a_page_has_the_filter_and_the_role),
		TEST(an_insert_binds_every_value),
		TEST(more_values_than_fit_at_first_are_kept),
		TEST(whatever_is_asked_the_text_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
