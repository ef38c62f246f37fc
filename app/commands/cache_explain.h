/* `weir cache explain`: what the cache would do with a call, and why. */
#ifndef WEIR_COMMANDS_CACHE_EXPLAIN_H
#define WEIR_COMMANDS_CACHE_EXPLAIN_H

#include "app/command.h"

extern const struct command_option cache_explain_options[];

/* The run of its row. */
int cache_explain_run(struct command_call *call);

#endif
