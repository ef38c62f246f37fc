/* What relations the foreign keys of a catalogue make, and their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/services/db/relation/relation.h"
#include "drivers/db/catalog.h"
#include "drivers/db/sqlite.h"
#include "tests/contract/db_fixture.h"

struct seen {
	struct fixture f;
	struct catalog catalog;
	struct relations *all;
};

static void
seen_open(struct seen *s, const char *script)
{
	struct error err = { .text = "" };

	fixture_open(&s->f, &db_sqlite);
	(void)db_sqlite.script(s->f.conn, script, &err);
	assert_string_equal(err.text, "");
	assert_int_equal(db_sqlite.catalog(s->f.conn, &s->f.arena,
			     fixture_deadline(), &s->catalog, NULL),
	    ST_OK);
	s->all = relations_of(&s->f.arena, &s->catalog);
}

static const struct relations *
of_table(const struct seen *s, const char *name)
{
	const struct db_table *t = catalog_table(&s->catalog, str_of(name));

	assert_non_null(t);
	return &s->all[t - s->catalog.tables];
}

static void
put_names(struct buf *out, const struct column *const *columns, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_put_char(out, ' ');
		buf_put(out, columns[i]->name);
	}
}

/* "NAME KIND a=ref.b", with "junction.c d=" between the two for many_many. */
static const char *
shown(struct seen *s, const char *table)
{
	static const char *const kinds[] = { "one", "has_one", "many", "mm" };
	const struct relations *relations = of_table(s, table);
	struct buf out = buf_in(&s->f.arena);

	for (size_t i = 0; i < relations->n; i++) {
		const struct relation *r = &relations->list[i];

		assert_ptr_equal(
		    r->table, catalog_table(&s->catalog, str_of(table)));
		buf_printf(&out, "%s%.*s %s:", i == 0 ? "" : "\n",
		    STR_ARG(r->name), kinds[r->kind]);
		put_names(&out, r->joint.left, r->joint.n);
		if (r->junction != NULL) {
			buf_printf(&out, " = %.*s", STR_ARG(r->junction->name));
			put_names(&out, r->joint.right, r->joint.n);
			put_names(&out, r->far.left, r->far.n);
		}
		buf_printf(&out, " = %.*s", STR_ARG(r->ref->name));
		if (r->junction == NULL)
			put_names(&out, r->joint.right, r->joint.n);
		else
			put_names(&out, r->far.right, r->far.n);
	}
	buf_put_char(&out, '\0');
	return out.p;
}

static const char library[] =
    "CREATE TABLE authors (id INTEGER PRIMARY KEY, code TEXT UNIQUE);"
    "CREATE TABLE profiles (id INTEGER PRIMARY KEY, "
    "author INTEGER UNIQUE REFERENCES authors);"
    "CREATE TABLE books (id INTEGER PRIMARY KEY, "
    "author INTEGER REFERENCES authors (id), "
    "editor TEXT REFERENCES AUTHORS (Code));"
    "CREATE TABLE tags (id INTEGER PRIMARY KEY);"
    "CREATE TABLE taggings (tag INTEGER REFERENCES tags, "
    "book INTEGER REFERENCES books, PRIMARY KEY (book, tag));"
    "CREATE VIEW seen AS SELECT * FROM books;";

static void
each_end_of_a_key_has_its_relation(void **state)
{
	struct seen s;

	(void)state;
	seen_open(&s, library);
	assert_string_equal(shown(&s, "books"),
	    "authors_by_author one: author = authors id\n"
	    "authors_by_editor one: editor = authors code\n"
	    "taggings_by_book many: id = taggings book\n"
	    "tags_by_taggings mm: id = taggings book tag = tags id");
	assert_string_equal(shown(&s, "authors"),
	    "books_by_author many: id = books author\n"
	    "books_by_editor many: code = books editor\n"
	    "profiles_by_author has_one: id = profiles author\n"
	    "authors_by_books mm: id = books author editor = authors code\n"
	    "authors_by_books_author mm: code = books editor author = "
	    "authors id");
	assert_string_equal(shown(&s, "tags"),
	    "taggings_by_tag many: id = taggings tag\n"
	    "books_by_taggings mm: id = taggings tag book = books id");
	fixture_close(&s.f);
}

static void
a_view_has_none(void **state)
{
	struct seen s;

	(void)state;
	seen_open(&s, library);
	assert_string_equal(shown(&s, "seen"), "");
	fixture_close(&s.f);
}

static void
names_stay_unambiguous(void **state)
{
	struct seen s;

	(void)state;
	seen_open(&s, "CREATE TABLE staff (id INTEGER PRIMARY KEY, "
		      "boss INTEGER REFERENCES staff, "
		      "pair INTEGER UNIQUE REFERENCES staff, taken_by_f TEXT);"
		      "CREATE TABLE friends (a INTEGER REFERENCES staff, "
		      "b INTEGER REFERENCES staff, PRIMARY KEY (a, b));"
		      "CREATE TABLE taken (f INTEGER REFERENCES staff);");
	assert_string_equal(shown(&s, "staff"),
	    "staff_by_boss one: boss = staff id\n"
	    "staff_by_pair one: pair = staff id\n"
	    "friends_by_a many: id = friends a\n"
	    "friends_by_b many: id = friends b\n"
	    "staff_by_boss_has_many many: id = staff boss\n"
	    "staff_by_pair_has_one has_one: id = staff pair\n"
	    "taken_by_f_has_many many: id = taken f\n"
	    "staff_by_friends mm: id = friends a b = staff id\n"
	    "staff_by_friends_a mm: id = friends b a = staff id");
	fixture_close(&s.f);
}

static void
a_number_tells_apart_what_no_word_does(void **state)
{
	struct seen s;

	(void)state;
	seen_open(&s,
	    "CREATE TABLE a (id INTEGER PRIMARY KEY, other INTEGER UNIQUE, "
	    "b_by_x TEXT, b_by_x_has_many TEXT);"
	    "CREATE TABLE b (x INTEGER REFERENCES a, "
	    "FOREIGN KEY (x) REFERENCES a (other));");
	assert_string_equal(shown(&s, "a"),
	    "b_by_x_has_many_2 many: id = b x\n"
	    "b_by_x_has_many_3 many: other = b x");
	fixture_close(&s.f);
}

static void
keys_of_several_columns_relate(void **state)
{
	struct seen s;

	(void)state;
	seen_open(&s, "CREATE TABLE a (x INTEGER, y TEXT, PRIMARY KEY (x, y));"
		      "CREATE TABLE b (p INTEGER, q TEXT, "
		      "FOREIGN KEY (p, q) REFERENCES a);");
	assert_string_equal(shown(&s, "a"), "b_by_p_q many: x y = b p q");
	assert_string_equal(shown(&s, "b"), "a_by_p_q one: p q = a x y");
	fixture_close(&s.f);
}

static void
a_key_declared_twice_is_one(void **state)
{
	struct seen s;

	(void)state;
	seen_open(&s, "CREATE TABLE a (id INTEGER PRIMARY KEY);"
		      "CREATE TABLE b (x INTEGER REFERENCES a, "
		      "FOREIGN KEY (x) REFERENCES a (id));");
	assert_string_equal(shown(&s, "b"), "a_by_x one: x = a id");
	fixture_close(&s.f);
}

static void
a_key_that_names_no_record_makes_none(void **state)
{
	struct seen s;

	(void)state;
	seen_open(&s,
	    "CREATE TABLE a (id INTEGER PRIMARY KEY, twin INTEGER);"
	    "CREATE VIEW v AS SELECT id FROM a;"
	    "CREATE TABLE b (x INTEGER REFERENCES a (twin), "
	    "y INTEGER REFERENCES gone, z INTEGER REFERENCES a (gone), "
	    "w INTEGER REFERENCES v (id));");
	assert_string_equal(shown(&s, "a"), "");
	assert_string_equal(shown(&s, "b"), "");
	fixture_close(&s.f);
}

/* Rows 1-2 twice, in two terms, are one relation between 1 and 2. */
static void
a_junction_without_a_key_may_repeat(void **state)
{
	struct seen s;

	(void)state;
	seen_open(&s,
	    "CREATE TABLE a (id INTEGER PRIMARY KEY);"
	    "CREATE TABLE b (id INTEGER PRIMARY KEY);"
	    "CREATE TABLE j (a INTEGER REFERENCES a, b INTEGER REFERENCES b, "
	    "term INTEGER, UNIQUE (a, b, term));"
	    "CREATE TABLE k (a INTEGER REFERENCES a, b INTEGER REFERENCES b, "
	    "UNIQUE (b, a));");
	assert_true(relation_find(of_table(&s, "a"), STR("b_by_j"))->repeats);
	assert_false(relation_find(of_table(&s, "a"), STR("B_BY_K"))->repeats);
	assert_null(relation_find(of_table(&s, "a"), STR("b")));
	fixture_close(&s.f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_end_of_a_key_has_its_relation),
		cmocka_unit_test(a_view_has_none),
		cmocka_unit_test(names_stay_unambiguous),
		cmocka_unit_test(a_number_tells_apart_what_no_word_does),
		cmocka_unit_test(keys_of_several_columns_relate),
		cmocka_unit_test(a_key_declared_twice_is_one),
		cmocka_unit_test(a_key_that_names_no_record_makes_none),
		cmocka_unit_test(a_junction_without_a_key_may_repeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
