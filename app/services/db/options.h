/* The options of a call, wherever they stand (dreamfactory.md 1.3). */
#ifndef WEIR_SERVICES_DB_OPTIONS_H
#define WEIR_SERVICES_DB_OPTIONS_H

#include "app/base/jsonread.h"
#include "app/base/uri.h"

struct arena;

/*
 * The parameters of the URL and, behind them (so that the URL wins), the
 * members of a body that is an object, without "resource". Lists become
 * "a,b". In the arena.
 */
struct params options_of(
    struct arena *arena, const struct params *query, struct json body);

#endif
