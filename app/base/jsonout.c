#include "app/base/jsonout.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/base/jsontext.h"

#define REPLACEMENT    "\xEF\xBF\xBD"
#define DOUBLE_TEXT    40
#define WHOLE_MAX      9007199254740992.0 /* 2^53: exact as an integer */
#define FIFTEEN_DIGITS 1e15
#define DECIMALS_TRIED 9

/* One byte that cannot stand as it is. */
static void
put_escaped(struct buf *b, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";
	static const char letters[0x20] = { ['\b'] = 'b',
		['\t'] = 't',
		['\n'] = 'n',
		['\f'] = 'f',
		['\r'] = 'r' };

	if (c >= 0x80) {
		buf_put_lit(b, REPLACEMENT);
		return;
	}
	buf_put_char(b, '\\');
	if (c >= 0x20) {
		buf_put_char(b, (char)c);
	} else if (letters[c] != '\0') {
		buf_put_char(b, letters[c]);
	} else {
		buf_put_lit(b, "u00");
		buf_put_char(b, digits[c >> 4]);
		buf_put_char(b, digits[c & 15]);
	}
}

/* Runs that need no escape, and the bytes between them that do. */
static void
put_runs(struct buf *b, struct str s, size_t run)
{
	buf_put_char(b, '"');
	while (run < s.n) {
		buf_put(b, str_make(s.p, run));
		put_escaped(b, (unsigned char)s.p[run]);
		s = str_skip(s, run + 1);
		run = json_plain_length(s);
	}
	buf_put(b, s);
	buf_put_char(b, '"');
}

void
json_put_str(struct buf *b, struct str s)
{
	size_t run = json_plain_length(s);
	char *at;

	if (run < s.n) {
		put_runs(b, s, run);
		return;
	}
	at = buf_reserve(b, s.n + 2);
	*at++ = '"';
	if (s.n > 0)
		memcpy(at, s.p, s.n);
	at[s.n] = '"';
	b->n += s.n + 2;
}

/* count / 10^decimals, the last digit not zero unless decimals is 0. */
static void
put_decimal(struct buf *b, uint64_t count, unsigned decimals)
{
	uint64_t scale = 1;

	for (unsigned i = 0; i < decimals; i++)
		scale *= 10;
	buf_put_u64(b, count / scale);
	if (decimals == 0)
		return;
	buf_put_char(b, '.');
	for (uint64_t rest = count % scale; scale > 1; rest %= scale) {
		scale /= 10;
		buf_put_char(b, (char)('0' + rest / scale));
	}
}

/*
 * Prices and the like: a decimal of few digits. Both sides of the division are
 * exact, so a quotient equal to v proves that the decimal reads back as v; and
 * no two decimals of up to 15 digits read back alike, so it is the shortest.
 */
static bool
put_short_decimal(struct buf *b, double v)
{
	double magnitude = fabs(v);
	double scale = 1;

	for (unsigned i = 0; i <= DECIMALS_TRIED; i++) {
		double count = nearbyint(magnitude * scale);

		if (count >= FIFTEEN_DIGITS)
			return false;
		if (count / scale == magnitude) {
			if (signbit(v))
				buf_put_char(b, '-');
			put_decimal(b, (uint64_t)count, i);
			return true;
		}
		scale *= 10;
	}
	return false;
}

/* The locale may write the decimal point as anything but these. */
static bool
is_number_char(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == 'e';
}

static void
put_formatted(struct buf *b, const char *text)
{
	bool in_point = false;

	for (; *text != '\0'; text++) {
		bool plain = is_number_char(*text);

		if (plain || !in_point)
			buf_put_char(b, plain ? *text : '.');
		in_point = !plain;
	}
}

/* Below DBL_MIN a double has fewer digits than DBL_DIG: 5e-324 has one. */
static int
least_digits(double v)
{
	return fabs(v) < DBL_MIN ? 1 : DBL_DIG;
}

void
json_put_double(struct buf *b, double v)
{
	char text[DOUBLE_TEXT];

	if (!isfinite(v)) {
		buf_put_lit(b, "null");
		return;
	}
	if (fabs(v) < WHOLE_MAX && v == trunc(v) && (v != 0 || !signbit(v))) {
		buf_put_i64(b, (int64_t)v);
		return;
	}
	if (put_short_decimal(b, v))
		return;
	for (int digits = least_digits(v); digits <= DBL_DECIMAL_DIG;
	     digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v)
			break;
	}
	put_formatted(b, text);
}

void
json_put_bool(struct buf *b, bool v)
{
	buf_put(b, v ? STR("true") : STR("false"));
}

void
json_put_base64(struct buf *b, const void *bytes, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = bytes;
	char *out = buf_reserve(b, (n + 2) / 3 * 4 + 2);
	char *at = out;

	*at++ = '"';
	for (; n >= 3; n -= 3, in += 3) {
		*at++ = digits[in[0] >> 2];
		*at++ = digits[(in[0] & 3) << 4 | in[1] >> 4];
		*at++ = digits[(in[1] & 15) << 2 | in[2] >> 6];
		*at++ = digits[in[2] & 63];
	}
	if (n > 0) {
		unsigned second = n == 2 ? in[1] : 0u;

		*at++ = digits[in[0] >> 2];
		*at++ = digits[(in[0] & 3u) << 4 | second >> 4];
		*at++ = n == 2 ? digits[(second & 15) << 2] : '=';
		*at++ = '=';
	}
	*at++ = '"';
	b->n += (size_t)(at - out);
}

void
json_put_name(struct buf *b, struct str name)
{
	char last = b->n == 0 ? '{' : b->p[b->n - 1];

	if (last != '{' && last != '[')
		buf_put_char(b, ',');
	json_put_str(b, name);
	buf_put_char(b, ':');
}
