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

/* "NAME [MORE...]" as "Ar NAME Oo Ar MORE ... Oc". */
static void
mdoc_operands(FILE *out, const char *operands)
{
	struct str rest = str_of(operands);

	while (rest.n > 0) {
		struct str word = str_cut(&rest, ' ');
		bool optional = str_starts(word, STR("["));
		bool many;

		if (optional)
			word = str_make(word.p + 1, word.n - 2);
		many = str_ends(word, STR("..."));
		if (many)
			word.n -= 3;
		(void)fprintf(out, "%s Ar %.*s%s%s", optional ? " Oo" : "",
		    STR_ARG(word), many ? " ..." : "", optional ? " Oc" : "");
	}
}

static void
mdoc_option(FILE *out, const struct command_option *option)
{
	/* mdoc puts the first dash itself */
	(void)fprintf(out, " Fl %s", option->name + 1);
	if (option->value != NULL)
		(void)fprintf(out, " Ar %s", option->value);
}

static void
mdoc_command(FILE *out, const struct command *command)
{
	const struct command_option *options = command->options, *o;

	(void)fprintf(out, ".It Cm ");
	name_print(out, command);
	for (o = options; o != NULL && o->name != NULL; o++) {
		(void)fputs(o->required ? "" : " Oo", out);
		mdoc_option(out, o);
		(void)fputs(o->required ? "" : " Oc", out);
	}
	mdoc_operands(out, command->operands);
	(void)fprintf(out, "\n%s.\n", command->summary);
	if (options == NULL)
		return;
	(void)fprintf(out, ".Bl -tag -width Ds -compact\n");
	for (o = options; o->name != NULL; o++) {
		(void)fprintf(out, ".It");
		mdoc_option(out, o);
		(void)fprintf(out, "\n%s\n", o->help);
	}
	(void)fprintf(out, ".El\n");
}

void
usage_mdoc(FILE *out)
{
	for (size_t i = 0; command_groups[i] != NULL; i++) {
		const struct command *row = command_groups[i];

		for (; row->verb != NULL; row++)
			mdoc_command(out, row);
	}
}
