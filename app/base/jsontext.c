#include "app/base/jsontext.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "app/base/utf8.h"
#include "app/base/word.h"

/* Are all bytes of w ASCII that needs no escape? The highest bit of a byte
 * tells that it is no ASCII, or was less than what was taken from it; what that
 * does to the byte above does not matter any more. */
static inline bool
word_is_plain(uint64_t w)
{
	uint64_t special = w | (w - WORD_EVERY(0x20)) |
			   ((w ^ WORD_EVERY('"')) - WORD_EVERY(1)) |
			   ((w ^ WORD_EVERY('\\')) - WORD_EVERY(1));

	return (special & WORD_HIGH_BITS) == 0;
}

/* Is this byte ASCII that needs no escape? */
static bool
byte_is_plain(char c)
{
	return c != '"' && c != '\\' && (unsigned char)c >= 0x20 &&
	       (unsigned char)c < 0x80;
}

/* Plain bytes at the start of s, which are looked at one by one. */
static size_t
count_bytes(struct str s)
{
	size_t i = 0;

	while (i < s.n && byte_is_plain(s.p[i]))
		i++;
	return i;
}

/* Most texts are plain from end to end. */
static bool
is_plain(struct str s)
{
	size_t i = 0;

	if (s.n < WORD_BYTES)
		return s.n == 0 || word_is_plain(word_of_few(s.p, s.n));
	for (; s.n - i > WORD_BYTES; i += WORD_BYTES) {
		if (!word_is_plain(word_at(s.p + i)))
			return false;
	}
	return word_is_plain(word_at(s.p + s.n - WORD_BYTES));
}

size_t
json_plain_length(struct str s)
{
	size_t i = 0;

	if (is_plain(s))
		return s.n;
	for (;;) {
		size_t character;

		while (s.n - i >= WORD_BYTES && word_is_plain(word_at(s.p + i)))
			i += WORD_BYTES;
		i += count_bytes(str_make(s.p + i, s.n - i));
		if (i == s.n || (unsigned char)s.p[i] < 0x80)
			return i;
		character = utf8_first(str_make(s.p + i, s.n - i));
		if (character == 0)
			return i;
		i += character;
	}
}

static uint32_t
hex_digit(char c)
{
	return (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* The code unit of the "\uXXXX" at p. */
static uint32_t
code_unit(const char *p)
{
	return hex_digit(p[2]) << 12 | hex_digit(p[3]) << 8 |
	       hex_digit(p[4]) << 4 | hex_digit(p[5]);
}

/* The escape at *p, *p moved behind it; bytes written to out. */
static size_t
unescape_one(const char **p, char *out)
{
	static const char meanings[] = { ['b'] = '\b',
		['f'] = '\f',
		['n'] = '\n',
		['r'] = '\r',
		['t'] = '\t',
		['"'] = '"',
		['\\'] = '\\',
		['/'] = '/' };
	char letter = (*p)[1];
	uint32_t code;

	if (letter != 'u') {
		*p += 2;
		out[0] = meanings[(unsigned char)letter];
		return 1;
	}
	code = code_unit(*p);
	*p += 6;
	if (code >= 0xD800 && code <= 0xDBFF) {
		code = 0x10000 + ((code - 0xD800) << 10) +
		       (code_unit(*p) - 0xDC00);
		*p += 6;
	}
	return utf8_encode(out, code);
}

struct str
json_unescape(struct arena *a, struct str raw)
{
	const char *from = raw.p;
	const char *end = raw.p + raw.n;
	char *p, *out;

	if (str_find(raw, '\\') == raw.n)
		return raw;
	out = p = arena_alloc(a, raw.n); /* every escape is longer than it */
	while (from < end) {
		size_t plain =
		    str_find(str_make(from, (size_t)(end - from)), '\\');

		memcpy(p, from, plain);
		p += plain;
		from += plain;
		if (from < end)
			p += unescape_one(&from, p);
	}
	return str_make(out, (size_t)(p - out));
}
