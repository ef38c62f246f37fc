#include "app/commands/commands.h"

/* In the order in which --help lists them. */
const struct command *const command_groups[] = {
	serve_commands,
	check_commands,
	options_commands,
	help_commands,
	NULL,
};
