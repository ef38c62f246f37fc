/*
 * Texts with lookups in them: "{name}", "{func(name)}" or "{func.name}", each
 * of which stands for a value (dreamfactory.md 3.4). Braces that hold no name
 * of that form are lookups too, that nothing resolves; "{}" and a brace alone
 * are text.
 */
#ifndef WEIR_LOOKUP_TEXT_H
#define WEIR_LOOKUP_TEXT_H

#include <stdbool.h>

#include "app/base/str.h"

struct arena;

/* The value of a name; false when there is none. It may be a view of what ctx
 * has, or live in the arena. */
typedef bool lookup_find_f(
    const void *ctx, struct arena *arena, struct str name, struct str *value);

/* Where names are looked up. */
struct lookup_source {
	lookup_find_f *find;
	const void *ctx;
	struct str modifiers; /* functions that may be used, with commas */
	bool secret; /* values are copies, to be wiped once they are used */
};

/* A piece of a text. */
struct lookup_piece {
	bool is_lookup;
	struct str text; /* of a lookup what stands between the braces */
};

/* Cuts the next piece off *rest; false at its end. */
bool lookup_text_next(struct str *rest, struct lookup_piece *out);

/* Is there a lookup in it? */
bool lookup_text_any(struct str text);

/* Is it nothing but one lookup? Then *expression is that. */
bool lookup_text_is_one(struct str text, struct str *expression);

/* The value of what stands between braces, in the arena or a view; false when
 * it cannot be resolved. */
bool lookup_text_value(struct arena *arena, const struct lookup_source *source,
    struct str expression, struct str *value);

/* The name in an expression, without its function. */
struct str lookup_text_name(
    const struct lookup_source *source, struct str expression);

/* Is it a name that weir itself gives a value, as "user.id"? */
bool lookup_is_built_in(struct str name);

/* The text with all lookups that resolve replaced; others stay as they are. */
struct str lookup_text_fill(
    struct arena *arena, const struct lookup_source *source, struct str text);

#endif
