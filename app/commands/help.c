#include <stdio.h>

#include "app/commands/commands.h"
#include "app/usage.h"

static int
help_run(struct command_call *call)
{
	const struct command *command;
	size_t used;

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

const struct command help_commands[] = {
	{ .verb = "help",
	    .operands = "[COMMAND...]",
	    .summary = "Say how a command is used",
	    .run = help_run },
	{ 0 },
};
