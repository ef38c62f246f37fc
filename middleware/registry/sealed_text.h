/*
 * A secret as it stands in the system database: the text "sealed:" and
 * hexadecimal digits. It belongs to one place, which its context names, and is
 * of no use in another.
 */
#ifndef WEIR_SEALED_TEXT_H
#define WEIR_SEALED_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/str.h"

struct app_keys;
struct arena;

/* Under the first of the keys; in the arena. */
struct str sealed_text(struct arena *arena, const struct app_keys *keys,
    struct str context, struct str clear);

/* What a sealed text holds, and which of the keys opened it. */
struct unsealed {
	struct str clear; /* in the arena; the caller wipes */
	size_t key;
};

/* False when it is none, or none of the keys opens it for that context. */
bool sealed_text_open(struct arena *arena, const struct app_keys *keys,
    struct str context, struct str text, struct unsealed *out);

/* Wipes what was opened. */
void unsealed_wipe(struct unsealed *u);

#endif
