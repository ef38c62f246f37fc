/* What the numbers of MySQL's and MariaDB's errors become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/db/db.h"
#include "drivers/db/mysql_error.h"

static void
assert_error(
    unsigned code, const char *message, enum status want, const char *text)
{
	struct error err = { .text = "" };

	assert_int_equal(mysql_error_set(code, message, &err), want);
	assert_string_equal(err.text, text);
}

static void
a_duplicate_names_the_key_and_no_value(void **state)
{
	(void)state;
	assert_error(1062, "Duplicate entry 'hunter2' for key 'u'", ST_EXISTS,
	    "a record with that value exists already: key 'u'");
	assert_error(1062, "Duplicate entry 'a for key 'b'' for key 'PRIMARY'",
	    ST_EXISTS,
	    "a record with that value exists already: key 'PRIMARY'");
	assert_error(1062, "something else", ST_EXISTS,
	    "a record with that value exists already: key (unknown)");
}

static void
a_foreign_key_names_its_fields_and_no_database(void **state)
{
	(void)state;
	assert_error(1452,
	    "Cannot add or update a child row: a foreign key constraint fails "
	    "(`d`.`t`, CONSTRAINT `c` FOREIGN KEY (`a`, `b`) REFERENCES `p` "
	    "(`x`, `y`) ON DELETE CASCADE)",
	    ST_INVALID,
	    "a foreign key constraint fails: no record has the value of `a`, "
	    "`b`");
	assert_error(1451,
	    "Cannot delete or update a parent row: a foreign key constraint "
	    "fails (`d`.`t`, CONSTRAINT `c` FOREIGN KEY (`a`) REFERENCES `p` "
	    "(`x`))",
	    ST_INVALID,
	    "Cannot delete or update a parent row: a foreign key constraint "
	    "fails");
	assert_error(4025, "CONSTRAINT `t.c` failed for `d`.`t`", ST_INVALID,
	    "CONSTRAINT `t.c` failed");
}

static void
a_value_that_does_not_fit_names_the_column(void **state)
{
	(void)state;
	assert_error(1366,
	    "Incorrect integer value: 'for column x' for column "
	    "`d`.`t`.`i` at row 1",
	    ST_INVALID, "Field 'i' has a value that its column cannot hold.");
	assert_error(1292, "Truncated incorrect INTEGER value: 'secret'",
	    ST_INVALID, "a value does not fit");
	assert_error(1264, "Out of range value for column 'i' at row 1",
	    ST_INVALID, "Field 'i' is out of the range that its column has.");
	assert_error(1406, "Data too long for column 't' at row 1", ST_INVALID,
	    "Field 't' is longer than its column.");
	assert_error(1406, "Data too long for column 'it's' at row 1",
	    ST_INVALID, "Field 'it's' is longer than its column.");
	assert_error(1048, "Column 'c' cannot be null", ST_INVALID,
	    "Field 'c' can not be NULL.");
	assert_error(1265, "Data truncated for column", ST_INVALID,
	    "a value does not fit");
	assert_error(1265, "Data truncated for column ''", ST_INVALID,
	    "a value does not fit");
	assert_error(1265, "Data truncated for column '", ST_INVALID,
	    "a value does not fit");
	assert_error(1265,
	    "Data truncated for column 'a at row 1 at row 2' at row 3",
	    ST_INVALID, "a value does not fit");
	assert_error(1292,
	    "Truncated incorrect DOUBLE value: 'a for column `b at row 1 at "
	    "row 2 at row 3'",
	    ST_INVALID, "a value does not fit");
	assert_error(1690, "BIGINT value is out of range in '(5 + 6)'",
	    ST_INVALID, "a number is out of range");
}

static void
every_kind_of_failure_has_its_status(void **state)
{
	static const struct {
		unsigned code;
		enum status st;
	} rows[] = {
		{ 1048, ST_INVALID },
		{ 1267, ST_INVALID },
		{ 1271, ST_INVALID },
		{ 1416, ST_INVALID },
		{ 1451, ST_INVALID },
		{ 1452, ST_INVALID },
		{ 4025, ST_INVALID },
		{ 3819, ST_INVALID },
		{ 1644, ST_INVALID },
		{ 1054, ST_STALE },
		{ 1146, ST_STALE },
		{ 1142, ST_DENIED },
		{ 1143, ST_DENIED },
		{ 1290, ST_DENIED },
		{ 1792, ST_DENIED },
		{ 1205, ST_UNAVAILABLE },
		{ 1213, ST_UNAVAILABLE },
		{ 1040, ST_UNAVAILABLE },
		{ 1053, ST_UNAVAILABLE },
		{ 1927, ST_UNAVAILABLE },
		{ 2006, ST_UNAVAILABLE },
		{ 2013, ST_UNAVAILABLE },
		{ 1317, ST_TIMEOUT },
		{ 1969, ST_TIMEOUT },
		{ 3024, ST_TIMEOUT },
		{ 1021, ST_FULL },
		{ 1114, ST_FULL },
		{ 1153, ST_TOO_BIG },
		{ 1064, ST_ERROR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
		    mysql_error_set(rows[i].code, "", NULL), rows[i].st);
}

static void
an_unknown_error_shows_its_number_and_no_text(void **state)
{
	(void)state;
	assert_error(1064, "... near 'secret'", ST_ERROR,
	    "the database refuses the statement (error 1064)");
}

static void
a_lost_connection_is_told_from_a_failed_statement(void **state)
{
	(void)state;
	assert_true(mysql_error_is_lost(2006));
	assert_true(mysql_error_is_lost(2013));
	assert_true(mysql_error_is_lost(2055));
	assert_true(mysql_error_is_lost(1927));
	assert_false(mysql_error_is_lost(1062));
	assert_false(mysql_error_is_lost(2030));
	assert_false(mysql_error_is_lost(2057));
	assert_true(mysql_error_ends_transaction(1213));
	assert_false(mysql_error_ends_transaction(1205));
}

static void
a_refused_connect_says_what_to_do_and_no_password(void **state)
{
	struct db_config config = {
		.host = "db1", .username = "u", .password = "s3cret"
	};
	static const unsigned codes[] = { 1045, 1044, 1049, 1130, 2026, 2059,
		2003, 1040 };

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct error err = { .text = "" };

		(void)mysql_error_connect(codes[i], "because", &config, &err);
		assert_true(strlen(err.text) > 10);
		assert_null(strstr(err.text, "s3cret"));
	}
	assert_int_equal(
	    mysql_error_connect(1045, "", &config, NULL), ST_INVALID);
	assert_int_equal(
	    mysql_error_connect(2003, "", &config, NULL), ST_UNAVAILABLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_duplicate_names_the_key_and_no_value),
		cmocka_unit_test(
		    a_foreign_key_names_its_fields_and_no_database),
		cmocka_unit_test(a_value_that_does_not_fit_names_the_column),
		cmocka_unit_test(every_kind_of_failure_has_its_status),
		cmocka_unit_test(an_unknown_error_shows_its_number_and_no_text),
		cmocka_unit_test(
		    a_lost_connection_is_told_from_a_failed_statement),
		cmocka_unit_test(
		    a_refused_connect_says_what_to_do_and_no_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
