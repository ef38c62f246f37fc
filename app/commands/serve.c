/* `weir serve`: runs until it is told to stop. */
#include "app/commands/commands.h"
#include "app/server.h"

static int
serve_run(struct command_call *call)
{
	return server_run(call->settings, call->env_path.p);
}

const struct command serve_commands[] = {
	{ .verb = "serve",
	    .summary = "Answer requests over FastCGI until told to stop",
	    .needs_settings = true,
	    .run = serve_run },
	{ 0 },
};
