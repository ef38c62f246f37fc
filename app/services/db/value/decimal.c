#include "app/services/db/value/decimal.h"

/* An exponent beyond is as good as this. */
#define EXPONENT_MAX 1000000

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What stands before the exponent. */
static struct str
mantissa_of(struct str number)
{
	size_t small = str_find(number, 'e');
	size_t large = str_find(number, 'E');

	return str_make(number.p, small < large ? small : large);
}

size_t
decimal_digits(struct str number)
{
	struct str mantissa = mantissa_of(number);
	size_t seen = 0;
	size_t n = 0;

	for (size_t i = 0; i < mantissa.n; i++) {
		char c = mantissa.p[i];

		if (!is_digit(c) || (c == '0' && seen == 0))
			continue;
		seen++;
		if (c != '0')
			n = seen;
	}
	return n;
}

static int64_t
exponent_of(struct str number)
{
	struct str text = str_skip(number, mantissa_of(number).n + 1);
	bool below = str_starts(text, STR("-"));
	int64_t exponent = 0;

	if (text.n == 0)
		return 0;
	if (!str_to_i64(text, &exponent) || exponent > EXPONENT_MAX ||
	    exponent < -EXPONENT_MAX)
		return below ? -EXPONENT_MAX : EXPONENT_MAX;
	return exponent;
}

/* Where the first digit that is not 0 stands, left of the point counted from
 * 1 on, right of it from 0 downwards: 120 has 3, 0.012 has -1. */
static int64_t
place_of_first(struct str mantissa)
{
	size_t point = str_find(mantissa, '.');
	size_t first = 0;

	while (!is_digit(mantissa.p[first]) || mantissa.p[first] == '0')
		first++;
	return first < point ? (int64_t)(point - first)
			     : (int64_t)point + 1 - (int64_t)first;
}

/* How many digits stand before the point, of a number that is not 0; as many
 * zeros behind it come first when it is negative. */
static int64_t
whole_digits(struct str number)
{
	return place_of_first(mantissa_of(number)) + exponent_of(number);
}

size_t
decimal_whole_digits(struct str number)
{
	int64_t n = decimal_digits(number) == 0 ? 0 : whole_digits(number);

	return n < 0 ? 0 : (size_t)n;
}

size_t
decimal_places(struct str number)
{
	int64_t digits = (int64_t)decimal_digits(number);
	int64_t n = digits == 0 ? 0 : digits - whole_digits(number);

	return n < 0 ? 0 : (size_t)n;
}

bool
decimal_is_negative(struct str number)
{
	return str_starts(number, STR("-")) && decimal_digits(number) > 0;
}
