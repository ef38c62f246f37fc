#include "app/command.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "app/base/arena.h"
#include "app/usage.h"

static bool
is_word(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* How many of the words are the row's name: 0 when it is another's. */
static size_t
name_match(const struct command *row, char **words, size_t n)
{
	if (row->noun == NULL)
		return n >= 1 && is_word(row->verb, words[0]) ? 1 : 0;
	if (n >= 2 && is_word(row->noun, words[0]) &&
	    is_word(row->verb, words[1]))
		return 2;
	return 0;
}

const struct command *
command_find(char **words, size_t n, size_t *used)
{
	for (size_t i = 0; command_groups[i] != NULL; i++) {
		const struct command *row = command_groups[i];

		for (; row->verb != NULL; row++) {
			*used = name_match(row, words, n);
			if (*used > 0)
				return row;
		}
	}
	*used = 0;
	return NULL;
}

static size_t
options_count(const struct command *command)
{
	size_t n = 0;

	while (command->options != NULL && command->options[n].name != NULL)
		n++;
	return n;
}

/* The index of the option that a word ("--role" or "--role=x") names. */
static size_t
option_index(const struct command *command, struct str name)
{
	size_t n = options_count(command), i = 0;

	while (i < n && !str_eq(str_of(command->options[i].name), name))
		i++;
	return i;
}

/* The words still to be read, and where the next operand goes. */
struct cursor {
	char **words;
	size_t n;
	size_t at;
};

/*
 * Reads one option and the word behind it when the option takes a value that
 * was not joined to it by "=".
 */
static int
option_parse(struct command_call *call, struct cursor *c)
{
	const struct command *command = call->command;
	struct str name = str_of(c->words[c->at++]);
	size_t equals = str_find(name, '=');
	const char *value = equals < name.n ? name.p + equals + 1 : NULL;
	size_t i;
	bool is_env, takes_value;

	name.n = equals;
	i = option_index(command, name);
	is_env = str_eq(name, STR("--env"));
	if (!is_env && i == options_count(command))
		return command_misuse(
		    command, "unknown option %.*s", STR_ARG(name));
	takes_value = is_env || command->options[i].value != NULL;
	if (!takes_value && value != NULL)
		return command_misuse(
		    command, "%.*s takes no value", STR_ARG(name));
	if (takes_value && value == NULL) {
		if (c->at == c->n)
			return command_misuse(
			    command, "%.*s needs a value", STR_ARG(name));
		value = c->words[c->at++];
	}
	if (is_env)
		call->env_file = value;
	else
		call->given[i] = takes_value ? value : "";
	return 0;
}

static int
required_check(const struct command_call *call)
{
	const struct command_option *option = call->command->options;

	for (size_t i = 0; i < options_count(call->command); i++) {
		if (option[i].required && call->given[i] == NULL)
			return command_misuse(
			    call->command, "%s is required", option[i].name);
	}
	return 0;
}

/* "NAME [MORE...]": words in brackets may be absent, "..." may be many. */
static int
operands_check(const struct command_call *call)
{
	struct str rest = str_of(call->command->operands);
	size_t least = 0, most = 0, n = call->n_operands;

	while (rest.n > 0) {
		struct str word = str_cut(&rest, ' ');

		if (least == n && !str_starts(word, STR("[")))
			return command_misuse(
			    call->command, "%.*s is missing", STR_ARG(word));
		least += str_starts(word, STR("[")) ? 0 : 1;
		most = str_find(word, '.') < word.n ? n : most + 1;
	}
	if (n > most)
		return command_misuse(call->command,
		    "unexpected operand \"%s\"", call->operands[most]);
	return 0;
}

int
command_parse(struct command_call *call, char **words, size_t n, bool *help)
{
	struct cursor c = { words, n, 0 };
	size_t n_options = options_count(call->command);
	bool options_end = false;
	int status = 0;

	*help = false;
	call->given =
	    arena_zalloc(call->arena, (n_options + 1) * sizeof(*call->given));
	call->operands =
	    arena_zalloc(call->arena, (n + 1) * sizeof(*call->operands));
	while (c.at < n && status == 0) {
		char *word = words[c.at];

		if (options_end || word[0] != '-' || word[1] == '\0') {
			call->operands[call->n_operands++] = word;
			c.at++;
		} else if (is_word(word, "--")) {
			options_end = true;
			c.at++;
		} else if (is_word(word, "--help")) {
			*help = true;
			return 0;
		} else {
			status = option_parse(call, &c);
		}
	}
	if (status == 0)
		status = required_check(call);
	return status != 0 ? status : operands_check(call);
}

const char *
command_value(const struct command_call *call, const char *name)
{
	size_t i = option_index(call->command, str_of(name));

	assert(i < options_count(call->command));
	return call->given[i];
}

bool
command_switch(const struct command_call *call, const char *name)
{
	return command_value(call, name) != NULL;
}

int
command_fail(const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, "weir: ");
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return 1;
}

int
command_misuse(const struct command *command, const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, "weir: ");
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	usage_line(stderr, command);
	return 2;
}
