#include "app/base/xmlout.h"

#include "app/base/utf8.h"

#define REPLACEMENT STR("\xEF\xBF\xBD")

/* A character that s begins with and its length, 1 where it is no UTF-8. */
struct letter {
	uint32_t code; /* UINT32_MAX: no character */
	size_t n;
};

static struct letter
letter_first(struct str s)
{
	static const unsigned char bits[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	size_t n = utf8_first(s);
	uint32_t code;

	if (n == 0)
		return (struct letter){ UINT32_MAX, 1 };
	code = (unsigned char)s.p[0] & bits[n];
	for (size_t i = 1; i < n; i++)
		code = code << 6 | ((unsigned char)s.p[i] & 0x3F);
	return (struct letter){ code, n };
}

/* Char of XML 1.0, section 2.2; surrogates are no UTF-8. */
static bool
is_char(uint32_t code)
{
	if (code < 0x20)
		return code == '\t' || code == '\n' || code == '\r';
	return code <= 0x10FFFF && code != 0xFFFE && code != 0xFFFF;
}

/* What stands for itself, most likely: one test for most bytes. */
static bool
is_plain(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 0x20 && u < 0x80 && c != '&' && c != '<' && c != '>';
}

static size_t
plain_length(struct str s)
{
	size_t n = 0;

	while (n < s.n && is_plain(s.p[n]))
		n++;
	return n;
}

static void
letter_put(struct buf *b, struct str s, struct letter letter)
{
	switch (letter.code) {
	case '&':
		buf_put_lit(b, "&amp;");
		break;
	case '<':
		buf_put_lit(b, "&lt;");
		break;
	case '>':
		buf_put_lit(b, "&gt;");
		break;
	case '\r':
		buf_put_lit(b, "&#13;");
		break;
	default:
		buf_put(b, is_char(letter.code) ? str_make(s.p, letter.n)
						: REPLACEMENT);
	}
}

void
xml_put_text(struct buf *b, struct str s)
{
	size_t at = 0;

	while (at < s.n) {
		struct str rest = str_make(s.p + at, s.n - at);
		size_t n = plain_length(rest);
		struct letter letter;

		if (n > 0) {
			buf_put(b, str_make(rest.p, n));
			at += n;
			continue;
		}
		letter = letter_first(rest);
		letter_put(b, rest, letter);
		at += letter.n;
	}
}

struct range {
	uint32_t from, to;
};

/* NameStartChar of XML 1.0, section 2.3, without ":". */
static const struct range starts[] = { { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' },
	{ 0xC0, 0xD6 }, { 0xD8, 0xF6 }, { 0xF8, 0x2FF }, { 0x370, 0x37D },
	{ 0x37F, 0x1FFF }, { 0x200C, 0x200D }, { 0x2070, 0x218F },
	{ 0x2C00, 0x2FEF }, { 0x3001, 0xD7FF }, { 0xF900, 0xFDCF },
	{ 0xFDF0, 0xFFFD }, { 0x10000, 0xEFFFF } };

/* What NameChar has beside them. */
static const struct range others[] = { { '-', '.' }, { '0', '9' },
	{ 0xB7, 0xB7 }, { 0x300, 0x36F }, { 0x203F, 0x2040 } };

static bool
is_within(uint32_t code, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (code >= ranges[i].from && code <= ranges[i].to)
			return true;
	}
	return false;
}

#define IS_WITHIN(code, ranges)                                                \
	is_within(code, ranges, sizeof(ranges) / sizeof((ranges)[0]))

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* What most names are. */
static bool
is_plain_name(struct str s)
{
	if (s.n == 0 || !is_letter(s.p[0]))
		return false;
	for (size_t i = 1; i < s.n; i++) {
		if (!is_letter(s.p[i]) && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	}
	return true;
}

void
xml_put_name(struct buf *b, struct str s)
{
	bool first = true;

	if (is_plain_name(s)) {
		buf_put(b, s);
		return;
	}
	if (s.n == 0)
		buf_put_char(b, '_');
	while (s.n > 0) {
		struct letter letter = letter_first(s);
		bool starts_name = IS_WITHIN(letter.code, starts);

		if (first && !starts_name)
			buf_put_char(b, '_');
		if (starts_name || IS_WITHIN(letter.code, others))
			buf_put(b, str_make(s.p, letter.n));
		else if (!first)
			buf_put_char(b, '_');
		first = false;
		s = str_skip(s, letter.n);
	}
}
