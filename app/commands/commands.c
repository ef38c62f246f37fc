#include "app/commands/commands.h"

/* In the order in which --help lists them. */
const struct command *const command_groups[] = {
	serve_commands,
	setup_commands,
	check_commands,
	service_commands,
	role_commands,
	app_commands,
	key_commands,
	user_commands,
	admin_commands,
	lookup_commands,
	session_commands,
	limit_commands,
	cors_commands,
	import_commands,
	cache_commands,
	audit_commands,
	options_commands,
	help_commands,
	NULL,
};
