#include "app/base/jsonsplit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/base/arena.h"

static struct arena arena;

static void
part_write(struct buf *out, const struct json_part *part)
{
	static const char marks[] = {
		[JSON_PART_MEMBER] = 'm',
		[JSON_PART_LIST] = 'l',
		[JSON_PART_ELEMENT] = 'e',
		[JSON_PART_WHOLE] = 'w',
	};

	buf_put_char(out, marks[part->kind]);
	buf_put(out, part->name);
	buf_put_char(out, ' ');
	buf_put(out, part->value);
	buf_put_char(out, '\n');
}

static void
parts_write(struct buf *out, struct json_split *s)
{
	struct json_part part;

	while (json_split_next(s, &part))
		part_write(out, &part);
}

/* The parts of a text that comes in pieces of n bytes. */
static const char *
parts_of(struct str text, size_t n)
{
	struct buf out = buf_in(&arena);
	struct json_split s;

	json_split_open(&s);
	while (text.n > 0) {
		struct str piece = str_make(text.p, n < text.n ? n : text.n);

		/* A copy that ends with the piece: nothing looks behind it. */
		json_split_put(&s, arena_dup(&arena, piece));
		parts_write(&out, &s);
		text = str_skip(text, n);
	}
	json_split_end(&s);
	parts_write(&out, &s);
	json_split_close(&s);
	buf_put_char(&out, '\0');
	return out.p;
}

static void
expect(const char *text, const char *parts)
{
	struct str s = str_of(text);

	arena_init(&arena, 1024);
	for (size_t n = 1; n <= s.n; n++)
		assert_string_equal(parts_of(s, n), parts);
	arena_close(&arena);
}

static void
a_list_has_elements(void **state)
{
	(void)state;
	expect("[1,\"a,]\\\"\" ,{\"b\":[2,{}]},[],null]",
	    "e 1\ne \"a,]\\\"\"\ne {\"b\":[2,{}]}\ne []\ne null\n");
	expect(" [ ] ", "");
}

static void
an_object_has_members(void **state)
{
	(void)state;
	expect("{\"a\" : 1 , \"b\\\"\":{\"c\":\"}\"},\"d\":[1,2]}",
	    "m\"a\" 1\nm\"b\\\"\" {\"c\":\"}\"}\nm\"d\" [1,2]\n");
	expect("{}", "");
}

static void
the_records_stand_in_a_member(void **state)
{
	(void)state;
	expect("{\"resource\":[{\"a\":1},{\"a\":2}],\"meta\":{\"count\":2}}",
	    "l\"resource\" [\ne {\"a\":1}\ne {\"a\":2}\n"
	    "m\"meta\" {\"count\":2}\n");
	expect("{\"resource\":[]}", "l\"resource\" [\n");
	expect("{\"resource\":{\"a\":[]}}", "m\"resource\" {\"a\":[]}\n");
	expect("[{\"resource\":[1]}]", "e {\"resource\":[1]}\n");
}

static void
what_is_neither_comes_whole(void **state)
{
	(void)state;
	expect("42", "w 42\n");
	expect(" \"a b\"\n", "w \"a b\"\n");
	expect("null", "w null\n");
}

static void
what_is_no_json_ends_all_the_same(void **state)
{
	(void)state;
	expect("[1}2,]3", "e 1\ne 2\n");
	expect("{\"a\"}", "m\"a\" \n");
	expect("{\"a\":\"open", "");
	expect("[{\"a\":1", "");
	expect("{x:1,\"b\":2}", "m\"b\" 2\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_has_elements),
		cmocka_unit_test(an_object_has_members),
		cmocka_unit_test(the_records_stand_in_a_member),
		cmocka_unit_test(what_is_neither_comes_whole),
		cmocka_unit_test(what_is_no_json_ends_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
