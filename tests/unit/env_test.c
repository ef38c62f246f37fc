/*
 * phpdotenv's dialect as two tables: what is read, and what is refused. The
 * rows follow the tests of vlucas/phpdotenv 5.6.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/env.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What the file says, one name of it and that name's value (NULL: none). */
struct reading {
	const char *text;
	const char *name;
	const char *value;
};

struct refusal {
	const char *text;
	const char *error;
};

static struct arena arena;

static int
open_arena(void **state)
{
	(void)state;
	arena_init(&arena, 4096);
	return 0;
}

static int
close_arena(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

static bool
outer_get(void *ctx, struct str name, struct str *value)
{
	(void)ctx;
	*value = STR("from outside");
	return str_eq(name, STR("OUTER"));
}

static enum status
parse(const char *text, struct env *env, struct error *err)
{
	*err = (struct error){ 0 };
	return env_parse(&arena, str_of(text), outer_get, NULL, env, err);
}

static void
assert_reads(const struct reading *row)
{
	struct error err;
	struct env env;
	const struct env_entry *entry;

	if (parse(row->text, &env, &err) != ST_OK)
		fail_msg("%s: %s", row->text, err.text);
	entry = env_get(&env, str_of(row->name));
	if (entry == NULL)
		fail_msg("%s: no entry %s", row->text, row->name);
	if (str_is_null(entry->value) != (row->value == NULL) ||
	    !str_eq(entry->value, str_of(row->value)))
		fail_msg("%s: %s is <%.*s>", row->text, row->name,
		    STR_ARG(entry->value));
}

static void
assert_all_read(const struct reading *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_reads(&rows[i]);
}

static void
names_are_stripped_of_export_quotes_and_blanks(void **state)
{
	static const struct reading rows[] = {
		{ "FOO=BAR", "FOO", "BAR" },
		{ "FOO =  BAR", "FOO", "BAR" },
		{ "  FOO\t=\tBAR  ", "FOO", "BAR" },
		{ "FOO", "FOO", NULL },
		{ "FOO  ", "FOO", NULL },
		{ "export FOO=\"bar baz\"", "FOO", "bar baz" },
		{ "export\t\"FOO\"='x'", "FOO", "x" },
		{ "export A=1", "A", "1" },
		{ "exportA=1", "exportA", "1" },
		{ "export=1", "export", "1" },
		{ "'K' = 1", "K", "1" },
		{ "\"K\" = 1", "K", "1" },
		{ "N.VAR6=x", "N.VAR6", "x" },
		{ "FOO\xc6\xb1=1", "FOO\xc6\xb1", "1" },
		{ "1=one", "1", "one" },
	};

	(void)state;
	assert_all_read(rows, COUNT(rows));
}

static void
an_empty_value_is_empty_not_absent(void **state)
{
	static const struct reading rows[] = {
		{ "FOO=", "FOO", "" },
		{ "FOO=\"\"", "FOO", "" },
		{ "FOO=''", "FOO", "" },
		{ "FOO=   ", "FOO", "" },
		{ "EMPTY= # c", "EMPTY", "" },
		{ "EMPTY2=# c", "EMPTY2", "" },
	};

	(void)state;
	assert_all_read(rows, COUNT(rows));
}

static void
a_hash_begins_a_comment_outside_quotes(void **state)
{
	static const struct reading rows[] = {
		{ "FOOO=foo# comment", "FOOO", "foo" },
		{ "B=yes # (yes, no)", "B", "yes" },
		{ "P=secret!@#", "P", "secret!@" },
		{ "P='secret!@#'", "P", "secret!@#" },
		{ "P=\"secret!@#\"", "P", "secret!@#" },
		{ "Q=\"a # b\" # c", "Q", "a # b" },
		{ "Q='a # b'# c", "Q", "a # b" },
		{ "# A=1\n  # B=2\n## C\nFOO=x", "FOO", "x" },
		{ "# A=\"open\nFOO=x", "FOO", "x" },
		{ "A=b=c", "A", "b=c" },
		{ "A=a\"b'c", "A", "a\"b'c" },
	};

	(void)state;
	assert_all_read(rows, COUNT(rows));
}

static void
escapes_count_in_double_quotes_only(void **state)
{
	static const struct reading rows[] = {
		{ "F=\"\\n\"", "F", "\n" },
		{ "F=\"\\t\\r\\f\\v\"", "F", "\t\r\f\v" },
		{ "F=\"\\\"\\\\\\$\"", "F", "\"\\$" },
		{ "F=\\n\\v", "F", "\\n\\v" },
		{ "F=\\q", "F", "\\q" },
		{ "F='\\t'", "F", "\\t" },
		{ "Q=\"iiii\\\\n\"", "Q", "iiii\\n" },
		{ "Q='iiii\\\\n'", "Q", "iiii\\\\n" },
		{ "Q='iiii\\'", "Q", "iiii\\" },
	};

	(void)state;
	assert_all_read(rows, COUNT(rows));
}

static void
a_double_quoted_value_may_have_many_lines(void **state)
{
	static const struct reading rows[] = {
		{ "A=\"x\ny\"", "A", "x\ny" },
		{ "A=\"x \n\n  y\" # c\nB=2", "A", "x \n\n  y" },
		{ "A=\"x\r\ny\rz\"\r\nB=2", "A", "x\ny\nz" },
		{ "A=\"x\n# no comment\"\nB=2", "A", "x\n# no comment" },
		{ "A=\"x\ny\"\nB=2", "B", "2" },
	};

	(void)state;
	assert_all_read(rows, COUNT(rows));
}

static void
references_are_expanded_from_outside_and_earlier_lines(void **state)
{
	static const struct reading rows[] = {
		{ "N.VAR6=\"s\"\nX=\"${N.VAR6}\"", "X", "s" },
		{ "A=1\nB=2\nX=\"${A} ${B}\"", "X", "1 2" },
		{ "A=1\nX=${A}", "X", "1" },
		{ "A=1\nX=${A}${A}", "X", "11" },
		{ "X=${OUTER}", "X", "from outside" },
		{ "OUTER=inside\nX=${OUTER}", "X", "from outside" },
		{ "A=1\nA=2\nX=${A}\nA=3", "X", "2" },
		{ "A='a b'\nX=${A}", "X", "a b" },
		{ "A='${B}'\nB=1\nX=${A}", "X", "${B}" },
		{ "A=1\nX=\"{$A}\"", "X", "{$A}" },
		{ "A=1\nX=$A", "X", "$A" },
		{ "A=1\nX=\"$A\"", "X", "$A" },
		{ "X=\"${NOTSET}\"", "X", "${NOTSET}" },
		{ "A\nX=${A}", "X", "${A}" },
		{ "A=\nX=\"${A}\"", "X", "" },
		{ "A=1\nX='${A}'", "X", "${A}" },
		{ "A=1\nX=\"\\${A}\"", "X", "${A}" },
		{ "NVAR1=Hell\xc5\x8d\nNVAR11=NVAR1\nX=\"${${NVAR11}}\"", "X",
		    "Hell\xc5\x8d" },
		{ "A=1\nX=\"${A-}\"", "X", "${A-}" },
		{ "A=1\nX=\"${A\"", "X", "${A" },
		{ "A=1\nX=\"${}$\"", "X", "${}$" },
		{ "A\xc6\xb1=1\nX=\"${A\xc6\xb1}\"", "X", "${A\xc6\xb1}" },
	};

	(void)state;
	assert_all_read(rows, COUNT(rows));
}

static void
line_ends_and_a_bom_are_accepted(void **state)
{
	static const struct reading rows[] = {
		{ "A=1\r\nB=2\r\n", "A", "1" },
		{ "A=1\r\nB=2\r\n", "B", "2" },
		{ "A=1\rB=2\r", "A", "1" },
		{ "A=1\rB=2\r", "B", "2" },
		{ "\xef\xbb\xbf"
		  "A=1",
		    "A", "1" },
	};

	(void)state;
	assert_all_read(rows, COUNT(rows));
}

static void
errors_name_line_and_name_but_no_value(void **state)
{
	static const struct refusal rows[] = {
		{ "FOO=bar baz",
		    "line 1: FOO: expected quotes around a value with blanks" },
		{ "Q=\"x\" y",
		    "line 1: Q: expected nothing but a comment behind the "
		    "closing quote" },
		{ "A=1\nQ='x'y",
		    "line 2: Q: expected nothing but a comment behind the "
		    "closing quote" },
		{ "\n\nF=\"a\\qb\"",
		    "line 3: F: expected one of f n r t v \" \\ $ behind a "
		    "backslash in double quotes" },
		{ "F=\"a\\\nb\"",
		    "line 1: F: expected one of f n r t v \" \\ $ behind a "
		    "backslash in double quotes" },
		{ "TEST='erert", "line 1: TEST: expected a closing quote" },
		{ "TEST=\"erert", "line 1: TEST: expected a closing quote" },
		{ "TEST=\"\\", "line 1: TEST: expected a closing quote" },
		{ "B=1\nTEST=\"a\nb\nC=2",
		    "line 2: TEST: expected a closing quote" },
		{ "TEST='a\nb'", "line 1: TEST: expected a closing quote" },
		{ "TEST= \"a\nb\"", "line 1: TEST: expected a closing quote" },
		{ "=", "line 1: expected a name in front of \"=\"" },
		{ " = x", "line 1: expected a name in front of \"=\"" },
		{ "FOO_ASD!=BAZ",
		    "line 1: expected a name of letters, digits, \"_\" and "
		    "\".\"" },
		{ "export \"FOO=\"x\"",
		    "line 1: expected a name of letters, digits, \"_\" and "
		    "\".\"" },
		{ "A=1\rsecret words",
		    "line 2: expected a name of letters, digits, \"_\" and "
		    "\".\"" },
	};
	struct error err;
	struct env env;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(parse(rows[i].text, &env, &err), ST_INVALID);
		assert_string_equal(err.text, rows[i].error);
	}
}

static void
entries_keep_their_lines_and_the_last_one_counts(void **state)
{
	struct error err;
	struct env env;

	(void)state;
	assert_int_equal(
	    parse("# c\nA=1\n\nB=\"x\ny\"\nA=2\n", &env, &err), ST_OK);
	assert_int_equal(env.n, 3);
	assert_int_equal(env.list[0].line, 2);
	assert_int_equal(env.list[1].line, 4);
	assert_int_equal(env_get(&env, STR("A"))->line, 6);
	assert_true(str_eq(env_get(&env, STR("A"))->value, STR("2")));
	assert_null(env_get(&env, STR("C")));
}

static void
nothing_at_all_is_an_empty_file(void **state)
{
	struct error err;
	struct env env;

	(void)state;
	assert_int_equal(parse("", &env, &err), ST_OK);
	assert_int_equal(env.n, 0);
	assert_int_equal(
	    env_parse(&arena, STR_NULL, NULL, NULL, &env, &err), ST_OK);
	assert_int_equal(env.n, 0);
}

static void
a_name_that_doubles_itself_stays_bounded(void **state)
{
	struct buf text = buf_in(&arena);
	struct error err = { 0 };
	struct env env;

	(void)state;
	buf_put_lit(&text, "A=0123456789abcdef\n");
	for (int i = 0; i < 40; i++)
		buf_put_lit(&text, "A=${A}${A}\n");
	assert_int_equal(
	    env_parse(&arena, buf_str(&text), NULL, NULL, &env, &err),
	    ST_INVALID);
	assert_string_equal(err.text,
	    "line 14: A: expected at most 65536 bytes after expansion");
}

static void
more_entries_than_a_person_writes_are_refused(void **state)
{
	struct buf text = buf_in(&arena);
	struct error err = { 0 };
	struct env env;

	(void)state;
	for (int i = 0; i < 4097; i++)
		buf_printf(&text, "A%d=1\n", i);
	assert_int_equal(
	    env_parse(&arena, buf_str(&text), NULL, NULL, &env, &err),
	    ST_INVALID);
	assert_string_equal(
	    err.text, "line 4097: expected at most 4096 entries");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    names_are_stripped_of_export_quotes_and_blanks),
		cmocka_unit_test(an_empty_value_is_empty_not_absent),
		cmocka_unit_test(a_hash_begins_a_comment_outside_quotes),
		cmocka_unit_test(escapes_count_in_double_quotes_only),
		cmocka_unit_test(a_double_quoted_value_may_have_many_lines),
		cmocka_unit_test(
		    references_are_expanded_from_outside_and_earlier_lines),
		cmocka_unit_test(line_ends_and_a_bom_are_accepted),
		cmocka_unit_test(errors_name_line_and_name_but_no_value),
		cmocka_unit_test(
		    entries_keep_their_lines_and_the_last_one_counts),
		cmocka_unit_test(nothing_at_all_is_an_empty_file),
		cmocka_unit_test(a_name_that_doubles_itself_stays_bounded),
		cmocka_unit_test(more_entries_than_a_person_writes_are_refused),
	};

	return cmocka_run_group_tests_name(
	    "env", tests, open_arena, close_arena);
}
