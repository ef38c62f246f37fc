#include "app/commands/prose.h"

#define COLUMNS 78u

void
prose_put(struct buf *out, struct str before, struct str text)
{
	struct str word = str_cut(&text, ' ');
	size_t line = out->n;

	buf_put(out, before);
	buf_put(out, word);
	while (!str_is_null(text)) {
		word = str_cut(&text, ' ');
		if (out->n - line + 1 + word.n > COLUMNS) {
			buf_put_char(out, '\n');
			line = out->n;
			buf_put(out, before);
		} else {
			buf_put_char(out, ' ');
		}
		buf_put(out, word);
	}
	buf_put_char(out, '\n');
}

/* Text for mdoc: no backquote and no backslash of it may be taken for more. */
static struct str
mdoc_escape(struct str text, struct arena *a)
{
	struct buf out = buf_in(a);

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '`')
			buf_put_lit(&out, "\\(ga");
		else if (text.p[i] == '\\')
			buf_put_lit(&out, "\\e");
		else
			buf_put_char(&out, text.p[i]);
	}
	return buf_str(&out);
}

void
prose_put_mdoc(struct buf *out, struct str text)
{
	size_t n = 1;

	text = mdoc_escape(text, out->arena);
	while (n < text.n) {
		if (str_starts(str_skip(text, n), STR(". "))) {
			prose_put(out, STR(""), str_make(text.p, n + 1));
			text = str_skip(text, n + 2);
			n = 0;
		}
		n++;
	}
	prose_put(out, STR(""), text);
}
