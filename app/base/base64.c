#include "app/base/base64.h"

#include "app/base/arena.h"
#include "app/base/buf.h"

/* The two digits in which the alphabets differ. */
struct alphabet {
	char last_but_one;
	char last;
};

static const struct alphabet usual = { '+', '/' };
static const struct alphabet of_url = { '-', '_' };

static int
digit_value(const struct alphabet *alphabet, char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == alphabet->last_but_one)
		return 62;
	return c == alphabet->last ? 63 : -1;
}

/* Padding only fills up a group of four. */
static struct str
padding_strip(struct str text)
{
	if (text.n % 4 == 0 && str_ends(text, STR("==")))
		text.n -= 2;
	else if (text.n % 4 == 0 && str_ends(text, STR("=")))
		text.n -= 1;
	return text;
}

/* A text without padding. */
static bool
decode(struct arena *a, const struct alphabet *alphabet, struct str text,
    struct str *out)
{
	unsigned bits = 0;
	unsigned n_bits = 0;
	size_t n = 0;
	char *bytes;

	if (text.n % 4 == 1)
		return false;
	bytes = arena_alloc(a, text.n / 4 * 3 + 3);
	for (size_t i = 0; i < text.n; i++) {
		int digit = digit_value(alphabet, text.p[i]);

		if (digit < 0)
			return false;
		bits = bits << 6 | (unsigned)digit;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			bytes[n++] = (char)(bits >> n_bits);
		}
		bits &= (1u << n_bits) - 1;
	}
	*out = str_make(bytes, n);
	return bits == 0;
}

bool
base64_decode(struct arena *a, struct str text, struct str *out)
{
	return decode(a, &usual, padding_strip(text), out);
}

bool
base64url_decode(struct arena *a, struct str text, struct str *out)
{
	return decode(a, &of_url, text, out);
}

void
base64url_put(struct buf *b, struct str bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned bits = 0;
	unsigned n_bits = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		bits = bits << 8 | (unsigned char)bytes.p[i];
		n_bits += 8;
		for (; n_bits >= 6; n_bits -= 6)
			buf_put_char(b, digits[bits >> (n_bits - 6) & 63]);
		bits &= (1u << n_bits) - 1;
	}
	if (n_bits > 0)
		buf_put_char(b, digits[bits << (6 - n_bits) & 63]);
}
