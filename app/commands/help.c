#include <stdio.h>

#include "app/commands/commands.h"
#include "app/usage.h"

static int
help_run(struct command_call *call)
{
	const struct command *command;
	size_t used;

	if (command_switch(call, "--mdoc")) {
		usage_mdoc(stdout);
		return 0;
	}
	if (call->n_operands == 0) {
		usage_program(stdout);
		return 0;
	}
	command = command_find(call->operands, call->n_operands, &used);
	if (command != NULL) {
		usage_command(stdout, command);
		return 0;
	}
	if (usage_list(stdout, call->operands[0]))
		return 0;
	return command_misuse(
	    call->command, "unknown command %s", call->operands[0]);
}

static const struct command_option help_options[] = {
	{ "--mdoc", NULL, false, "all commands, as the list of weir(1)" },
	{ 0 },
};

const struct command help_commands[] = {
	{ .verb = "help",
	    .operands = "[COMMAND...]",
	    .summary = "Say how a command is used",
	    .options = help_options,
	    .run = help_run },
	{ 0 },
};
