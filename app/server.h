/* `weir serve`: opens everything in order, runs until told to stop, closes
 * everything in reverse. */
#ifndef WEIR_SERVER_H
#define WEIR_SERVER_H

#include "app/base/str.h"

struct settings;

/*
 * Serves until SIGTERM or SIGINT, reloads on SIGHUP from env_path. Returns the
 * exit status; what went wrong is on stderr or in the log.
 */
int server_run(const struct settings *settings, const char *env_path);

#endif
