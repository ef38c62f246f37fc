/* Adding a line to an environment file, which then holds a secret. */
#ifndef WEIR_COMMANDS_ENV_APPEND_H
#define WEIR_COMMANDS_ENV_APPEND_H

#include <stdbool.h>

#include "app/base/status.h"

struct arena;

/*
 * Appends "NAME=VALUE" unless the file gives that name a value already; the
 * file is locked meanwhile, so of several processes one does. A file that does
 * not exist is made; one that everybody may read becomes its owner's alone.
 * ST_EXISTS: another process was first, nothing was written.
 */
enum status env_append(struct arena *arena, const char *path, const char *name,
    const char *value, struct error *err);

#endif
