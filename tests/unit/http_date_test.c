#include "middleware/http_date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW INT64_C(1795000000) /* in November 2026 */

static void
a_date_is_written_as_imf_fixdate(void **state)
{
	static const struct {
		int64_t unix_s;
		const char *text;
	} rows[] = {
		{ 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" },
		{ 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
		{ -1, "Thu, 01 Jan 1970 00:00:00 GMT" },
		{ 951782400, "Tue, 29 Feb 2000 00:00:00 GMT" },
		{ INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT" },
	};
	char text[HTTP_DATE_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(str_eq(http_date_write(rows[i].unix_s, text),
		    str_of(rows[i].text)));
}

static void
each_of_the_three_forms_is_read(void **state)
{
	static const char *const texts[] = {
		"Sun, 06 Nov 1994 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994",
	};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_true(http_date_read(str_of(texts[i]), NOW, &at));
		assert_int_equal(at, 784111777);
	}
}

static void
what_was_written_is_read_again(void **state)
{
	char text[HTTP_DATE_BYTES];
	int64_t at;

	(void)state;
	for (int64_t s = 0; s < INT64_C(250000000000); s += 2678400 * 13 + 1) {
		assert_true(http_date_read(http_date_write(s, text), NOW, &at));
		assert_int_equal(at, s);
	}
}

static void
two_digits_are_of_a_year_that_is_near(void **state)
{
	static const struct {
		const char *text;
		const char *meant;
	} rows[] = {
		{ "Friday, 01-Jan-76 00:00:00 GMT",
		    "Wed, 01 Jan 2076 00:00:00 GMT" },
		{ "Friday, 01-Jan-77 00:00:00 GMT",
		    "Sat, 01 Jan 1977 00:00:00 GMT" },
		{ "Friday, 01-Jan-26 00:00:00 GMT",
		    "Thu, 01 Jan 2026 00:00:00 GMT" },
	};
	char text[HTTP_DATE_BYTES];
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(http_date_read(str_of(rows[i].text), NOW, &at));
		assert_true(
		    str_eq(http_date_write(at, text), str_of(rows[i].meant)));
	}
}

static void
a_leap_second_is_read(void **state)
{
	int64_t at;

	(void)state;
	assert_true(
	    http_date_read(STR("Sat, 31 Dec 2016 23:59:60 GMT"), NOW, &at));
	assert_int_equal(at, 1483228800);
	assert_true(
	    http_date_read(STR("Fri, 31 Dec 9999 23:59:60 GMT"), NOW, &at));
	assert_int_equal(at, INT64_C(253402300799));
}

static void
what_is_no_date_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"0",
		"784111777",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		"Sun, 06 Nov 1994 8:49:37 GMT",
		"Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 31 Nov 1994 08:49:37 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 29 Feb 1900 08:49:37 GMT",
		"Wed, 29 Feb 2023 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:00:00 GMT",
		"Sun, 06 Nov 1994 08:60:37 GMT",
		"Sun, 06 Nov 1994 08:49:61 GMT",
		"Wed, 31 Dec 1969 23:59:59 GMT",
		"Sun, -6 Nov 1994 08:49:37 GMT",
		"Sunday, 06-Nov-1994 08:49:37 GMT",
		"Sun Nov 06 08:49:37 94",
		"Sun, 06 Nov",
	};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(http_date_read(str_of(texts[i]), NOW, &at));
	assert_false(http_date_read(STR_NULL, NOW, &at));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_is_written_as_imf_fixdate),
		cmocka_unit_test(each_of_the_three_forms_is_read),
		cmocka_unit_test(what_was_written_is_read_again),
		cmocka_unit_test(two_digits_are_of_a_year_that_is_near),
		cmocka_unit_test(a_leap_second_is_read),
		cmocka_unit_test(what_is_no_date_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
