/* The first administrator, whom `weir setup` makes. */
#ifndef WEIR_COMMANDS_SETUP_ADMIN_H
#define WEIR_COMMANDS_SETUP_ADMIN_H

struct command_call;
struct settings;

/*
 * Makes the administrator of --admin-email, unless there is one of that
 * e-mail; who sits at a terminal is asked for it when there is no
 * administrator at all. The password is that of --admin-password, or one that
 * is shown once. Returns the exit status.
 */
int setup_admin(struct command_call *call, const struct settings *settings);

#endif
