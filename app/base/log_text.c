#include "app/base/log_text.h"

#include "app/base/utf8.h"

#define DELETE       0x7fu
#define C1_FIRST     0xc2u /* of the two bytes of U+0080 to U+009F */
#define C1_LAST_NEXT 0x9fu

/* Bytes that `rest` begins with and that may be shown; 0: the first may not. */
static size_t
shown_first(struct str rest)
{
	unsigned char c = (unsigned char)rest.p[0];
	size_t n;

	if (c < DELETE)
		return c >= ' ' ? 1 : 0;
	n = c == DELETE ? 0 : utf8_first(rest);
	if (n == 2 && c == C1_FIRST && (unsigned char)rest.p[1] <= C1_LAST_NEXT)
		return 0;
	return n;
}

static void
put_hex(struct buf *b, char c)
{
	static const char digits[] = "0123456789abcdef";

	buf_put_lit(b, "\\x");
	buf_put_char(b, digits[(unsigned char)c >> 4]);
	buf_put_char(b, digits[(unsigned char)c & 15]);
}

/* Runs of what may be shown are copied at once. */
static void
put_text(struct buf *b, struct str rest, bool quoted)
{
	size_t run = 0;

	while (run < rest.n) {
		size_t n = shown_first(str_skip(rest, run));
		bool marked = quoted && n == 1 &&
			      (rest.p[run] == '"' || rest.p[run] == '\\');

		if (n > 0 && !marked) {
			run += n;
			continue;
		}
		buf_put(b, str_make(rest.p, run));
		if (!marked) {
			put_hex(b, rest.p[run]);
		} else {
			buf_put_char(b, '\\');
			buf_put_char(b, rest.p[run]);
		}
		rest = str_skip(rest, run + 1);
		run = 0;
	}
	buf_put(b, rest);
}

void
log_put_shown(struct buf *b, struct str text)
{
	put_text(b, text, false);
}

void
log_put_quoted(struct buf *b, struct str text)
{
	buf_put_char(b, '"');
	put_text(b, text, true);
	buf_put_char(b, '"');
}

void
log_put_field(struct buf *b, struct str name, struct str value)
{
	buf_put_lit(b, "WEIR_");
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		buf_put_char(
		    b, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
	}
	buf_put_char(b, '=');
	log_put_shown(b, value);
	buf_put_char(b, '\n');
}
