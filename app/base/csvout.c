#include "app/base/csvout.h"

/* At the beginning of a text it would be passed over. */
#define BYTE_ORDER_MARK STR("\xEF\xBB\xBF")

static bool
needs_quotes(struct str s)
{
	if (s.n == 0 || s.p[0] == ' ' || s.p[s.n - 1] == ' ' ||
	    str_starts(s, BYTE_ORDER_MARK))
		return true;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == ',' || c == '"' || c == '\r' || c == '\n')
			return true;
	}
	return false;
}

void
csv_put_text(struct buf *b, struct str s)
{
	size_t from = 0;

	if (!needs_quotes(s)) {
		buf_put(b, s);
		return;
	}
	buf_put_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '"')
			continue;
		buf_put(b, str_make(s.p + from, i + 1 - from));
		from = i; /* once more */
	}
	buf_put(b, str_make(s.p + from, s.n - from));
	buf_put_char(b, '"');
}
