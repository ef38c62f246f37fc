/*
 * The entries with which an operator declares things instead of setting
 * options: SERVICE_SHOP_TYPE and the like. What they mean is for the registry
 * to say; here they are told from settings and collected.
 */
#ifndef WEIR_BASE_ENVDECLARED_H
#define WEIR_BASE_ENVDECLARED_H

#include <stdbool.h>

#include "app/base/env.h"
#include "app/base/str.h"

struct arena;

/* Does the name begin as such entries do? */
bool env_declares(struct str name);

/*
 * Those of the process environment, and those of the file that are not
 * replaced by one of these. A name that stands twice in the file is there
 * twice. Values are as env_word() has them.
 */
struct env env_declared(struct arena *a, const struct env *file);

#endif
