#include "middleware/http_date.h"

#include <time.h>

#define LAST_SECOND INT64_C(253402300799) /* of the year 9999 */
#define YEAR_MAX    9999
#define AHEAD_YEARS 50

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char days[] = "SunMonTueWedThuFriSat";

static const char *const long_days[] = { "Sunday", "Monday", "Tuesday",
	"Wednesday", "Thursday", "Friday", "Saturday" };

#define MONTHS 12
#define DAYS   7

static void
put_pair(char *at, int value)
{
	at[0] = (char)('0' + value / 10 % 10);
	at[1] = (char)('0' + value % 10);
}

/* Without printf, which is slow, as every cached file has a date. */
struct str
http_date_write(int64_t unix_s, char text[HTTP_DATE_BYTES])
{
	const struct str pattern = STR("DDD, 00 MMM 0000 00:00:00 GMT");
	struct tm tm;
	time_t at;

	if (unix_s < 0)
		unix_s = 0;
	if (unix_s > LAST_SECOND)
		unix_s = LAST_SECOND;
	at = (time_t)unix_s;
	(void)gmtime_r(&at, &tm);
	memcpy(text, pattern.p, HTTP_DATE_BYTES);
	memcpy(text, days + (size_t)tm.tm_wday * 3, 3);
	put_pair(text + 5, tm.tm_mday);
	memcpy(text + 8, months + (size_t)tm.tm_mon * 3, 3);
	put_pair(text + 12, (tm.tm_year + 1900) / 100);
	put_pair(text + 14, tm.tm_year % 100);
	put_pair(text + 17, tm.tm_hour);
	put_pair(text + 20, tm.tm_min);
	put_pair(text + 23, tm.tm_sec);
	return str_make(text, HTTP_DATE_BYTES);
}

/* What is left of a text of which every step takes something. */
struct reader {
	struct str rest;
	bool wrong;
};

static void
take(struct reader *r, const char *text)
{
	struct str s = str_of(text);

	if (!str_starts(r->rest, s))
		r->wrong = true;
	else
		r->rest = str_skip(r->rest, s.n);
}

/* One name of n that stand in a row, three letters each. */
static int
take_name(struct reader *r, const char *names, int n)
{
	for (int i = 0; i < n && r->rest.n >= 3; i++) {
		if (memcmp(names + (size_t)i * 3, r->rest.p, 3) != 0)
			continue;
		r->rest = str_skip(r->rest, 3);
		return i;
	}
	r->wrong = true;
	return 0;
}

/* Exactly so many digits; `blank`: the first may be a blank instead. */
static int
take_number(struct reader *r, size_t digits, bool blank)
{
	int value = 0;

	if (r->rest.n < digits) {
		r->wrong = true;
		return 0;
	}
	for (size_t i = 0; i < digits; i++) {
		char c = r->rest.p[i];

		if (blank && i == 0 && c == ' ')
			continue;
		if (c < '0' || c > '9')
			r->wrong = true;
		value = value * 10 + (c - '0');
	}
	r->rest = str_skip(r->rest, digits);
	return value;
}

static void
take_time(struct reader *r, struct tm *tm)
{
	tm->tm_hour = take_number(r, 2, false);
	take(r, ":");
	tm->tm_min = take_number(r, 2, false);
	take(r, ":");
	tm->tm_sec = take_number(r, 2, false);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
static bool
read_fixdate(struct str text, struct tm *tm)
{
	struct reader r = { .rest = text };

	(void)take_name(&r, days, DAYS);
	take(&r, ", ");
	tm->tm_mday = take_number(&r, 2, false);
	take(&r, " ");
	tm->tm_mon = take_name(&r, months, MONTHS);
	take(&r, " ");
	tm->tm_year = take_number(&r, 4, false) - 1900;
	take(&r, " ");
	take_time(&r, tm);
	take(&r, " GMT");
	return !r.wrong && r.rest.n == 0;
}

static int
year_now(int64_t now_s)
{
	time_t now = (time_t)now_s;
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	return tm.tm_year;
}

/* "Sunday, 06-Nov-94 08:49:37 GMT" */
static bool
read_rfc850(struct str text, int64_t now_s, struct tm *tm)
{
	struct reader r = { .rest = text, .wrong = true };
	int now = year_now(now_s);

	for (size_t i = 0; i < DAYS && r.wrong; i++) {
		r = (struct reader){ .rest = text };
		take(&r, long_days[i]);
	}
	take(&r, ", ");
	tm->tm_mday = take_number(&r, 2, false);
	take(&r, "-");
	tm->tm_mon = take_name(&r, months, MONTHS);
	take(&r, "-");
	tm->tm_year = now - now % 100 + take_number(&r, 2, false);
	if (tm->tm_year > now + AHEAD_YEARS)
		tm->tm_year -= 100;
	else if (tm->tm_year <= now + AHEAD_YEARS - 100)
		tm->tm_year += 100;
	take(&r, " ");
	take_time(&r, tm);
	take(&r, " GMT");
	return !r.wrong && r.rest.n == 0;
}

/* "Sun Nov  6 08:49:37 1994" */
static bool
read_asctime(struct str text, struct tm *tm)
{
	struct reader r = { .rest = text };

	(void)take_name(&r, days, DAYS);
	take(&r, " ");
	tm->tm_mon = take_name(&r, months, MONTHS);
	take(&r, " ");
	tm->tm_mday = take_number(&r, 2, true);
	take(&r, " ");
	take_time(&r, tm);
	take(&r, " ");
	tm->tm_year = take_number(&r, 4, false) - 1900;
	return !r.wrong && r.rest.n == 0;
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* A leap second counts as the first of the next minute. */
static bool
is_real(const struct tm *tm)
{
	static const int lengths[MONTHS] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };
	int year = tm->tm_year + 1900;
	int length = lengths[tm->tm_mon] + (tm->tm_mon == 1 && is_leap(year));

	return year >= 1970 && year <= YEAR_MAX && tm->tm_mday >= 1 &&
	       tm->tm_mday <= length && tm->tm_hour < 24 && tm->tm_min < 60 &&
	       tm->tm_sec <= 60;
}

bool
http_date_read(struct str text, int64_t now_s, int64_t *unix_s)
{
	struct tm tm = { .tm_isdst = 0 };

	if (!read_fixdate(text, &tm) && !read_rfc850(text, now_s, &tm) &&
	    !read_asctime(text, &tm))
		return false;
	if (!is_real(&tm))
		return false;
	*unix_s = (int64_t)timegm(&tm);
	if (*unix_s > LAST_SECOND)
		*unix_s = LAST_SECOND; /* and its leap second */
	return true;
}
