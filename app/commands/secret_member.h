/* Members of a service's config whose values nobody may see in the list of
 * processes: "--secret MEMBER=FILE". */
#ifndef WEIR_COMMANDS_SECRET_MEMBER_H
#define WEIR_COMMANDS_SECRET_MEMBER_H

#include <stdbool.h>

struct command_call;

/*
 * Reads the first line of each FILE, or of standard input for "-" (a terminal
 * does not show it), and adds an operand "MEMBER=LINE" to the call. False
 * after it has said what is wrong.
 */
bool secret_members_read(struct command_call *call);

#endif
