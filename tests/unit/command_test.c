#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/arena.h"
#include "app/command.h"
#include "app/usage.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define WORDS_MAX    8

/* The table of this program. */
static const struct command_option add_options[] = {
	{ "--role", "ROLE", true, "which role" },
	{ "--verb", "VERB", false, "which verb" },
	{ "--json", NULL, false, "as JSON" },
	{ 0 },
};

static const struct command key_commands[] = {
	{ .noun = "key",
	    .verb = "add",
	    .operands = "NAME [MORE...]",
	    .summary = "Make a key",
	    .options = add_options },
	{ .noun = "key", .verb = "list", .summary = "List keys" },
	{ 0 },
};

static const struct command serve_commands[] = {
	{ .verb = "serve", .operands = "[PLACE]", .summary = "Serve" },
	{ 0 },
};

const struct command *const command_groups[] = { key_commands, serve_commands,
	NULL };

static struct arena arena;
static struct command_call call;
static bool help;

/* What the code under test says on stderr goes to a file, to be compared. */
static FILE *said;
static int saved_stderr;

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena, 4096);
	said = tmpfile();
	saved_stderr = dup(STDERR_FILENO);
	return said == NULL || saved_stderr < 0;
}

static int
end(void **state)
{
	(void)state;
	arena_close(&arena);
	return fclose(said) | close(saved_stderr);
}

/* Checks the words, separated by blanks, against the command they name. */
static int
parse(const char *line)
{
	struct str rest = str_of(line);
	char *words[WORDS_MAX];
	size_t n = 0, used;
	int status;

	while (rest.n > 0)
		words[n++] = (char *)arena_dup(&arena, str_cut(&rest, ' ')).p;
	call = (struct command_call){ .arena = &arena };
	call.command = command_find(words, n, &used);
	assert_non_null(call.command);
	rewind(said);
	assert_int_equal(ftruncate(fileno(said), 0), 0);
	assert_true(dup2(fileno(said), STDERR_FILENO) >= 0);
	status = command_parse(&call, words + used, n - used, &help);
	assert_true(dup2(saved_stderr, STDERR_FILENO) >= 0);
	return status;
}

static void
assert_said(const char *wanted)
{
	char text[512];
	size_t n;

	rewind(said);
	n = fread(text, 1, sizeof(text) - 1, said);
	text[n] = '\0';
	assert_string_equal(text, wanted);
}

static void
a_command_is_found_by_one_word_or_two(void **state)
{
	char *words[] = { "key", "list", "serve", "key", "lost" };
	size_t used;

	(void)state;
	assert_ptr_equal(command_find(words, 5, &used), &key_commands[1]);
	assert_int_equal(used, 2);
	assert_ptr_equal(command_find(words + 2, 3, &used), serve_commands);
	assert_int_equal(used, 1);
	assert_null(command_find(words + 3, 2, &used));
	assert_null(command_find(words, 1, &used));
	assert_null(command_find(words, 0, &used));
	assert_int_equal(used, 0);
}

static void
options_and_operands_may_be_mixed(void **state)
{
	(void)state;
	assert_int_equal(parse("key add one --role reader two --json"), 0);
	assert_false(help);
	assert_string_equal(command_value(&call, "--role"), "reader");
	assert_true(command_switch(&call, "--json"));
	assert_null(command_value(&call, "--verb"));
	assert_int_equal(call.n_operands, 2);
	assert_string_equal(call.operands[0], "one");
	assert_string_equal(call.operands[1], "two");
	assert_said("");
}

static void
every_value_of_an_option_can_be_had(void **state)
{
	const char **values;
	size_t n;

	(void)state;
	assert_int_equal(parse("key add x --verb=a --role r --verb b"), 0);
	values = command_values(&call, "--verb", &n);
	assert_int_equal(n, 2);
	assert_string_equal(values[0], "a");
	assert_string_equal(values[1], "b");
	(void)command_values(&call, "--json", &n);
	assert_int_equal(n, 0);
}

static void
a_value_may_be_joined_and_the_last_one_counts(void **state)
{
	(void)state;
	assert_int_equal(parse("key add x --role=a --role b --verb="), 0);
	assert_string_equal(command_value(&call, "--role"), "b");
	assert_string_equal(command_value(&call, "--verb"), "");
	assert_false(command_switch(&call, "--json"));
}

static void
two_dashes_end_the_options(void **state)
{
	(void)state;
	assert_int_equal(parse("key add --role r -- --json -"), 0);
	assert_false(command_switch(&call, "--json"));
	assert_int_equal(call.n_operands, 2);
	assert_string_equal(call.operands[0], "--json");
	assert_string_equal(call.operands[1], "-");
}

static void
every_command_takes_the_environment_file(void **state)
{
	(void)state;
	assert_int_equal(parse("key list --env a.env"), 0);
	assert_string_equal(call.env_file, "a.env");
	assert_int_equal(parse("serve --env=b.env"), 0);
	assert_string_equal(call.env_file, "b.env");
}

static void
help_needs_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(parse("key add --help"), 0);
	assert_true(help);
	assert_said("");
}

static void
wrong_use_says_what_is_wrong_and_what_is_right(void **state)
{
	static const char add[] =
	    "usage: weir key add --role ROLE [--verb VERB] [--json] "
	    "NAME [MORE...]\n";
	static const char list[] = "usage: weir key list\n";
	static const struct {
		const char *line;
		const char *why;
		const char *usage;
	} rows[] = {
		{ "key add x --rolle r", "unknown option --rolle", add },
		{ "key add x -j --role r", "unknown option -j", add },
		{ "key add x --role", "--role needs a value", add },
		{ "key add x --role r --json=1", "--json takes no value", add },
		{ "key add x", "--role is required", add },
		{ "key add --role r", "NAME is missing", add },
		{ "key list all", "unexpected operand \"all\"", list },
		{ "key list --env", "--env needs a value", list },
		{ "serve a b", "unexpected operand \"b\"",
		    "usage: weir serve [PLACE]\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(parse(rows[i].line), 2);
		assert_said(arena_printf(
		    &arena, "weir: %s\n%s", rows[i].why, rows[i].usage)
				.p);
	}
}

static void
a_list_is_of_one_noun_or_of_all(void **state)
{
	FILE *out = tmpfile();

	(void)state;
	assert_non_null(out);
	assert_true(usage_list(out, NULL));
	assert_true(usage_list(out, "key"));
	assert_false(usage_list(out, "serve"));
	assert_false(usage_list(out, "lock"));
	assert_int_equal(fclose(out), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_is_found_by_one_word_or_two),
		cmocka_unit_test(options_and_operands_may_be_mixed),
		cmocka_unit_test(a_value_may_be_joined_and_the_last_one_counts),
		cmocka_unit_test(every_value_of_an_option_can_be_had),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(every_command_takes_the_environment_file),
		cmocka_unit_test(help_needs_nothing_else),
		cmocka_unit_test(
		    wrong_use_says_what_is_wrong_and_what_is_right),
		cmocka_unit_test(a_list_is_of_one_noun_or_of_all),
	};

	return cmocka_run_group_tests_name("command", tests, begin, end);
}
