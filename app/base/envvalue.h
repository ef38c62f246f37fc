/*
 * The value of one env entry: read line by line by a small machine that knows
 * quotes, escapes and comments, then expanded. For env.c only.
 */
#ifndef WEIR_BASE_ENVVALUE_H
#define WEIR_BASE_ENVVALUE_H

#include <stdbool.h>

#include "app/base/buf.h"
#include "app/base/str.h"

struct arena;

#define ENV_VALUE_MAX 65536 /* bytes, before and after expansion */

enum envvalue_state {
	ENVVALUE_START,
	ENVVALUE_PLAIN,
	ENVVALUE_SINGLE, /* inside '...' */
	ENVVALUE_DOUBLE, /* inside "..." */
	ENVVALUE_ESCAPE, /* behind a backslash in "..." */
	ENVVALUE_BEHIND, /* behind the value: blanks or a comment */
	ENVVALUE_COMMENT
};

struct envvalue {
	enum envvalue_state state;
	bool quoted;
	struct buf text;    /* what was read, quotes and escapes resolved */
	struct buf dollars; /* beside each byte: 1 when it is a "$" that may
			     * begin a ${NAME} */
};

struct envvalue envvalue_begin(struct arena *a);

/* Reads on. NULL, or what was expected instead of a byte of `bytes`. */
const char *envvalue_feed(struct envvalue *v, struct str bytes);

/* At the end of the entry: NULL, or what is missing. */
const char *envvalue_end(const struct envvalue *v);

/* Finds the value of a ${NAME}; false leaves it as it stands. */
typedef bool envvalue_get_f(void *ctx, struct str name, struct str *value);

/*
 * The text with its ${NAME}s replaced, the innermost first. The result lies in
 * `room`, which has ENV_VALUE_MAX bytes; false when it does not fit there.
 */
bool envvalue_expand(const struct envvalue *v, char *room, envvalue_get_f *get,
    void *ctx, struct str *out);

#endif
