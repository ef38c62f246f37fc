/* `weir user grant` and `weir user revoke`: with which role in which app. */
#ifndef WEIR_COMMANDS_USER_GRANT_H
#define WEIR_COMMANDS_USER_GRANT_H

#include "app/command.h"

extern const struct command_option user_grant_options[];
extern const struct command_option user_revoke_options[];

int user_grant(struct command_call *call);
int user_revoke(struct command_call *call);

#endif
