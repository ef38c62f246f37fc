/* The logs as the settings have them. */
#ifndef WEIR_LOGS_H
#define WEIR_LOGS_H

#include <stdbool.h>

#include "app/base/status.h"

struct settings;

/* Both, of a process that serves; also anew. As log_open(). */
enum status logs_open(const struct settings *settings, struct error *err);

/* Does somebody take lines where a setting has them go? *path: of the socket
 * that was tried; NULL: it is none, and nothing was tried. */
enum status logs_probe(
    const char *setting, const char **path, struct error *err);

/* The log of those who serve, for a command, if there is one that may be
 * written: a command makes none, which would be its caller's then. */
bool logs_join(const struct settings *settings);

#endif
