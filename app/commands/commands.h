/*
 * The groups of commands. A new group is a file of this folder that defines
 * its rows, declared here and listed in commands.c; a new command of a group
 * is one row of its file.
 */
#ifndef WEIR_COMMANDS_COMMANDS_H
#define WEIR_COMMANDS_COMMANDS_H

#include "app/command.h"

extern const struct command admin_commands[];
extern const struct command app_commands[];
extern const struct command audit_commands[];
extern const struct command cache_commands[];
extern const struct command check_commands[];
extern const struct command cors_commands[];
extern const struct command help_commands[];
extern const struct command import_commands[];
extern const struct command key_commands[];
extern const struct command limit_commands[];
extern const struct command lookup_commands[];
extern const struct command options_commands[];
extern const struct command role_commands[];
extern const struct command serve_commands[];
extern const struct command service_commands[];
extern const struct command setup_commands[];
extern const struct command session_commands[];
extern const struct command user_commands[];

#endif
