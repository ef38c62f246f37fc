#include "app/command.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/near.h"
#include "app/usage.h"

#define NAME_BYTES 64 /* of a command, or of what may be one */

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

/* "user list"; what is too long is no name of a command. */
static void
name_write(char out[NAME_BYTES], const char *noun, const char *verb)
{
	(void)snprintf(out, NAME_BYTES, "%s%s%s", noun, verb == NULL ? "" : " ",
	    verb == NULL ? "" : verb);
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

const struct command *
command_near(char **words, size_t n)
{
	const struct command *found = NULL;
	char typed[NAME_BYTES], known[NAME_BYTES];
	struct near near;

	name_write(typed, words[0], n > 1 ? words[1] : NULL);
	near = near_to(str_of(typed));
	for (size_t i = 0; command_groups[i] != NULL; i++) {
		const struct command *row = command_groups[i];

		for (; row->verb != NULL; row++) {
			bool one_word = row->noun == NULL;

			name_write(known, one_word ? row->verb : row->noun,
			    one_word ? NULL : row->verb);
			near.found = NULL;
			near_try(&near, known);
			if (near.found != NULL)
				found = row;
		}
	}
	return found;
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
	bool options_end; /* "--" has been read */
	const char *help; /* not NULL: --help has been read */
};

/*
 * The row of an option and where its value goes, those of every command
 * included; NULL when it is unknown.
 */
static const struct command_option *
option_place(struct command_call *call, struct cursor *c, struct str name,
    const char ***place)
{
	static const struct command_option env = { "--env", "FILE", false, "" };
	static const struct command_option help = { "--help", NULL, false, "" };
	size_t i = option_index(call->command, name);

	if (i < options_count(call->command)) {
		struct command_given *given = &call->given[call->n_given++];

		given->option = i;
		*place = &given->value;
		return &call->command->options[i];
	}
	if (str_eq(name, str_of(env.name))) {
		*place = &call->env_file;
		return &env;
	}
	*place = &c->help;
	return str_eq(name, str_of(help.name)) ? &help : NULL;
}

/* Reads an option and its value, joined to it by "=" or in the next word. */
static int
option_parse(struct command_call *call, struct cursor *c)
{
	struct str name = str_of(c->words[c->at++]);
	size_t equals = str_find(name, '=');
	const char *value = equals < name.n ? name.p + equals + 1 : NULL;
	const struct command_option *option;
	const char **place;

	name.n = equals;
	option = option_place(call, c, name, &place);
	if (option == NULL)
		return command_misuse(
		    call->command, "unknown option %.*s", STR_ARG(name));
	if (option->value == NULL && value != NULL)
		return command_misuse(
		    call->command, "%s takes no value", option->name);
	if (option->value == NULL)
		value = "";
	else if (value == NULL && c->at < c->n)
		value = c->words[c->at++];
	if (value == NULL)
		return command_misuse(
		    call->command, "%s needs a value", option->name);
	*place = value;
	return 0;
}

/* The last value given for the option of that index, or NULL. */
static const char *
given_last(const struct command_call *call, size_t option)
{
	const char *value = NULL;

	for (size_t i = 0; i < call->n_given; i++) {
		if (call->given[i].option == option)
			value = call->given[i].value;
	}
	return value;
}

static int
required_check(const struct command_call *call)
{
	const struct command_option *option = call->command->options;

	for (size_t i = 0; i < options_count(call->command); i++) {
		if (option[i].required && given_last(call, i) == NULL)
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

/* Reads the next word, or two when it is an option with its value. */
static int
word_parse(struct command_call *call, struct cursor *c)
{
	char *word = c->words[c->at];

	if (!c->options_end && is_word(word, "--")) {
		c->options_end = true;
		c->at++;
		return 0;
	}
	if (!c->options_end && word[0] == '-' && word[1] != '\0')
		return option_parse(call, c);
	call->operands[call->n_operands++] = word;
	c->at++;
	return 0;
}

int
command_parse(struct command_call *call, char **words, size_t n, bool *help)
{
	struct cursor c = { .words = words, .n = n };
	int status = 0;

	call->given = arena_zalloc(call->arena, (n + 1) * sizeof(*call->given));
	call->operands =
	    arena_zalloc(call->arena, (n + 1) * sizeof(*call->operands));
	while (c.at < n && status == 0 && c.help == NULL)
		status = word_parse(call, &c);
	*help = c.help != NULL;
	if (*help || status != 0)
		return status;
	status = required_check(call);
	return status != 0 ? status : operands_check(call);
}

const char *
command_value(const struct command_call *call, const char *name)
{
	size_t i = option_index(call->command, str_of(name));

	assert(i < options_count(call->command));
	return given_last(call, i);
}

const char **
command_values(const struct command_call *call, const char *name, size_t *n)
{
	size_t option = option_index(call->command, str_of(name));
	const char **values =
	    arena_alloc(call->arena, (call->n_given + 1) * sizeof(*values));

	assert(option < options_count(call->command));
	*n = 0;
	for (size_t i = 0; i < call->n_given; i++) {
		if (call->given[i].option == option)
			values[(*n)++] = call->given[i].value;
	}
	return values;
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
