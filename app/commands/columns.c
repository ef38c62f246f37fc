#include "app/commands/columns.h"

#include <assert.h>
#include <stdio.h>

#define GAP 2 /* blanks between columns */

struct columns
columns_new(struct arena *arena, const char *headings)
{
	struct columns c = { .cells = buf_in(arena) };
	struct str rest = str_of(headings);

	while (rest.p != NULL) {
		columns_put(&c, str_cut(&rest, ' '));
		c.n++;
	}
	assert(c.n <= COLUMNS_MAX);
	return c;
}

void
columns_put(struct columns *c, struct str cell)
{
	if (cell.n == 0)
		cell = STR("-");
	buf_put(&c->cells, str_make((const char *)&cell, sizeof(cell)));
}

/* Characters, not bytes: what begins one is not 10xxxxxx. */
static size_t
width_of(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80 ? 1 : 0;
	return n;
}

void
columns_print(const struct columns *c)
{
	const struct str *cells = (const struct str *)(const void *)c->cells.p;
	size_t n_cells = c->cells.n / sizeof(*cells);
	size_t widths[COLUMNS_MAX] = { 0 };

	for (size_t i = 0; i < n_cells; i++) {
		size_t width = width_of(cells[i]);

		if (width > widths[i % c->n])
			widths[i % c->n] = width;
	}
	for (size_t i = 0; i < n_cells; i++) {
		bool last = i % c->n == c->n - 1;
		size_t blanks = widths[i % c->n] - width_of(cells[i]) + GAP;

		(void)printf(
		    "%.*s%*s", STR_ARG(cells[i]), last ? 0 : (int)blanks, "");
		if (last)
			(void)putchar('\n');
	}
}
