/* The functions that a lookup may name, as those of PHP are that bear these
 * names: on bytes, with letters of ASCII. */
#ifndef WEIR_BASE_LOOKUP_MODIFIER_H
#define WEIR_BASE_LOOKUP_MODIFIER_H

#include <stdbool.h>

#include "app/base/str.h"

struct arena;

bool lookup_modifier_exists(struct str function);

/* Applies it; the result lives in the arena or is a view of the value. False
 * when there is no such function, or it cannot take that value. */
bool lookup_modify(struct arena *arena, struct str function, struct str value,
    struct str *out);

/* Are all words of a list, with commas between them, such functions? */
bool lookup_modifiers_check(struct str list);

#endif
