/* `weir service types`: what a service may be, and what its config holds. */
#ifndef WEIR_COMMANDS_SERVICE_TYPES_H
#define WEIR_COMMANDS_SERVICE_TYPES_H

struct command_call;

/* run of struct command. */
int service_types_run(struct command_call *call);

#endif
