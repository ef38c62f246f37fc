/* The user that a command is about. */
#ifndef WEIR_COMMANDS_USER_FIND_H
#define WEIR_COMMANDS_USER_FIND_H

#include <stdbool.h>

#include "app/base/status.h"

struct command_call;
struct system_db;
struct user_record;

/* Is it a command of `weir admin`, and not of `weir user`? */
bool user_wants_admins(const struct command_call *call);

/* By the first operand, an e-mail or a username. ST_MISSING as well for one
 * whom the other noun is about. */
enum status user_find(const struct command_call *call, struct system_db *db,
    struct user_record *out, struct error *err);

#endif
