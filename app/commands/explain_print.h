/* The JSON object of an explained call as lines for people. */
#ifndef WEIR_COMMANDS_EXPLAIN_PRINT_H
#define WEIR_COMMANDS_EXPLAIN_PRINT_H

#include "app/base/str.h"

struct arena;

/* Prints it: a line for each member, and one for each element of a list. */
void explain_print(struct arena *arena, struct str json);

#endif
