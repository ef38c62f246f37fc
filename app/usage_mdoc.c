/* The commands in the language of manual pages. */
#include "app/command.h"
#include "app/usage.h"

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

	(void)fprintf(out, ".It Cm %s%s%s",
	    command->noun == NULL ? "" : command->noun,
	    command->noun == NULL ? "" : " ", command->verb);
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
