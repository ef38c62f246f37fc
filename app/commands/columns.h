/* A table for people: a line of headings, then rows, in aligned columns. */
#ifndef WEIR_COMMANDS_COLUMNS_H
#define WEIR_COMMANDS_COLUMNS_H

#include <stddef.h>

#include "app/base/buf.h"
#include "app/base/str.h"

struct arena;

#define COLUMNS_MAX 12

struct columns {
	struct buf cells; /* struct str, row by row */
	size_t n;         /* columns */
};

/* headings: "NAME TYPE", as many columns as words. */
struct columns columns_new(struct arena *arena, const char *headings);

/* The next cell, from left to right; an absent or empty one shows as "-". The
 * text must live until columns_print(). */
void columns_put(struct columns *c, struct str cell);

void columns_print(const struct columns *c);

#endif
