/* `weir role grant` and `weir role revoke`; their rows are in role.c. */
#ifndef WEIR_COMMANDS_ROLE_GRANT_H
#define WEIR_COMMANDS_ROLE_GRANT_H

#include "app/command.h"

extern const struct command_option role_grant_options[];
extern const struct command_option role_revoke_options[];

int role_grant(struct command_call *call);
int role_revoke(struct command_call *call);

#endif
