#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/services/db/value/date.h"

typedef bool check_f(struct str s);

static void
assert_all(check_f *check, const char *const *texts, bool want)
{
	for (; *texts != NULL; texts++) {
		if (check(str_of(*texts)) != want)
			fail_msg("\"%s\"", *texts);
	}
}

static void
a_date_is_a_day_of_the_calendar(void **state)
{
	static const char *const good[] = { "2024-02-29", "2000-02-29",
		"0000-01-01", "9999-12-31", "0000-00-00", NULL };
	static const char *const bad[] = { "", "2023-02-29", "1900-02-29",
		"2024-00-01", "2024-13-01", "2024-04-31", "2024-01-00",
		"2024-1-01", "24-01-01", "0000-00-01", "2024-01-01 ",
		"2024/01/01", "2024-01-0x", "2024-01-011", NULL };

	(void)state;
	assert_all(date_is_date, good, true);
	assert_all(date_is_date, bad, false);
}

static void
a_partial_date_lacks_its_day(void **state)
{
	static const char *const good[] = { "2024-00-00", "2024-02-00",
		"2024-00-31", "0000-00-15", "0000-12-00", "0000-00-00", NULL };
	static const char *const bad[] = { "", "2024-02-29", "2024-13-00",
		"2024-00-32", "2024-0x-00", "2024-00-0", "2024-00-00 ",
		"20240000", NULL };
	static const char *const moments[] = { "2024-00-00",
		"2024-02-00 12:30:59", "2024-00-15T12:30", NULL };
	static const char *const no_moments[] = { "2024-02-29 12:30",
		"2024-00-00 25:00", "2024-00-00X12:30", NULL };

	(void)state;
	assert_all(date_is_partial, good, true);
	assert_all(date_is_partial, bad, false);
	assert_all(date_is_partial_datetime, moments, true);
	assert_all(date_is_partial_datetime, no_moments, false);
}

static void
a_time_has_minutes_and_may_have_more(void **state)
{
	static const char *const good[] = { "00:00", "23:59", "23:59:59",
		"12:30:00.5", "12:30:00.123456", "24:00", "-838:59:59.5",
		NULL };
	static const char *const bad[] = { "", "-", "1000:00", "--1:00",
		"12:60", "12:30:60", "12:30:", "12:30:0", "12:30:00.",
		"12:30:00.x", "1:30", "1230", "12:30 ", NULL };

	(void)state;
	assert_all(date_is_time, good, true);
	assert_all(date_is_time, bad, false);
}

static void
a_datetime_is_both_with_an_optional_zone(void **state)
{
	static const char *const good[] = { "2024-01-01", "2024-01-01 12:30",
		"2024-01-01T12:30:59", "2024-01-01T12:30:59.123Z",
		"2024-01-01 12:30:59+01:00", "2024-01-01T12:30-05:30", NULL };
	static const char *const bad[] = { "", "12:30", "2024-01-01T",
		"2024-01-01X12:30", "2024-01-01 25:00", "2024-02-30 12:30",
		"2024-01-01 -12:30", "2024-01-01T12:30:59+1:00",
		"2024-01-01+01:00", "2024-01-01Z", NULL };

	(void)state;
	assert_all(date_is_datetime, good, true);
	assert_all(date_is_datetime, bad, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_is_a_day_of_the_calendar),
		cmocka_unit_test(a_partial_date_lacks_its_day),
		cmocka_unit_test(a_time_has_minutes_and_may_have_more),
		cmocka_unit_test(a_datetime_is_both_with_an_optional_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
