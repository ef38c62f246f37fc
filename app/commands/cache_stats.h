/* `weir cache stats`: what the response cache did, as all processes that use
 * the store have counted it (tallies.h). */
#ifndef WEIR_COMMANDS_CACHE_STATS_H
#define WEIR_COMMANDS_CACHE_STATS_H

struct command_call;

/* Returns the exit status. */
int cache_stats(struct command_call *call);

#endif
