#include "app/usage.h"

#include <assert.h>
#include <string.h>

#include "app/command.h"

#define COLUMNS     79
#define INDENT      12 /* of the lines that continue a usage line */
#define SECOND      28 /* where the second column begins */
#define PIECE_BYTES 128

/* Text that goes on in a new line, indented, where a line would be too long. */
struct paragraph {
	FILE *out;
	size_t indent;
	size_t at; /* the column behind what is printed */
};

static void
piece_print(struct paragraph *p, const char *piece, size_t n)
{
	if (p->at + 1 + n > COLUMNS) {
		(void)fprintf(p->out, "\n%*s", (int)p->indent - 1, "");
		p->at = p->indent - 1;
	}
	(void)fprintf(p->out, " %.*s", (int)n, piece);
	p->at += 1 + n;
}

static void
words_print(struct paragraph *p, const char *text)
{
	struct str rest = str_of(text);

	while (!str_is_null(rest)) {
		struct str word = str_cut(&rest, ' ');

		piece_print(p, word.p, word.n);
	}
}

/* An option is one piece: it is never broken. */
static void
option_print(struct paragraph *p, const struct command_option *option)
{
	char piece[PIECE_BYTES];
	int n = snprintf(piece, sizeof(piece), "%s%s%s%s%s",
	    option->required ? "" : "[", option->name,
	    option->value == NULL ? "" : " ",
	    option->value == NULL ? "" : option->value,
	    option->required ? "" : "]");

	assert(n > 0 && n < PIECE_BYTES);
	piece_print(p, piece, (size_t)n);
}

void
usage_line(FILE *out, const struct command *command)
{
	const struct command_option *option = command->options;
	struct paragraph p = { out, INDENT, 0 };

	p.at = (size_t)fprintf(out, "usage: weir");
	if (command->noun != NULL)
		words_print(&p, command->noun);
	words_print(&p, command->verb);
	for (; option != NULL && option->name != NULL; option++)
		option_print(&p, option);
	if (command->operands != NULL)
		words_print(&p, command->operands);
	(void)fputc('\n', out);
}

/* A row of two columns: two words in the first, a text in the second. */
static void
row_print(FILE *out, const char *first, const char *second, const char *text)
{
	struct paragraph p = { out, SECOND, 0 };
	int n = fprintf(out, "  %s %s", first, second);

	if (n < SECOND - 1)
		n += fprintf(out, "%*s", SECOND - 1 - n, "");
	p.at = (size_t)n;
	words_print(&p, text);
	(void)fputc('\n', out);
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
