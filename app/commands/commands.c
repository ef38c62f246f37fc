#include "app/commands/commands.h"

/* In the order in which --help lists them. */
const struct command *const command_groups[] = {
	options_commands,
	help_commands,
	NULL,
};
