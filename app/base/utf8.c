#include "app/base/utf8.h"

#include <assert.h>
#include <stdbool.h>

/* What may follow a leading byte: the second byte is narrower than the rest,
 * which keeps out overlong forms, surrogates and what is above U+10FFFF. */
struct lead {
	unsigned char from, to; /* leading bytes of this row */
	unsigned char second_from, second_to;
	unsigned char length;
};

static const struct lead leads[] = {
	{ 0xC2, 0xDF, 0x80, 0xBF, 2 },
	{ 0xE0, 0xE0, 0xA0, 0xBF, 3 },
	{ 0xE1, 0xEC, 0x80, 0xBF, 3 },
	{ 0xED, 0xED, 0x80, 0x9F, 3 },
	{ 0xEE, 0xEF, 0x80, 0xBF, 3 },
	{ 0xF0, 0xF0, 0x90, 0xBF, 4 },
	{ 0xF1, 0xF3, 0x80, 0xBF, 4 },
	{ 0xF4, 0xF4, 0x80, 0x8F, 4 },
};

static bool
follows(const struct lead *lead, struct str s)
{
	unsigned char second;

	if (s.n < lead->length)
		return false;
	second = (unsigned char)s.p[1];
	if (second < lead->second_from || second > lead->second_to)
		return false;
	for (size_t i = 2; i < lead->length; i++) {
		if (((unsigned char)s.p[i] & 0xC0) != 0x80)
			return false;
	}
	return true;
}

size_t
utf8_first(struct str s)
{
	unsigned char first;

	if (s.n == 0)
		return 0;
	first = (unsigned char)s.p[0];
	if (first < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		if (first >= leads[i].from && first <= leads[i].to)
			return follows(&leads[i], s) ? leads[i].length : 0;
	}
	return 0;
}

size_t
utf8_encode(char out[UTF8_MAX], uint32_t code)
{
	assert(code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF));
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}
