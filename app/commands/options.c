/*
 * Prints the table of settings, from which the manual and the sample
 * environment file come.
 */
#include <inttypes.h>
#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/option.h"
#include "app/commands/commands.h"

static int
options_run(struct command_call *call)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *opt = &option_table[i];
		struct buf expected = buf_in(call->arena);

		option_expected(opt, &expected);
		(void)printf("%s=%s\n\t%.*s. %s\n", opt->name, opt->fallback,
		    STR_ARG(buf_str(&expected)), opt->help);
	}
	return 0;
}

const struct command options_commands[] = {
	{ .verb = "options",
	    .summary = "List everything that can be set",
	    .run = options_run },
	{ 0 },
};
