#include "app/services/db/value/date.h"

#define DATE_BYTES 10u /* 2024-02-29 */
#define ZONE_BYTES 6u  /* +01:00 */
#define HOURS_MAX  838 /* of a TIME */

/* The number of exactly n digits at s.p[at]; -1 when they are not there. */
static int
digits(struct str s, size_t at, size_t n)
{
	int v = 0;

	if (str_is_null(s) || at + n > s.n)
		return -1;
	for (size_t i = at; i < at + n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v;
}

static bool
is_at(struct str s, size_t at, char c)
{
	return !str_is_null(s) && at < s.n && s.p[at] == c;
}

static int
days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

struct day {
	int year, month, day; /* -1: no number */
};

/* False when there is more or less than YYYY-MM-DD. */
static bool
day_read(struct str s, struct day *out)
{
	*out =
	    (struct day){ digits(s, 0, 4), digits(s, 5, 2), digits(s, 8, 2) };
	return s.n == DATE_BYTES && is_at(s, 4, '-') && is_at(s, 7, '-') &&
	       out->year >= 0;
}

static bool
is_month(int month)
{
	return month >= 1 && month <= 12;
}

bool
date_is_date(struct str s)
{
	struct day d;

	if (str_eq(s, STR("0000-00-00")))
		return true;
	return day_read(s, &d) && is_month(d.month) && d.day >= 1 &&
	       d.day <= days_in(d.year, d.month);
}

bool
date_is_partial(struct str s)
{
	struct day d;

	if (!day_read(s, &d) || (d.month != 0 && d.day != 0))
		return false;
	return d.month == 0 ? d.day >= 0 && d.day <= 31 : is_month(d.month);
}

/* ".123": a point and digits up to the end. */
static bool
is_fraction(struct str s)
{
	size_t at = 1;

	if (s.n < 2 || s.p[0] != '.')
		return false;
	while (at < s.n && digits(s, at, 1) >= 0)
		at++;
	return at == s.n;
}

/* What follows the hours: ":59", ":59:59", ":59:59.123". */
static bool
is_rest(struct str s)
{
	int minute = digits(s, 1, 2);
	int second = digits(s, 4, 2);

	if (!is_at(s, 0, ':') || minute < 0 || minute > 59)
		return false;
	if (s.n == 3)
		return true;
	if (!is_at(s, 3, ':') || second < 0 || second > 59)
		return false;
	return s.n == 6 || is_fraction(str_skip(s, 6));
}

static bool
is_time_of_day(struct str s)
{
	int hour = digits(s, 0, 2);

	return hour >= 0 && hour < 24 && is_rest(str_skip(s, 2));
}

bool
date_is_time(struct str s)
{
	struct str size = is_at(s, 0, '-') ? str_skip(s, 1) : s;
	size_t n = digits(size, 0, 3) < 0 ? 2 : 3;

	return digits(size, 0, n) >= 0 && is_rest(str_skip(size, n));
}

bool
date_is_in_time_range(struct str s)
{
	return digits(is_at(s, 0, '-') ? str_skip(s, 1) : s, 0, 3) <= HOURS_MAX;
}

static struct str
zone_strip(struct str s)
{
	size_t at = s.n < ZONE_BYTES ? 0 : s.n - ZONE_BYTES;

	if (str_ends(s, STR("Z")))
		return str_make(s.p, s.n - 1);
	if ((is_at(s, at, '+') || is_at(s, at, '-')) && is_at(s, at + 3, ':') &&
	    digits(s, at + 1, 2) >= 0 && digits(s, at + 4, 2) >= 0)
		return str_make(s.p, at);
	return s;
}

static struct str
date_of(struct str s)
{
	return str_make(s.p, s.n < DATE_BYTES ? s.n : DATE_BYTES);
}

/* Nothing, or "T12:30" and perhaps a zone. */
static bool
is_behind_date(struct str s)
{
	if (s.n <= DATE_BYTES)
		return true;
	return (s.p[DATE_BYTES] == 'T' || s.p[DATE_BYTES] == ' ') &&
	       is_time_of_day(zone_strip(str_skip(s, DATE_BYTES + 1)));
}

bool
date_is_datetime(struct str s)
{
	return date_is_date(date_of(s)) && is_behind_date(s);
}

bool
date_is_partial_datetime(struct str s)
{
	return date_is_partial(date_of(s)) && is_behind_date(s);
}
