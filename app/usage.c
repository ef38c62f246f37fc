#include "app/usage.h"

#include <string.h>

#include "app/command.h"

/* Where the second column begins, counted from the first. */
#define COLUMN 26

static void
name_print(FILE *out, const struct command *command)
{
	if (command->noun != NULL)
		(void)fprintf(out, "%s ", command->noun);
	(void)fprintf(out, "%s", command->verb);
}

static void
option_print(FILE *out, const struct command_option *option)
{
	(void)fprintf(out, option->required ? " %s" : " [%s", option->name);
	if (option->value != NULL)
		(void)fprintf(out, " %s", option->value);
	if (!option->required)
		(void)fputc(']', out);
}

void
usage_line(FILE *out, const struct command *command)
{
	const struct command_option *option = command->options;

	(void)fprintf(out, "usage: weir ");
	name_print(out, command);
	for (; option != NULL && option->name != NULL; option++)
		option_print(out, option);
	if (command->operands != NULL)
		(void)fprintf(out, " %s", command->operands);
	(void)fputc('\n', out);
}

/* One line in two columns. */
static void
row_print(FILE *out, const char *first, const char *second, const char *text)
{
	size_t n = strlen(first) + strlen(second) + 1;

	(void)fprintf(out, "  %s %s", first, second);
	do {
		(void)fputc(' ', out);
	} while (++n < COLUMN);
	(void)fprintf(out, "%s\n", text);
}

void
usage_command(FILE *out, const struct command *command)
{
	const struct command_option *option = command->options;

	usage_line(out, command);
	(void)fprintf(out, "\n%s.\n\n", command->summary);
	for (; option != NULL && option->name != NULL; option++)
		row_print(out, option->name,
		    option->value == NULL ? "" : option->value, option->help);
	row_print(out, "--env", "FILE", "the environment file");
	row_print(out, "--help", "", "this text");
}

bool
usage_list(FILE *out, const char *noun)
{
	bool any = false;

	for (size_t i = 0; command_groups[i] != NULL; i++) {
		const struct command *row = command_groups[i];

		for (; row->verb != NULL; row++) {
			bool one_word = row->noun == NULL;

			if (noun != NULL &&
			    (one_word || strcmp(noun, row->noun) != 0))
				continue;
			row_print(out, one_word ? row->verb : row->noun,
			    one_word ? "" : row->verb, row->summary);
			any = true;
		}
	}
	return any;
}

void
usage_program(FILE *out)
{
	(void)fprintf(out,
	    "usage: weir [--env FILE] COMMAND [OPTION...] [OPERAND...]\n"
	    "       weir --help | --version\n"
	    "\n"
	    "Puts governed REST APIs in front of databases, behind a web "
	    "server.\n"
	    "Without a command it serves, when fd 0 is a listening socket.\n"
	    "\n"
	    "Commands:\n");
	(void)usage_list(out, NULL); /* there are some */
	(void)fprintf(out, "\n`weir COMMAND --help` says more of one.\n");
}
