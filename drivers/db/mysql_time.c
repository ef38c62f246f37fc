#include "drivers/db/mysql_time.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRACTION_DIGITS 6u

/* As decimal digits, at least `width` of them; returns where they end. (A page
 * of rows has many dates, and printf is slow at them.) */
static char *
digits_put(char *at, unsigned long v, unsigned width)
{
	char digits[24];
	size_t i = sizeof(digits);
	size_t n;

	do {
		digits[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0 || sizeof(digits) - i < width);
	n = sizeof(digits) - i;
	memcpy(at, digits + i, n);
	return at + n;
}

/* ".123"; decimals beyond six mean as many as are needed. */
static char *
fraction_put(char *at, unsigned long micros, unsigned decimals)
{
	char *dot = at;

	micros %= 1000000;
	if (decimals == 0 || (decimals > FRACTION_DIGITS && micros == 0))
		return at;
	*at++ = '.';
	at = digits_put(at, micros, FRACTION_DIGITS);
	if (decimals <= FRACTION_DIGITS)
		return dot + 1 + decimals;
	while (at[-1] == '0')
		at--;
	return at;
}

static char *
clock_put(char *at, unsigned hours, const MYSQL_TIME *t)
{
	at = digits_put(at, hours, 2);
	*at++ = ':';
	at = digits_put(at, t->minute, 2);
	*at++ = ':';
	return digits_put(at, t->second, 2);
}

static char *
date_put(char *at, const MYSQL_TIME *t)
{
	at = digits_put(at, t->year, 4);
	*at++ = '-';
	at = digits_put(at, t->month, 2);
	*at++ = '-';
	return digits_put(at, t->day, 2);
}

/* TIME goes beyond a day: its hours are all there are. */
static char *
time_put(char *at, const MYSQL_TIME *t)
{
	if (t->neg)
		*at++ = '-';
	return clock_put(at, t->day * 24 + t->hour, t);
}

struct str
mysql_time_text(const MYSQL_TIME *t, enum enum_field_types type,
    unsigned decimals, char out[MYSQL_TIME_BYTES])
{
	char *at;

	if (type == MYSQL_TYPE_TIME) {
		at = time_put(out, t);
	} else {
		at = date_put(out, t);
		if (type == MYSQL_TYPE_DATE)
			return str_make(out, (size_t)(at - out));
		*at++ = ' ';
		at = clock_put(at, t->hour, t);
	}
	at = fraction_put(at, t->second_part, decimals);
	return str_make(out, (size_t)(at - out));
}

double
mysql_float_widen(float f)
{
	char text[32];
	/* Below FLT_MIN a float has fewer digits: 1e-45 has one. */
	int least = fabsf(f) < FLT_MIN ? 1 : FLT_DIG;

	for (int digits = least; digits < FLT_DECIMAL_DIG; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, (double)f);
		if (strtof(text, NULL) == f)
			return strtod(text, NULL);
	}
	(void)snprintf(text, sizeof(text), "%.*g", FLT_DECIMAL_DIG, (double)f);
	return strtod(text, NULL);
}
