#include "app/base/base64.h"

#include "app/base/arena.h"

static int
digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
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

bool
base64_decode(struct arena *a, struct str text, struct str *out)
{
	unsigned bits = 0;
	unsigned n_bits = 0;
	size_t n = 0;
	char *bytes;

	text = padding_strip(text);
	if (text.n % 4 == 1)
		return false;
	bytes = arena_alloc(a, text.n / 4 * 3 + 3);
	for (size_t i = 0; i < text.n; i++) {
		int digit = digit_value(text.p[i]);

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
