#include "drivers/db/mysql_time.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>

#define FRACTION_DIGITS 6u

/* Appends ".123" behind n bytes; decimals beyond six mean as many as are
 * needed. */
static size_t
fraction_put(char *out, size_t n, unsigned long micros, unsigned decimals)
{
	char digits[24];
	unsigned keep = decimals;

	(void)snprintf(digits, sizeof(digits), "%06lu", micros % 1000000);
	if (decimals > FRACTION_DIGITS) {
		keep = micros == 0 ? 0 : FRACTION_DIGITS;
		while (keep > 0 && digits[keep - 1] == '0')
			keep--;
	}
	if (keep == 0)
		return n;
	return n + (size_t)snprintf(out + n, MYSQL_TIME_BYTES - n, ".%.*s",
		       (int)keep, digits);
}

/* TIME goes beyond a day: its hours are all there are. */
static size_t
time_put(char *out, const MYSQL_TIME *t)
{
	return (size_t)snprintf(out, MYSQL_TIME_BYTES, "%s%02u:%02u:%02u",
	    t->neg ? "-" : "", t->day * 24 + t->hour, t->minute, t->second);
}

struct str
mysql_time_text(const MYSQL_TIME *t, enum enum_field_types type,
    unsigned decimals, char out[MYSQL_TIME_BYTES])
{
	size_t n;

	if (type == MYSQL_TYPE_TIME) {
		n = time_put(out, t);
		return str_make(
		    out, fraction_put(out, n, t->second_part, decimals));
	}
	n = (size_t)snprintf(
	    out, MYSQL_TIME_BYTES, "%04u-%02u-%02u", t->year, t->month, t->day);
	if (type == MYSQL_TYPE_DATE)
		return str_make(out, n);
	n += (size_t)snprintf(out + n, MYSQL_TIME_BYTES - n, " %02u:%02u:%02u",
	    t->hour, t->minute, t->second);
	return str_make(out, fraction_put(out, n, t->second_part, decimals));
}

double
mysql_float_widen(float f)
{
	char text[32];

	for (int digits = FLT_DIG; digits < FLT_DECIMAL_DIG; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, (double)f);
		if (strtof(text, NULL) == f)
			return strtod(text, NULL);
	}
	(void)snprintf(text, sizeof(text), "%.*g", FLT_DECIMAL_DIG, (double)f);
	return strtod(text, NULL);
}
